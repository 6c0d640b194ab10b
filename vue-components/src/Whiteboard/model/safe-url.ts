const LONGEST_URL = 2048;
/** Longest picture inside the document, as text: others belong on a server. */
export const IMAGE_DATA_LENGTH = 256 * 1024;

/** Whether a picture may be shown from there: http(s) without a password in it, or a small bitmap as `data:image`. */
export function isSafeImageUrl(value: unknown): value is string {
  if (typeof value !== 'string') return false;
  if (value.startsWith('data:')) {
    return (
      value.length <= IMAGE_DATA_LENGTH &&
      // No SVG: it is a document, not a bitmap.
      /^data:image\/(png|jpeg|gif|webp|avif);base64,[\w+/]+={0,2}$/.test(value)
    );
  }
  if (value.length > LONGEST_URL || !URL.canParse(value)) return false;
  const { protocol, username, password } = new URL(value);
  return ['http:', 'https:'].includes(protocol) && username === '' && password === '';
}
