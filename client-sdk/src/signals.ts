import { Alarm } from './alarm.ts';
import { Emitter } from './emitter.ts';
import type { Env } from './env.ts';
import { fits, runThatFits } from './frame-room.ts';
import { byteLength, ChalklineError, type EventOf, type Signal } from './protocol/index.ts';

export interface SignalsOptions {
  env: Env;
  /** At most one round of frames in this time, in ms. */
  intervalMs: number;
  /** Whether somebody is there to hear. */
  hasAudience(): boolean;
  send(signals: Signal[]): void;
}

/** A signal of another member. */
export interface ReceivedSignal extends Signal {
  userId: string;
}

interface Entry {
  signal: Signal;
  bytes: number;
}

/** What need not survive: coalesced to the newest of each type, capped in rate, dropped where nobody listens. */
export class Signals {
  readonly #options: SignalsOptions;
  readonly #emitter = new Emitter<{ signal: ReceivedSignal }>();
  readonly #waiting = new Map<string, Entry>();
  readonly #alarm: Alarm;
  #lastSentAt = -Infinity;

  constructor(options: SignalsOptions) {
    this.#options = options;
    this.#alarm = new Alarm(options.env);
  }

  on(event: 'signal', listener: (signal: ReceivedSignal) => void): () => void {
    return this.#emitter.on(event, listener);
  }

  /**
   * Tells the others, soon; a newer signal of the same type takes the place of one that has not left yet.
   * @throws ChalklineError `payload-too-large`.
   */
  send(type: string, data: unknown): void {
    const { env, intervalMs } = this.#options;
    const text = JSON.stringify({ type, data });
    const bytes = byteLength(text) + 1;
    if (!fits(bytes)) {
      throw new ChalklineError('payload-too-large', `unable to signal; "${type}" has ${bytes} bytes`);
    }
    if (!this.#options.hasAudience()) return;
    this.#waiting.set(type, { signal: JSON.parse(text) as Signal, bytes });
    const wait = Math.max(0, this.#lastSentAt + intervalMs - env.now());
    if (!this.#alarm.isSet) this.#alarm.set(wait, () => this.#flush());
  }

  /** @internal */
  receive(event: EventOf<'signals'>): void {
    for (const signal of event.signals) {
      this.#emitter.emit('signal', { userId: event.userId, type: signal.type, data: signal.data });
    }
  }

  /** @internal Takes back what has not left. */
  cancel(type: string): void {
    this.#waiting.delete(type);
  }

  /** @internal Drops what has not left. */
  clear(): void {
    this.#alarm.clear();
    this.#waiting.clear();
  }

  #flush(): void {
    let waiting = [...this.#waiting.values()];
    this.clear();
    if (waiting.length === 0 || !this.#options.hasAudience()) return;
    this.#lastSentAt = this.#options.env.now();
    while (waiting.length > 0) {
      const run = runThatFits(waiting);
      this.#options.send(run.map(({ signal }) => signal));
      waiting = waiting.slice(run.length);
    }
  }
}
