import { fromBase64, toBase64 } from '../base64.ts';
import type { ClassroomEvent, CommandOf, DocumentPiece, EventOf, StateEntry } from '../protocol/index.ts';

/** The newest `state.set` of each entry that is not deleted. */
export function stateOf(log: readonly ClassroomEvent[]): ClassroomEvent[] {
  const newest = new Map<string, ClassroomEvent>();
  for (const event of log) {
    if (event.type !== 'state.set') continue;
    const { key, userId, value } = event.data as StateEntry;
    const name = JSON.stringify([key, userId]);
    newest.delete(name);
    if (value !== null) newest.set(name, event);
  }
  return [...newest.values()];
}

/** A page of a document: each of its updates is a blob, cut into pieces of `pageBytes`, which is also all that a page holds. */
export function pageOf(
  log: readonly ClassroomEvent[],
  { document, after, index = Infinity }: CommandOf<'load'>,
  pageBytes: number,
): Pick<EventOf<'document'>, 'pieces' | 'isLast' | 'bytes'> {
  const blobs = log.flatMap(({ type, seq, data }) => {
    const { document: name, update } = data as { document: string; update: string };
    return type === 'board.update' && name === document ? [{ n: seq, bytes: fromBase64(update) }] : [];
  });
  const pieces: DocumentPiece[] = [];
  let left = pageBytes;
  for (const { n, bytes } of blobs) {
    const count = Math.max(1, Math.ceil(bytes.length / pageBytes));
    for (let at = 0; at < count; at++) {
      if (n < after || (n === after && at < index)) continue;
      const part = bytes.subarray(at * pageBytes, (at + 1) * pageBytes);
      left -= part.length;
      if (left < 0) return { pieces, isLast: false, bytes: sum(blobs) };
      pieces.push({ n, index: at, count, data: toBase64(part) });
    }
  }
  return { pieces, isLast: true, bytes: sum(blobs) };
}

function sum(blobs: readonly { bytes: Uint8Array }[]): number {
  return blobs.reduce((total, { bytes }) => total + bytes.length, 0);
}
