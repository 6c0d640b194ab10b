// Overrides write whole lines backwards, so that a word reads as another; nobody's script needs them. Isolates and marks stay.
const overrides = /[\u202D\u202E]/g;
// A letter may wear a few marks; a tower of them climbs into the lines around it.
const markTowers = /(\p{M}{4})\p{M}+/gu;

/** A message's text as it may be shown: without what would turn it around or climb out of its line. */
export function shownText(text: string): string {
  return text.replace(overrides, '').replace(markTowers, '$1');
}

const MOST_EMOJI = 6;
const emoji = /\p{Extended_Pictographic}|\p{Regional_Indicator}|\u20E3/u;

/** Whether `text` is nothing but a few emoji, which are then shown big. */
export function isEmojiOnly(text: string): boolean {
  // A family of four is eleven code units; anything longer than this is no handful.
  if (text.length > MOST_EMOJI * 12 || !emoji.test(text)) return false;
  // Browsers before 2024 lack Intl.Segmenter, and show emoji as large as letters.
  if (!('Segmenter' in Intl)) return false;
  const graphemes = [...new Intl.Segmenter().segment(text)]
    .map(({ segment }) => segment)
    .filter((segment) => segment.trim() !== '');
  return graphemes.length <= MOST_EMOJI && graphemes.every((grapheme) => emoji.test(grapheme));
}
