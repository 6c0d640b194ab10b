/** So many bytes become text in one call: an argument list has an end. */
const STEP = 8_190;

export function toBase64(bytes: Uint8Array): string {
  let text = '';
  // A multiple of three, so that the pieces of base64 join without padding.
  for (let at = 0; at < bytes.length; at += STEP) {
    text += btoa(String.fromCharCode(...bytes.subarray(at, at + STEP)));
  }
  return text;
}

/** @throws DOMException for what is not base64. */
export function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}
