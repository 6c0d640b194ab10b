import { isBlank } from './is-blank.ts';

// A letter may wear a few marks; a tower of them climbs into the lines around it.
const markTowers = /(\p{M}{4})\p{M}+/gu;

// Bidi marks, embeddings, overrides and isolates: a name must not turn around what stands beside it.
const directionControls = /[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/g;

/**
 * A member's name as it may be shown: one line, without characters that steer direction, and `fallback` where nothing
 * visible is left. Joiners stay, because names in Persian and emoji need them.
 */
export function displayName(name: string, fallback: string): string {
  const shown = name
    .replace(directionControls, '')
    .replace(markTowers, '$1')
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim();
  return isBlank(shown) ? fallback : shown;
}

let graphemes: Intl.Segmenter | undefined;

/** The first character of a shown name as a reader counts characters: an emoji of five code points is one. */
export function initialOf(shownName: string): string {
  // Browsers before 2024 lack Intl.Segmenter; code points are close enough there.
  const first =
    'Segmenter' in Intl
      ? (graphemes ??= new Intl.Segmenter()).segment(shownName).containing(0)?.segment
      : String.fromCodePoint(shownName.codePointAt(0) ?? 0x20);
  return (first ?? '').toLocaleUpperCase();
}
