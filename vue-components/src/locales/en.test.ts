import { describe, expect, it } from 'vitest';
import { en } from './en.ts';

describe('the day of a divider', () => {
  const now = new Date(2026, 8, 14, 0, 5).getTime();

  it.each([
    ['Today', new Date(2026, 8, 14, 0, 1)],
    ['Yesterday', new Date(2026, 8, 13, 23, 59)],
    ['Saturday 12 September', new Date(2026, 8, 12, 12)],
  ])('is %s', (day, at) => {
    // Engines differ in the order and the comma of English dates.
    const words = (text: string) => text.replace(',', '').split(' ').sort();
    expect(words(en.day(at.getTime(), now))).toEqual(words(day));
  });
});

it('counts in the singular and the plural', () => {
  expect(en.newMessages(1)).toBe('1 new message');
  expect(en.newMessages(2)).toBe('2 new messages');
});

it('never shouts', () => {
  const sentences = Object.values(en).filter((value) => typeof value === 'string');
  expect(sentences.filter((sentence) => sentence.includes('!'))).toEqual([]);
});
