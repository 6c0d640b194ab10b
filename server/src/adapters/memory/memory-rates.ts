import type { StoreLimits } from '../../store-limits.ts';

/** How fast each user publishes: a bucket of tokens. */
export class MemoryRates {
  readonly #limits: StoreLimits;
  /** When each user's bucket will be full again, in ms since 1970. */
  readonly #fullAt = new Map<string, number>();

  constructor(limits: StoreLimits) {
    this.#limits = limits;
  }

  /** Spends one token. @returns 0, or how long to wait for one, in ms. */
  takeToken(userId: string, now: number): number {
    const intervalMs = 1000 / this.#limits.ratePerSecond;
    const fullAt = Math.max(this.#fullAt.get(userId) ?? 0, now) + intervalMs;
    const waitMs = fullAt - now - this.#limits.rateBurst * intervalMs;
    if (waitMs > 0) return Math.ceil(waitMs);
    this.#fullAt.set(userId, fullAt);
    return 0;
  }
}
