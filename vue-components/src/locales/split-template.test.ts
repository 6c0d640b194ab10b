import { expect, it } from 'vitest';
import { fillTemplate, splitTemplate } from './split-template.ts';

it('puts values in the places of their names, and tells them from words', () => {
  expect(splitTemplate('{a} and {b} are typing', { a: 'Ada', b: 'Ben' })).toEqual([
    { text: 'Ada', isValue: true },
    { text: ' and ', isValue: false },
    { text: 'Ben', isValue: true },
    { text: ' are typing', isValue: false },
  ]);
});

it('does not read a value as a template', () => {
  expect(fillTemplate('{name}: {text}', { name: '{text}', text: '{name}' })).toBe('{text}: {name}');
});

it('leaves an unknown name as it is written', () => {
  expect(fillTemplate('{who} is typing', {})).toBe('{who} is typing');
});
