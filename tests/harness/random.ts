import { createRandom } from '@chalkline/client-sdk/testing';

/**
 * Choices that depend on the seed alone. The numbers are mulberry32's: its 2^32 states make 2^32 different rounds, which
 * the two-line generators that tests often carry (233,280 states) do not.
 */
export class Random {
  readonly next: () => number;

  constructor(seed: number) {
    this.next = createRandom(seed);
  }

  /** A stream of its own, so that one more choice here moves none there. */
  fork(): Random {
    return new Random(this.int(0, 2 ** 31));
  }

  /** Whole, between the bounds, both included. */
  int(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1));
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** @throws RangeError for an empty list. */
  pick<T>(list: readonly T[]): T {
    if (list.length === 0) throw new RangeError('there is nothing to pick from');
    return list[this.int(0, list.length - 1)] as T;
  }

  /** One of the keys, each as often as its weight says. */
  weighted<K extends string>(weights: Readonly<Record<K, number>>): K {
    const entries = Object.entries(weights) as [K, number][];
    let left = this.next() * entries.reduce((sum, [, weight]) => sum + weight, 0);
    return (entries.find(([, weight]) => (left -= weight) < 0) ?? entries[0] ?? this.pick(entries))[0];
  }
}
