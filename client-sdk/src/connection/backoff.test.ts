import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRandom } from '../testing/random.ts';
import { backoffMs } from './backoff.ts';

const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

// Seen red: without `Math.min` the wait of try 40 was half a million years.
test('a wait is never negative and never longer than the cap, whatever the try', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10_000 }), chance, (attempt, random) => {
      const ms = backoffMs(attempt, random, 500, 20_000);
      return Number.isInteger(ms) && ms >= 0 && ms <= 20_000;
    }),
  );
});

test('the ceiling doubles with each try until it is the cap', () => {
  const ceilings = [1, 2, 3, 4, 5, 6, 7, 8].map((attempt) => backoffMs(attempt, 1, 500, 20_000));
  expect(ceilings).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 20_000, 20_000]);
});

// Seen red: with equal jitter (half the ceiling and a random half) no wait was below 250 ms.
test('the jitter is full: waits spread evenly from nothing to the ceiling', () => {
  const random = createRandom(3);
  const waits = Array.from({ length: 4_000 }, () => backoffMs(1, random(), 500, 20_000));
  for (const tenth of [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]) {
    const share = waits.filter((ms) => ms >= tenth * 50 && ms < (tenth + 1) * 50).length / waits.length;
    expect(share).toBeGreaterThan(0.07);
    expect(share).toBeLessThan(0.13);
  }
});

test('the same chance gives the same wait', () => {
  expect(backoffMs(4, 0.25, 500, 20_000)).toBe(1_000);
});
