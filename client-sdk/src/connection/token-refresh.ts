import { Alarm } from '../alarm.ts';
import type { Env } from '../env.ts';
import { asError } from '../errors.ts';
import type { ChalklineError } from '../protocol/index.ts';
import type { Timing } from './timing.ts';

export interface TokenRefreshOptions {
  env: Env;
  timing: Timing;
  /** Brings a fresh token to the server; resolves with its end, in ms since 1970. */
  renew(): Promise<number>;
  /** The fresh token was refused. */
  onRefused(cause: ChalklineError): void;
}

/** The token ends while the socket lives on: brings a fresh one in band, so that a lesson shows no drop. */
export class TokenRefresh {
  readonly #options: TokenRefreshOptions;
  readonly #alarm: Alarm;
  #isRenewing = false;
  /** Raised by `stop`: what an older run brings is not wanted any more. */
  #run = 0;

  constructor(options: TokenRefreshOptions) {
    this.#options = options;
    this.#alarm = new Alarm(options.env);
  }

  /** Renews some time before `expiresAt`, in ms since 1970. */
  schedule(expiresAt: number): void {
    const { env, timing } = this.#options;
    const leftMs = expiresAt - env.now();
    // A short-lived token is renewed half-way. One that has ended by our clock was just accepted: our clock is wrong.
    const waitMs = leftMs > 0 ? Math.max(leftMs - timing.refreshMs, leftMs / 2) : timing.refreshMs;
    this.#alarm.set(waitMs, () => void this.renew());
  }

  stop(): void {
    this.#run += 1;
    this.#isRenewing = false;
    this.#alarm.clear();
  }

  /** Renews at once; once at a time. Never rejects. */
  async renew(): Promise<void> {
    const { env, timing } = this.#options;
    if (this.#isRenewing) return;
    this.#isRenewing = true;
    this.#alarm.clear();
    const run = this.#run;
    try {
      const expiresAt = await this.#options.renew();
      if (run !== this.#run) return;
      this.#isRenewing = false;
      this.schedule(expiresAt);
    } catch (error) {
      if (run !== this.#run) return;
      this.#isRenewing = false;
      const cause = asError(error);
      if (cause.code === 'unauthorized') this.#options.onRefused(cause);
      else this.#alarm.set(timing.backoffCapMs * env.random(), () => void this.renew());
    }
  }
}
