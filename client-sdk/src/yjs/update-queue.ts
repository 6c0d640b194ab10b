import * as Y from 'yjs';
import { Alarm } from '../alarm.ts';
import type { Env } from '../env.ts';
import { asError } from '../errors.ts';
import type { ChalklineError } from '../protocol/index.ts';
import { splitUpdate } from './split-update.ts';

export interface UpdateQueueOptions {
  env: Env;
  /** Shortest time between two messages, in ms. */
  intervalMs(): number;
  /** Resolves once the server has kept it. */
  publish(update: Uint8Array): Promise<unknown>;
  /** Told before anything leaves: what waits may be replaced now. */
  onTurn(): void;
  /** Told of a change that was not kept, and what else waited then; nothing leaves until `open`. */
  onRefused(cause: ChalklineError): void;
}

/** Most of an update that travels as one message: in base64 it fits into one frame of the server. */
const UPDATE_BYTES = 64 * 1024;
/** Merging is slow where many are merged at once. */
const MERGE_COUNT = 64;
/** A refusal that may pass is tried again after so long, in ms. */
const RETRY_MS = 1_000;

/** Changes on their way out: one message at a time, and what comes meanwhile leaves as one with the next. */
export class UpdateQueue {
  readonly #options: UpdateQueueOptions;
  readonly #alarm: Alarm;
  #waiting: Uint8Array[] = [];
  #isOpen = false;
  #isSending = false;
  #dueAt = -Infinity;

  constructor(options: UpdateQueueOptions) {
    this.#options = options;
    this.#alarm = new Alarm(options.env);
  }

  push(update: Uint8Array): void {
    this.#waiting.push(update);
    if (this.#waiting.length >= MERGE_COUNT) this.#waiting = [Y.mergeUpdates(this.#waiting)];
    this.#schedule();
  }

  /** Puts this in the place of all that waits. */
  replace(updates: Uint8Array[]): void {
    this.#waiting = updates;
  }

  /** Sends what waits, no sooner than in `waitMs`. */
  open(waitMs = 0): void {
    this.#isOpen = true;
    this.#dueAt = Math.max(this.#dueAt, this.#options.env.now() + waitMs);
    this.#schedule();
  }

  /** Keeps what waits until `open`. */
  close(): void {
    this.#isOpen = false;
    this.#alarm.clear();
  }

  /** All that waits, as messages; nothing waits any more. */
  takeAll(): Uint8Array[] {
    const waiting = this.#waiting;
    this.#waiting = [];
    return waiting.length === 0 ? [] : splitUpdate(Y.mergeUpdates(waiting), UPDATE_BYTES);
  }

  #schedule(): void {
    if (!this.#isOpen || this.#isSending || this.#alarm.isSet) return;
    this.#alarm.set(Math.max(0, this.#dueAt - this.#options.env.now()), () => void this.#send());
  }

  async #send(): Promise<void> {
    const { env } = this.#options;
    this.#options.onTurn();
    const [first, ...rest] = this.takeAll();
    if (!first) return;
    this.#waiting = rest;
    this.#isSending = true;
    this.#dueAt = env.now() + this.#options.intervalMs();
    try {
      await this.#options.publish(first);
    } catch (error) {
      const cause = asError(error);
      // Whether it was kept is not known after a `conflict`: to apply it twice does no harm.
      if (cause.retryable || cause.code === 'conflict') {
        this.#waiting.unshift(first);
        this.#dueAt = env.now() + (cause.retryAfterMs ?? RETRY_MS);
      } else {
        this.close();
        this.#options.onRefused(cause);
      }
    }
    this.#isSending = false;
    // Also where nothing waits: it may have been opened meanwhile, and the turn decides what goes.
    this.#schedule();
  }
}
