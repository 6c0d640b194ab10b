// @vitest-environment node
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { distanceToSegment, type Place } from './geometry.ts';
import {
  decode,
  decodeGrowth,
  encode,
  encodeGrowth,
  STROKE_POINTS,
  type Point,
  type RawPoint,
} from './ink.ts';
import { bake, InkCapture } from './ink-capture.ts';

const coordinate = fc.double({ min: -20_000, max: 20_000, noNaN: true });
const share = fc.double({ min: 0, max: 1, noNaN: true });
const point: fc.Arbitrary<Point> = fc.record({ x: coordinate, y: coordinate, pressure: share });
const points = fc.array(point, { maxLength: 200 });
const rubbish = fc.uint8Array({ maxLength: 300 });

/** A stroke of two seconds as a hand draws it: 120 samples. */
function handwriting(shake = 0): RawPoint[] {
  return Array.from({ length: 120 }, (_, index) => ({
    x: 100 + index * 3 + 12 * Math.cos(index / 4),
    y: 200 + 18 * Math.sin(index / 4) + shake * (index % 2),
    timeMs: index * 16.7,
  }));
}

function distanceToPath(place: Place, path: readonly Place[]): number {
  return Math.min(...path.map((to, index) => distanceToSegment(place, path[index - 1] ?? to, to)));
}

describe('kept ink', () => {
  it('is within an eighth of a pixel of what was given', () => {
    fc.assert(
      fc.property(points, fc.boolean(), (given, isEven) => {
        const kept = decode(encode(given, isEven));
        expect(kept).toHaveLength(given.length);
        for (const [index, { x, y, pressure }] of kept.entries()) {
          expect(Math.abs(x - given[index]!.x)).toBeLessThanOrEqual(0.126);
          expect(Math.abs(y - given[index]!.y)).toBeLessThanOrEqual(0.126);
          expect(Math.abs(pressure - (isEven ? 0.5 : given[index]!.pressure))).toBeLessThanOrEqual(0.01);
        }
      }),
    );
  });

  it('is the same bytes when it is encoded again', () => {
    fc.assert(
      fc.property(points, (given) => {
        const bytes = encode(given);
        expect(encode(decode(bytes))).toEqual(bytes);
      }),
    );
  });

  // Seen red: `readSteps` without its bounds, and `decode` without its cap.
  it('is never more than a whole stroke within the board, whatever bytes a peer sends', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          rubbish,
          rubbish.map((bytes) => Uint8Array.of(3, ...bytes)),
        ),
        (bytes) => {
          for (const { x, y, pressure } of [...decode(bytes), ...decodeGrowth(bytes)]) {
            expect(Math.abs(x) <= 1_000_000 && Math.abs(y) <= 1_000_000).toBe(true);
            expect(pressure >= 0 && pressure <= 1).toBe(true);
          }
        },
      ),
      { numRuns: 500 },
    );
    const long = Array.from({ length: STROKE_POINTS + 500 }, (_, index) => ({
      x: index,
      y: 0,
      pressure: 0.5,
    }));
    expect(decode(encode(long))).toHaveLength(STROKE_POINTS);
  });

  it('keeps what stands before the damage', () => {
    const bytes = encode([0, 10, 20].map((x) => ({ x, y: x, pressure: 0.5 })));
    expect(decode(bytes.subarray(0, -1)).map(({ x }) => x)).toEqual([0, 10]);
    expect(decode(new Uint8Array())).toEqual([]);
  });
});

describe('baking', () => {
  it('takes 120 samples into at most 255 bytes that stray by less than half a pixel', () => {
    const capture = new InkCapture({ width: 3 });
    for (const raw of handwriting()) capture.add(raw);
    const seen = capture.points;
    const bytes = capture.bake();
    expect(bytes.length).toBeLessThanOrEqual(255);
    const kept = decode(bytes);
    for (const place of seen) expect(distanceToPath(place, kept)).toBeLessThan(0.5);
  });

  it('evens out the tremor of a hand', () => {
    const tremor = (list: readonly Point[]) =>
      list.slice(1).reduce((sum, place, index) => sum + Math.abs(place.y - list[index]!.y), 0);
    const raw = Array.from({ length: 60 }, (_, index) => ({
      x: index * 2,
      y: 2 * (index % 2),
      timeMs: index * 8,
    }));
    expect(tremor(decode(bake(raw, { width: 3 })))).toBeLessThan(120 / 3);
  });

  it('is thinner where the hand was swift, and follows a pen that feels pressure', () => {
    const line = (stepPx: number, pressure?: number) =>
      Array.from({ length: 30 }, (_, index) => ({
        x: index * stepPx,
        y: 0,
        timeMs: index * 8,
        ...(pressure !== undefined && { pressure }),
      }));
    const end = (raw: RawPoint[]) => decode(bake(raw, { width: 4 })).at(-1)!.pressure;
    expect(end(line(12))).toBeLessThan(end(line(1)) - 0.2);
    expect(end(line(12, 0.9))).toBeCloseTo(0.9, 1);
    expect(end(line(1, 0.1))).toBeCloseTo(0.1, 1);
  });

  it('ends where the pointer was, and a tap is one point', () => {
    const raw = handwriting();
    const [last, kept] = [raw.at(-1)!, decode(bake(raw, { width: 3 })).at(-1)!];
    expect(Math.hypot(kept.x - last.x, kept.y - last.y)).toBeLessThan(0.2);
    expect(decode(bake([{ x: 7, y: 9, timeMs: 0 }], { width: 3 }))).toEqual([
      { x: 7, y: 9, pressure: expect.closeTo(0.5, 1) as number },
    ]);
    expect(decode(bake([], { width: 3 }))).toEqual([]);
  });

  it('never throws and stays within the board for any hand', () => {
    const raw = fc.array(
      fc.record({ x: coordinate, y: coordinate, timeMs: fc.double({ min: 0, max: 1e6, noNaN: true }) }),
    );
    fc.assert(
      fc.property(raw, (list) => decode(bake(list, { width: 3 })).length <= Math.max(list.length + 1, 0)),
    );
  });
});

describe('growth', () => {
  it('joined end to end is the whole growth', () => {
    fc.assert(
      fc.property(points, points, (a, b) => {
        const joined = Uint8Array.of(...encodeGrowth(a), ...encodeGrowth(b));
        expect(decodeGrowth(joined)).toEqual([
          ...decodeGrowth(encodeGrowth(a)),
          ...decodeGrowth(encodeGrowth(b)),
        ]);
      }),
    );
  });

  // Seen red: `growth` that tells all points again.
  it('tells only what is new, and together the stroke that the commit holds', () => {
    const capture = new InkCapture({ width: 3 });
    const told: Point[] = [];
    let bytes = 0;
    for (const [index, raw] of handwriting().entries()) {
      capture.add(raw);
      if (index % 8 !== 7) continue;
      const growth = capture.growth()!;
      expect(growth.from).toBe(told.length);
      told.push(...decodeGrowth(growth.bytes));
      bytes += growth.bytes.length;
      expect(capture.growth()).toBeUndefined();
    }
    expect(bytes).toBeLessThan(500);
    for (const place of decode(capture.bake()).slice(0, -1))
      expect(distanceToPath(place, told)).toBeLessThan(0.7);
  });
});
