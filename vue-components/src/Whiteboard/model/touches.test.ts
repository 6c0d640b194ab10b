// @vitest-environment node
import { expect, it } from 'vitest';
import type { BoardElement, Geometry } from './element.ts';
import type { Rect, Transform } from './geometry.ts';
import { encode } from './ink.ts';
import { scaleInto } from './scale-into.ts';
import { touches } from './touches.ts';

const bounds: Rect = { x: 100, y: 100, width: 100, height: 60 };
const element = (geometry: Geometry, more: { fill?: string; transform?: Transform } = {}): BoardElement => ({
  id: 'a',
  pageId: 'first',
  order: 'V000',
  authorId: 'ada',
  transform: more.transform ?? { x: 100, y: 100, scaleX: 1, scaleY: 1 },
  style: { color: 'black', width: 4, ...(more.fill !== undefined && { fill: more.fill }) },
  ...geometry,
});
const size = { width: 100, height: 60 };
const diagonal = encode([
  { x: 0, y: 0, pressure: 0.5 },
  { x: 100, y: 60, pressure: 0.5 },
]);

it.each<[string, BoardElement, boolean, boolean]>([
  ['ink', element({ kind: 'ink', points: diagonal }), true, false],
  ['a line', element({ kind: 'line', ...size }), true, false],
  ['a rectangle', element({ kind: 'rectangle', ...size }), false, false],
  ['a filled rectangle', element({ kind: 'rectangle', ...size }, { fill: 'red' }), true, true],
  ['an ellipse', element({ kind: 'ellipse', ...size }), false, false],
  ['a note', element({ kind: 'note', text: '', fontSize: 16, ...size }), true, true],
  ['an image', element({ kind: 'image', url: 'https://school.example/a.png', ...size }), true, true],
])('%s is met in its middle: %s, and beside it: %s', (_, it, isMiddle, isBeside) => {
  const [middle, beside] = [
    { x: 150, y: 130 },
    { x: 170, y: 115 },
  ];
  expect(touches(it, bounds, middle, middle, 2)).toBe(isMiddle);
  expect(touches(it, bounds, beside, beside, 2)).toBe(isBeside);
});

it('meets an edge within the tolerance, and the way of an eraser that was on neither side of it', () => {
  const rectangle = element({ kind: 'rectangle', ...size });
  const [outside, inside] = [
    { x: 90, y: 130 },
    { x: 150, y: 130 },
  ];
  expect(touches(rectangle, bounds, outside, outside, 7)).toBe(false);
  expect(touches(rectangle, bounds, outside, outside, 8)).toBe(true);
  expect(touches(rectangle, bounds, outside, inside, 0)).toBe(true);
});

it('stretches ink by its transform and gives everything else a new size', () => {
  const to = { x: 0, y: 0, width: 200, height: 30 };
  const stretched = { x: 0, y: 0, scaleX: 2, scaleY: 0.5 };
  expect(scaleInto(element({ kind: 'ink', points: diagonal }), bounds, to)).toEqual({ transform: stretched });
  expect(scaleInto(element({ kind: 'rectangle', ...size }), bounds, to)).toEqual({
    transform: { x: 0, y: 0, scaleX: 1, scaleY: 1 },
    width: 200,
    height: 30,
  });
  const flat = { ...bounds, height: 0 };
  expect(scaleInto(element({ kind: 'line', width: 100, height: 0 }), flat, to)).toMatchObject({
    width: 200,
    height: 0,
  });
});
