// @vitest-environment node
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BoardElement } from './element.ts';
import { applyTransform, distanceToSegment, IDENTITY, type Transform } from './geometry.ts';
import { decode, encode } from './ink.ts';
import { splitStroke } from './split-stroke.ts';

function stroke(places: readonly (readonly [number, number])[], transform: Transform = IDENTITY) {
  return {
    id: 'a',
    pageId: 'first',
    order: 'V000',
    authorId: 'ada',
    transform,
    style: { color: 'black', width: 4 },
    kind: 'ink',
    points: encode(places.map(([x, y]) => ({ x, y, pressure: 0.5 }))),
  } satisfies BoardElement;
}

const ends = (bytes: Uint8Array) => {
  const points = decode(bytes);
  return [points[0]!.x, points.at(-1)!.x];
};

describe('the partial eraser', () => {
  // Seen red: looking at the given points only, so that a cut between two of them leaves the line whole.
  it('cuts a line in two where it crosses', () => {
    const pieces = splitStroke(
      stroke([
        [0, 0],
        [100, 0],
      ]),
      [
        { x: 50, y: -20 },
        { x: 50, y: 20 },
      ],
      10,
    );
    expect(pieces.map(ends)).toEqual([
      [0, expect.closeTo(39, -0.5)],
      [expect.closeTo(61, -0.5), 100],
    ]);
  });

  it('gives the very bytes back where it touched nothing, and nothing where it took all', () => {
    const line = stroke([
      [0, 0],
      [20, 0],
    ]);
    expect(splitStroke(line, [{ x: 50, y: 50 }], 5)).toEqual([line.points]);
    expect(splitStroke(line, [{ x: 50, y: 50 }], 5)[0]).toBe(line.points);
    expect(splitStroke(line, [{ x: 10, y: 0 }], 15)).toEqual([]);
  });

  it('cuts a stroke that was moved and stretched where it is seen', () => {
    const line = stroke(
      [
        [0, 0],
        [100, 0],
      ],
      { x: 500, y: 300, scaleX: 2, scaleY: 2 },
    );
    expect(splitStroke(line, [{ x: 600, y: 300 }], 20).map(ends)).toEqual([
      [0, expect.closeTo(39, -0.5)],
      [expect.closeTo(61, -0.5), 100],
    ]);
  });

  it('leaves no ink under it and draws none that was not there', () => {
    const place = fc.tuple(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 300 }));
    fc.assert(
      fc.property(
        fc.array(place, { minLength: 2, maxLength: 12 }),
        fc.array(place, { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 6, max: 40 }),
        (places, eraser, radius) => {
          const line = stroke(places);
          const path = eraser.map(([x, y]) => ({ x, y }));
          const original = decode(line.points);
          for (const piece of splitStroke(line, path, radius)) {
            for (const point of decode(piece)) {
              const seen = applyTransform(line.transform, point);
              const isFree = path.every(
                (to, i) => distanceToSegment(seen, path[i - 1] ?? to, to) > radius - 0.5,
              );
              const isOn = original.some(
                (to, i) => distanceToSegment(point, original[i - 1] ?? to, to) < 0.5,
              );
              expect(isFree && isOn).toBe(true);
            }
          }
        },
      ),
    );
  });
});
