/**
 * Reads the frame headers that pass in a client's byte stream and calls `onTooLarge` at the first frame whose payload is
 * above the limit. `ws` bounds messages but not frames, and the platform bounds both. Returns what takes the bytes.
 */
export function createFrameMeter(mostBytes: number, onTooLarge: () => void): (chunk: Buffer) => void {
  const header = Buffer.alloc(14);
  let have = 0;
  let payloadLeft = 0;
  let isOver = false;

  return (chunk) => {
    let at = 0;
    while (at < chunk.length && !isOver) {
      if (payloadLeft > 0) {
        const skipped = Math.min(payloadLeft, chunk.length - at);
        payloadLeft -= skipped;
        at += skipped;
        continue;
      }
      header[have] = chunk[at] ?? 0;
      have += 1;
      at += 1;
      if (have < 2) continue;
      const second = header[1] ?? 0;
      const length = second & 0x7f;
      const lengthBytes = length === 127 ? 8 : length === 126 ? 2 : 0;
      const maskBytes = second & 0x80 ? 4 : 0;
      if (have < 2 + lengthBytes + maskBytes) continue;
      payloadLeft =
        lengthBytes === 8
          ? Number(header.readBigUInt64BE(2))
          : lengthBytes === 2
            ? header.readUInt16BE(2)
            : length;
      have = 0;
      if (payloadLeft > mostBytes) {
        isOver = true;
        onTooLarge();
      }
    }
  };
}
