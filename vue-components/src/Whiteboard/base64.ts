/** Bytes as text, for a frame. */
export function toBase64(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

/** Undefined for what is no base64. */
export function fromBase64(text: string): Uint8Array | undefined {
  if (!/^[\w+/]*={0,2}$/.test(text) || text.length % 4 === 1) return undefined;
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}

/** The bytes of both, one after the other. */
export function concatBase64(first: string, second: string): string {
  const [a, b] = [fromBase64(first) ?? [], fromBase64(second) ?? []];
  return toBase64(Uint8Array.from([...a, ...b]));
}
