import type { Env } from '../env.ts';

/** A wait that can be cut short. */
export interface Pause {
  /** Resolves when the time is over, or with `end`. */
  over: Promise<void>;
  end(): void;
}

export function pauseFor(env: Env, ms: number): Pause {
  let end: () => void = () => undefined;
  const over = new Promise<void>((resolve) => {
    const timer = env.setTimeout(resolve, ms);
    end = () => {
      env.clearTimeout(timer);
      resolve();
    };
  });
  return { over, end };
}
