import { Alarm } from '../alarm.ts';
import type { Env } from '../env.ts';
import { asError } from '../errors.ts';
import type { Timing } from './timing.ts';

/** A timer that fires so much too late, in ms, was held back by a page that slept: it proves nothing. */
const SLEPT_MS = 2_000;

export interface HeartbeatOptions {
  env: Env;
  timing: Timing;
  /** Sends a ping; rejects with `timeout` if nothing answers it in time. */
  ping(patienceMs: number): Promise<void>;
  onSilence(): void;
}

/** Asks a socket now and then whether it lives: one whose peer is gone may stay open for ever. */
export class Heartbeat {
  readonly #options: HeartbeatOptions;
  readonly #alarm: Alarm;
  #isProbing = false;
  /** Raised by each `start` and `stop`: what an older run finds out is not wanted any more. */
  #run = 0;

  constructor(options: HeartbeatOptions) {
    this.#options = options;
    this.#alarm = new Alarm(options.env);
  }

  start(): void {
    this.stop();
    this.#schedule(0);
  }

  stop(): void {
    this.#run += 1;
    this.#isProbing = false;
    this.#alarm.clear();
  }

  /** Asks at once, with less patience; one such question at a time. */
  probe(): void {
    if (this.#isProbing) return;
    this.#isProbing = true;
    void this.#beat(this.#options.timing.probeMs);
  }

  #schedule(elapsedMs: number): void {
    const { pingMs, pongMs } = this.#options.timing;
    this.#alarm.set(Math.max(0, pingMs - elapsedMs), () => void this.#beat(pongMs));
  }

  async #beat(patienceMs: number): Promise<void> {
    const { env } = this.#options;
    const run = this.#run;
    const sentAt = env.now();
    this.#alarm.clear();
    let isSilent = false;
    try {
      await this.#options.ping(patienceMs);
    } catch (error) {
      isSilent = asError(error).code === 'timeout';
    }
    if (run !== this.#run) return;
    this.#isProbing = false;
    const elapsedMs = env.now() - sentAt;
    // By the answer and not by the timer before it: what timers of a hidden page set, browsers run once a minute.
    this.#schedule(elapsedMs);
    if (!isSilent) return;
    if (elapsedMs > patienceMs + SLEPT_MS) this.probe();
    else this.#options.onSilence();
  }
}
