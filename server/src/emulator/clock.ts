/** What `Clock.setTimeout` returned; give it back to `Clock.clearTimeout`. */
export type Timer = { readonly timer: unique symbol } | NodeJS.Timeout | number;

/** The gateway's only source of time: all durations of the platform run on it. Durations in ms, `now` in ms since 1970. */
export interface Clock {
  now(): number;
  setTimeout(callback: () => void, delayMs: number): Timer;
  clearTimeout(timer: Timer | undefined): void;
}

/** The machine's own time. */
export const systemClock: Clock = {
  now: () => Date.now(),
  setTimeout: (callback, delayMs) => setTimeout(callback, delayMs),
  clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout | undefined),
};

/** A clock that stands still until `advance` is called, so that a test crosses two hours in no time. */
export interface ManualClock extends Clock {
  /** Moves time forward and runs what falls due on the way, in order of due time. */
  advance(ms: number): void;
}

/**
 * Makes a `ManualClock`.
 * @param startAt ms since 1970. @default 2026-01-01T00:00:00Z
 */
export function createManualClock(startAt = Date.UTC(2026, 0, 1)): ManualClock {
  let now = startAt;
  let lastTimer = 0;
  const pending = new Map<number, { dueAt: number; callback: () => void }>();
  return {
    now: () => now,
    setTimeout(callback, delayMs) {
      lastTimer += 1;
      pending.set(lastTimer, { dueAt: now + Math.max(0, delayMs), callback });
      return lastTimer;
    },
    clearTimeout(timer) {
      if (typeof timer === 'number') pending.delete(timer);
    },
    advance(ms) {
      const until = now + ms;
      for (;;) {
        let next: [number, { dueAt: number; callback: () => void }] | undefined;
        for (const entry of pending) {
          if (entry[1].dueAt <= until && (!next || entry[1].dueAt < next[1].dueAt)) next = entry;
        }
        if (!next) break;
        pending.delete(next[0]);
        now = next[1].dueAt;
        next[1].callback();
      }
      now = until;
    },
  };
}
