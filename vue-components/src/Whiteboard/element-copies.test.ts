import { expect, it } from 'vitest';
import { readCopies, writeCopies } from './element-copies.ts';
import { TestDesk } from './testing/test-desk.ts';

// Seen red: the ids of what was copied.
it('reads what it wrote: the same elements, with ids of their own, on another page', () => {
  const desk = new TestDesk();
  desk.drag('pen', [
    [0, 0],
    [50, 50],
  ]);
  desk.box(10, 20);
  const copies = readCopies(writeCopies(desk.elements), 'second');
  const plain = (element: (typeof copies)[number]) => ({ ...element, id: '', pageId: '' });
  expect(copies.map(plain)).toEqual(desk.elements.map(plain));
  expect(copies.every(({ pageId }) => pageId === 'second')).toBe(true);
  const ids = [...copies, ...desk.elements].map(({ id }) => id);
  expect(new Set(ids).size).toBe(4);
});

// Seen red: whatever was read taken for an element.
it.each([
  '',
  'Homework',
  '{}',
  'null',
  '[null, 7, "a", {}]',
  '[{"kind":"image","url":"javascript:alert(1)"}]',
])('finds nothing in what is no copy: %s', (text) => {
  expect(readCopies(text, 'second')).toEqual([]);
});
