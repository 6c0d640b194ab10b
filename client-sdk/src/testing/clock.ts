import type { Timer } from '../env.ts';

/** Where a test server, and the client on its `env`, take the time from. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  setTimeout(run: () => void, ms: number): Timer;
  clearTimeout(timer: Timer | undefined): void;
  /** Awaited by a clock that is moved by hand before each of its timers, so that what is under way arrives first. */
  waitFor?(settled: () => Promise<void>): void;
}

/** A clock that stands still until it is moved. */
export interface ManualClock extends Clock {
  /** How many timers wait to be run. */
  readonly pending: number;
  /** Moves the time on by `ms`. Runs what falls due at its own moment, and lets what it leads to arrive before the next. */
  advance(ms: number): Promise<void>;
}

// Kept from before a test can replace it: these are the turns of the event loop, which no clock rules.
const { setTimeout: realSetTimeout } = globalThis;

/** Calls back in a later turn of the event loop, in the order of the calls. */
export function inLaterTurn(run: () => void): void {
  realSetTimeout(run, 0);
}

/** The machine's own clock. */
export const realClock: Clock = {
  now: () => Date.now(),
  setTimeout: (run, ms) => setTimeout(run, ms),
  clearTimeout: (timer) => clearTimeout(timer),
};

interface Due {
  at: number;
  run: () => void;
}

/** @param startMs where the time begins, in ms since 1970. @default 1_700_000_000_000 */
export function createManualClock(startMs = 1_700_000_000_000): ManualClock {
  let now = startMs;
  let nextId = 1;
  const timers = new Map<number, Due>();
  const waits: (() => Promise<void>)[] = [];

  const settle = async (): Promise<void> => {
    for (const wait of waits) await wait();
    await new Promise<void>(inLaterTurn);
  };
  const firstUntil = (end: number): [number, Due] | undefined => {
    const due = [...timers].filter(([, { at }]) => at <= end);
    // A stable sort: timers of one moment run in the order in which they were set.
    return due.sort(([, a], [, b]) => a.at - b.at)[0];
  };

  return {
    now: () => now,
    setTimeout(run, ms) {
      const id = nextId++;
      timers.set(id, { at: now + Math.max(0, ms), run });
      // The SDK never looks into a timer: it only gives it back.
      return id as unknown as Timer;
    },
    clearTimeout: (timer) => void timers.delete(timer as unknown as number),
    waitFor: (settled) => void waits.push(settled),
    get pending() {
      return timers.size;
    },
    async advance(ms) {
      const end = now + ms;
      await settle();
      for (let due = firstUntil(end); due; due = firstUntil(end)) {
        const [id, { at, run }] = due;
        timers.delete(id);
        now = Math.max(now, at);
        run();
        await settle();
      }
      now = end;
    },
  };
}
