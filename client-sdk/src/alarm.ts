import type { Env, Timer } from './env.ts';

/** One timer that is set again and again; a newer time takes the place of an older one. */
export class Alarm {
  readonly #env: Env;
  #timer: Timer | undefined;

  constructor(env: Env) {
    this.#env = env;
  }

  get isSet(): boolean {
    return this.#timer !== undefined;
  }

  set(ms: number, run: () => void): void {
    this.clear();
    const fire = (): void => {
      this.#timer = undefined;
      run();
    };
    // A timer holds at most 2^31 - 1 ms, and fires at once for more.
    this.#timer = this.#env.setTimeout(fire, Math.min(ms, 2 ** 31 - 1));
  }

  clear(): void {
    this.#env.clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
