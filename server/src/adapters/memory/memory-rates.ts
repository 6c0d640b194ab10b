import type { StoreLimits } from '../../store-limits.ts';
import { refusal } from '../refusal.ts';

/** How fast each user publishes, signals and reads: buckets of tokens. */
export class MemoryRates {
  readonly #limits: StoreLimits;
  /** When each bucket will be full again, in ms since 1970. */
  readonly #fullAt = new Map<string, number>();

  constructor(limits: StoreLimits) {
    this.#limits = limits;
  }

  /** Takes tokens for a message of so many bytes. @returns 0, or how long to wait for one, in ms. */
  publish(userId: string, bytes: number, now: number): number {
    const { rateBurst, ratePerSecond } = this.#limits;
    return this.#take(`publish ${userId}`, rateBurst, ratePerSecond, bytes, now);
  }

  /** @throws ChalklineError `rate-limited` */
  signal(userId: string, bytes: number, now: number): void {
    const { signalBurst, signalsPerSecond } = this.#limits;
    const waitMs = this.#take(`signal ${userId}`, signalBurst, signalsPerSecond, bytes, now);
    if (waitMs > 0) throw refusal('signal', `rate-limited:${waitMs}`);
  }

  /** @throws ChalklineError `rate-limited` */
  read(operation: string, userId: string, now: number): void {
    const { readBurst, readsPerSecond } = this.#limits;
    const waitMs = this.#take(`read ${userId}`, readBurst, readsPerSecond, 0, now);
    if (waitMs > 0) throw refusal(operation, `rate-limited:${waitMs}`);
  }

  /** Whoever takes more tokens than there are has them, and waits longer for the next. */
  #take(name: string, burst: number, perSecond: number, bytes: number, now: number): number {
    const intervalMs = 1000 / perSecond;
    const from = Math.max(this.#fullAt.get(name) ?? 0, now);
    const waitMs = from + intervalMs - now - burst * intervalMs;
    if (waitMs > 0) return Math.ceil(waitMs);
    this.#fullAt.set(name, from + (1 + Math.floor(bytes / this.#limits.tokenBytes)) * intervalMs);
    return 0;
  }
}
