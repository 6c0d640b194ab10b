// Letters and symbols by Unicode's classes that nevertheless show nothing: Hangul fillers and the empty Braille cell.
const blankLetters = /[\u115F\u1160\u3164\uFFA0\u2800]/g;

/** Whether `text` would show nothing: only spaces, invisible characters, or marks without a letter to stand on. */
export function isBlank(text: string): boolean {
  return !/[\p{L}\p{N}\p{P}\p{S}]/u.test(text.replace(blankLetters, ''));
}
