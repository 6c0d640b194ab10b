import { expect, it } from 'vitest';
import { whiteboardEn } from '../Whiteboard/whiteboard-en.ts';
import * as locales from './index.ts';

const others = Object.values(locales).filter((locale) => locale !== locales.en);
const namesIn = (template: unknown) =>
  String(template)
    .match(/\{\w+\}/g)
    ?.toSorted() ?? [];

/** By key, those within another under both. */
const wordsOf = (words: object, path = ''): Map<string, unknown> =>
  new Map(
    Object.entries(words).flatMap(([key, word]: [string, unknown]): [string, unknown][] =>
      typeof word === 'object' && word !== null
        ? [...wordsOf(word, `${path}${key}.`)]
        : [[`${path}${key}`, word]],
    ),
  );

// That a key is missing is seen by the compiler: each of them is a `Locale`. Seen red: a sentence left in English, `{wer}` for `{name}`.
it.each(others)(
  '$language has no key that English lacks, no empty word, and English where it should be',
  (locale) => {
    const { whiteboard, ...others } = locale;
    const words = wordsOf({ ...others, ...whiteboard });
    const english = wordsOf({ ...locales.en, ...whiteboardEn });
    expect([...words.keys()].toSorted()).toEqual([...english.keys()].toSorted());
    for (const [key, word] of words) {
      expect(word, key).not.toBe('');
      if (typeof word !== 'string') continue;
      expect(word, key).not.toContain('!');
      expect(namesIn(word), key).toEqual(namesIn(english.get(key)));
      // A sentence that was left in English, but not a word that is the same in both.
      if (word.includes(' ') && namesIn(word).length === 0) expect(word, key).not.toBe(english.get(key));
    }
  },
);

it('counts as each language does', () => {
  const counts = (locale: (typeof others)[number]) => [1, 2, 5, 21].map((count) => locale.memberCount(count));
  expect(counts(locales.uk)).toEqual(['1 учасник', '2 учасники', '5 учасників', '21 учасник']);
  expect(counts(locales.es)[1]).toBe('2 participantes');
  expect(counts(locales.ar).slice(0, 2)).toEqual(['مشارك واحد', 'مشاركان']);
});

it('names days in each language', () => {
  const now = new Date(2026, 8, 14, 0, 5).getTime();
  const yesterday = new Date(2026, 8, 13, 23, 59).getTime();
  expect(others.map((locale) => locale.day(yesterday, now))).toEqual(
    others.map(
      ({ language }) => ({ ar: 'أمس', de: 'Gestern', es: 'Ayer', fr: 'Hier', uk: 'Учора' })[language],
    ),
  );
  expect(locales.de.day(new Date(2026, 8, 12, 12).getTime(), now)).toBe('Samstag, 12. September');
});
