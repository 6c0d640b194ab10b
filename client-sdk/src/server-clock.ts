/** How many answers are remembered. */
const SAMPLES = 8;

/** Two clocks that run alike may seem so far apart for another reason than the way, in ms. */
const SLACK_MS = 50;

interface Sample {
  /** How far the server's clock is ahead of ours, if question and answer took equally long. */
  aheadMs: number;
  rttMs: number;
}

/** The server's clock, as far as its answers tell: the fastest of them tells it best. */
export class ServerClock {
  readonly #now: () => number;
  #samples: readonly Sample[] = [];

  /** @param now our own clock, in ms since 1970. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** In ms since 1970; our own clock until the server has told of its own. */
  now(): number {
    return this.#now() + (this.#best?.aheadMs ?? 0);
  }

  /** An answer that left the server at `at`, by its clock; its question left at `askedAt`, by ours. */
  hear(at: number | undefined, askedAt: number): void {
    if (at === undefined) return;
    const now = this.#now();
    const rttMs = Math.max(0, now - askedAt);
    const sample = { aheadMs: at - (now - rttMs / 2), rttMs };
    const best = this.#best;
    // More apart than the ways explain: one of the clocks was set meanwhile.
    const isSet = best && Math.abs(sample.aheadMs - best.aheadMs) > (rttMs + best.rttMs) / 2 + SLACK_MS;
    this.#samples = [...(isSet ? [] : this.#samples.slice(1 - SAMPLES)), sample];
  }

  get #best(): Sample | undefined {
    return this.#samples.toSorted((a, b) => a.rttMs - b.rttMs)[0];
  }
}
