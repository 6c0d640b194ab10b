import { expect, it } from 'vitest';
import * as locales from './index.ts';

const others = Object.values(locales).filter((locale) => locale !== locales.en);
const namesIn = (template: unknown) =>
  String(template)
    .match(/\{\w+\}/g)
    ?.toSorted() ?? [];

// That a key is missing is seen by the compiler: each of them is a `Locale`.
it.each(others)(
  '$language has no key that English lacks, no empty word, and English where it should be',
  (locale) => {
    expect(Object.keys(locale).toSorted()).toEqual(Object.keys(locales.en).toSorted());
    for (const [key, word] of Object.entries(locale)) {
      const english: unknown = locales.en[key as keyof typeof locales.en];
      expect(word, key).not.toBe('');
      if (typeof word !== 'string') continue;
      expect(word, key).not.toContain('!');
      expect(namesIn(word), key).toEqual(namesIn(english));
      // A sentence that was left in English, but not a word that is the same in both.
      if (word.includes(' ') && namesIn(word).length === 0) expect(word, key).not.toBe(english);
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
