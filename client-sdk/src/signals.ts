import { Alarm } from './alarm.ts';
import { Emitter } from './emitter.ts';
import type { Env } from './env.ts';
import { fits, runThatFits } from './frame-room.ts';
import { byteLength, ChalklineError, type EventOf, type Signal } from './protocol/index.ts';

/** How closely others follow what is signalled: 80, 125 or 250 ms between two frames in a small classroom. */
export type SignalQuality = 'smooth' | 'balanced' | 'frugal';

export interface SignalsOptions {
  env: Env;
  /** How many are in the classroom. */
  members(): number;
  /** Whether we may tell of it, and somebody is there to hear. */
  hasAudience(signal: Pick<Signal, 'type' | 'to'>): boolean;
  send(signals: Signal[]): void;
}

export interface SignalOptions<D> {
  /** Puts together what has not left yet and what is said now. @default the newest takes the place of the other */
  merge?: (waiting: D, newest: D) => D;
  /** Leaves no sooner than this after the last frame, in ms, unless another signal takes it along. @default 0 */
  everyMs?: number;
  /** Whom it is for: what few need costs few deliveries. @default all others */
  to?: Signal['to'];
}

/** A signal of another member. */
export interface ReceivedSignal extends Signal {
  userId: string;
}

interface Entry {
  signal: Signal;
  bytes: number;
}

const baseMs: Readonly<Record<SignalQuality, number>> = { smooth: 80, balanced: 125, frugal: 250 };
/** Each frame costs one delivery for every member: up to so many it goes at full pace … */
const FEW_MEMBERS = 6;
/** … and from so many on at half. */
const MANY_MEMBERS = 30;

/** What need not survive: one of each type waits, capped in rate, dropped where nobody listens. */
export class Signals {
  /** Finer costs more: each frame is billed once for every member. @default 'balanced' */
  quality: SignalQuality = 'balanced';

  readonly #options: SignalsOptions;
  readonly #emitter = new Emitter<{ signal: ReceivedSignal }>();
  readonly #waiting = new Map<string, Entry>();
  readonly #alarm: Alarm;
  #dueAt = Infinity;
  #lastSentAt = -Infinity;

  /** @internal */
  constructor(options: SignalsOptions) {
    this.#options = options;
    this.#alarm = new Alarm(options.env);
  }

  /** Shortest time between two frames, in ms: twice as long for a class of 30 as for up to six. */
  get intervalMs(): number {
    const share = (this.#options.members() - FEW_MEMBERS) / (MANY_MEMBERS - FEW_MEMBERS);
    return baseMs[this.quality] * (1 + Math.min(Math.max(share, 0), 1));
  }

  on(event: 'signal', listener: (signal: ReceivedSignal) => void): () => void {
    return this.#emitter.on(event, listener);
  }

  /**
   * Tells the others, soon, in one frame with whatever else waits.
   * @throws ChalklineError `payload-too-large`.
   */
  send<D>(type: string, data: D, { merge, everyMs = 0, to }: SignalOptions<D> = {}): void {
    const entry = measured({ type, data, to });
    if (!this.#options.hasAudience({ type, to })) return;
    const waiting = this.#waiting.get(type);
    const merged =
      merge && waiting
        ? measured({ type, data: merge(waiting.signal.data as D, data), to }, Infinity)
        : entry;
    // What no longer fits together leaves one after the other.
    if (!fits(merged.bytes)) this.#flush();
    this.#waiting.set(type, fits(merged.bytes) ? merged : entry);
    const now = this.#options.env.now();
    const dueAt = Math.max(now, this.#lastSentAt + Math.max(this.intervalMs, everyMs));
    if (dueAt >= this.#dueAt) return;
    this.#dueAt = dueAt;
    this.#alarm.set(dueAt - now, () => this.#flush());
  }

  /** Takes back what has not left: a message that is kept says it better. */
  cancel(type: string): void {
    this.#waiting.delete(type);
  }

  /** @internal */
  receive(event: EventOf<'signals'>): void {
    for (const signal of event.signals) {
      this.#emitter.emit('signal', { userId: event.userId, type: signal.type, data: signal.data });
    }
  }

  /** @internal Drops what has not left. */
  clear(): void {
    this.#alarm.clear();
    this.#dueAt = Infinity;
    this.#waiting.clear();
  }

  #flush(): void {
    let waiting = [...this.#waiting.values()].filter(({ signal }) => this.#options.hasAudience(signal));
    this.clear();
    if (waiting.length === 0) return;
    this.#lastSentAt = this.#options.env.now();
    while (waiting.length > 0) {
      const run = runThatFits(waiting);
      this.#options.send(run.map(({ signal }) => signal));
      waiting = waiting.slice(run.length);
    }
  }
}

/** A copy: what the app does to its data from now on must not change what is sent. */
function measured(signal: Signal, limitBytes?: number): Entry {
  const text = JSON.stringify(signal);
  const bytes = byteLength(text) + 1;
  if (!fits(bytes, limitBytes)) {
    throw new ChalklineError('payload-too-large', `unable to signal; "${signal.type}" has ${bytes} bytes`);
  }
  return { signal: JSON.parse(text) as Signal, bytes };
}
