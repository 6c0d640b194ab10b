// @vitest-environment node
import { describe, expect, it } from 'vitest';
import { GrowingStroke } from './growing-stroke.ts';
import { LASER_MS, LaserTrail } from './laser-trail.ts';

const line = (from: number, to: number) =>
  Array.from({ length: (to - from) / 10 + 1 }, (_, index) => ({ x: from + index * 10, y: 0, pressure: 0.5 }));

describe("a peer's stroke", () => {
  // Seen red: `pointsAt` that shows all that came.
  it('is played out over the time since the piece before, and then rests', () => {
    const stroke = new GrowingStroke();
    stroke.add(0, line(0, 100), 1000);
    const endAt = (nowMs: number) => stroke.pointsAt(nowMs, false).at(-1)?.x;
    expect(endAt(1060)).toBeCloseTo(50);
    expect(endAt(1120)).toBe(100);
    stroke.add(11, line(110, 200), 1125);
    expect(endAt(1130)).toBeLessThan(110);
    expect(endAt(1187.5)).toBeCloseTo(150);
    expect(stroke.isCaughtUp).toBe(false);
    expect(endAt(5000)).toBe(200);
    expect(stroke.isCaughtUp).toBe(true);
  });

  it('catches up where it fell behind, and never goes back', () => {
    const stroke = new GrowingStroke();
    stroke.add(0, line(0, 100), 0);
    stroke.add(11, line(110, 400), 20);
    stroke.add(41, line(410, 600), 145);
    let last = -1;
    for (let nowMs = 0; nowMs <= 270; nowMs += 10) {
      const end = stroke.pointsAt(nowMs, false).at(-1)?.x ?? 0;
      expect(end).toBeGreaterThanOrEqual(last);
      last = end;
    }
    expect(last).toBe(600);
  });

  it('takes a piece that is told again, and finished points, in place of the old', () => {
    const stroke = new GrowingStroke();
    stroke.add(0, line(0, 100), 0);
    stroke.add(5, line(50, 80), 50);
    expect(stroke.pointsAt(5000, false).at(-1)?.x).toBe(80);
    stroke.add(0, line(0, 300), 5000);
    expect(stroke.pointsAt(5000, false).at(-1)?.x).toBe(80);
    expect(stroke.pointsAt(5001, true)).toHaveLength(31);
  });
});

it('a laser fades, begins anew after a pause, and is gone', () => {
  const laser = new LaserTrail();
  laser.add([{ x: 0, y: 0 }], 'red', 0);
  laser.add(line(10, 20), 'red', 100);
  expect(laser.pieces(100).map(({ from, to, light }) => [from.x, to.x, light])).toEqual([
    [0, 0, 1 - 100 / LASER_MS],
    [0, 10, 1 - 50 / LASER_MS],
    [10, 20, 1],
  ]);
  laser.add([{ x: 90, y: 0 }], 'red', 600);
  expect(laser.pieces(600).at(-1)?.from.x).toBe(90);
  expect(laser.pieces(600 + LASER_MS)).toEqual([]);
});
