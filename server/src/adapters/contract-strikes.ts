import { describe, expect, it } from 'vitest';
import type { BeginLesson } from './contract.ts';

/** The part of the contract about frames that could not be read. */
export function describeStrikes(name: string, begin: BeginLesson): void {
  describe(`${name}: strikes`, () => {
    // Seen red: one count for all connections.
    it('counts those of each connection, also of one that has no seat', async () => {
      const { store } = await begin();
      expect(await store.strike('ada', 1000)).toBe(1);
      expect(await store.strike('ada', 1000)).toBe(2);
      expect(await store.strike('ben', 1000)).toBe(1);
      expect(await store.strike('ada', 1000)).toBe(3);
    });

    it('counts each of those that come at once', async () => {
      const { store } = await begin();
      const counts = await Promise.all(Array.from({ length: 10 }, () => store.strike('ada', 1000)));
      expect(counts.sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    });

    // Seen red: never begun anew; begun anew with each strike, so that a slow trickle was never forgotten.
    it('begins anew once the first of them is as old as the window', async () => {
      const lesson = await begin();
      for (const expected of [1, 2]) {
        expect(await lesson.store.strike('ada', 1000)).toBe(expected);
        lesson.now += 499;
      }
      lesson.now += 1;
      expect(await lesson.store.strike('ada', 1000)).toBe(3);
      lesson.now += 1;
      expect(await lesson.store.strike('ada', 1000)).toBe(1);
    });
  });
}
