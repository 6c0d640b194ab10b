import { describe, expect, it } from 'vitest';
import { displayName, initialOf } from './display-name.ts';
import { isBlank } from './is-blank.ts';

describe('isBlank', () => {
  it.each([
    ['nothing', ''],
    ['spaces and newlines', ' \t\n\u00A0'],
    ['zero-width characters', '\u200B\u200D\uFEFF'],
    ['Hangul fillers', '\u3164\u115F'],
    ['the empty Braille cell', '\u2800'],
    ['marks without a letter', '\u0301\u0302'],
    ['direction controls', '\u202E\u2066'],
  ])('takes %s for blank', (_, text) => {
    expect(isBlank(text)).toBe(true);
  });

  it.each(['a', '7', '.', '👍', 'نور', '陈'])('takes %s for something', (text) => {
    expect(isBlank(text)).toBe(false);
  });
});

describe('displayName', () => {
  it('takes out the characters that would turn the words around a name', () => {
    expect(displayName('\u202Eneb\u2066', 'Unnamed')).toBe('neb');
  });

  it('falls back where a name shows nothing', () => {
    expect(displayName('\u200B\u200B', 'Unnamed')).toBe('Unnamed');
  });

  it('puts a name on one line', () => {
    expect(displayName('  Ada\n\n King ', 'Unnamed')).toBe('Ada King');
  });

  it('keeps the joiners that scripts and emoji need', () => {
    expect(displayName('علی\u200Cرضا 👩\u200D👧', 'Unnamed')).toBe('علی\u200Cرضا 👩\u200D👧');
  });

  it('cuts a tower of marks down to what a letter may wear', () => {
    expect(displayName(`Z${'\u0301'.repeat(50)}o`, 'Unnamed')).toBe(`Z${'\u0301'.repeat(4)}o`);
  });
});

describe('initialOf', () => {
  it.each([
    ['ada', 'A'],
    ['👩\u200D👩\u200D👧 family', '👩\u200D👩\u200D👧'],
    ['éva', 'É'],
    ['نور', 'ن'],
  ])('of %s is %s', (name, initial) => {
    expect(initialOf(name)).toBe(initial);
  });
});
