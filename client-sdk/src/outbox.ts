import { Alarm } from './alarm.ts';
import { backoffMs } from './connection/backoff.ts';
import type { Env } from './env.ts';
import { asError, toError } from './errors.ts';
import { fits, runThatFits } from './frame-room.ts';
import {
  byteLength,
  ChalklineError,
  type ErrorCode,
  type EventOf,
  MESSAGE_BYTES,
  type Message,
} from './protocol/index.ts';

/** Where a published message stands in the classroom's log; `at` is the server's time in ms since 1970. */
export interface Receipt {
  id: string;
  seq: number;
  at: number;
}

export interface OutboxOptions {
  env: Env;
  backoffBaseMs: number;
  backoffCapMs: number;
  /** Most messages that wait at one time. */
  capacity: number;
  /** Sends one frame; rejects with a coded error. */
  send(messages: Message[]): Promise<EventOf<'ack'>>;
  /** Told of each message that the server has kept, before its publish resolves. */
  onKept(epoch: string, receipt: Receipt, message: Message): void;
  /** The server has no seat for us: `open` again once there is one. */
  onNotJoined(): void;
}

interface Entry {
  message: Message;
  bytes: number;
  resolve: (receipt: Receipt) => void;
  reject: (error: ChalklineError) => void;
}

/**
 * What one classroom has accepted and the server has not acked. One frame is under way at a time, because API Gateway
 * runs the messages of one socket in parallel: order would be lost otherwise. What gathers meanwhile leaves in one frame.
 */
export class Outbox {
  readonly #options: OutboxOptions;
  #entries: Entry[] = [];
  #hasSeat = false;
  #isSending = false;
  #attempt = 0;
  /** Set while the server wants us to wait. */
  readonly #pause: Alarm;

  constructor(options: OutboxOptions) {
    this.#options = options;
    this.#pause = new Alarm(options.env);
  }

  /**
   * Keeps a message until the server has it; resolves then.
   * @throws ChalklineError `payload-too-large` or `bad-envelope` (what JSON cannot hold) at once; `rate-limited` while
   * the outbox is full; else the server's refusal.
   */
  add(message: Message): Promise<Receipt> {
    const fail = (code: ErrorCode, reason: string, cause?: unknown) =>
      Promise.reject(new ChalklineError(code, `unable to publish; ${reason}`, { cause }));
    let text: string;
    try {
      text = JSON.stringify(message);
    } catch (cause) {
      return fail('bad-envelope', 'the data is not JSON', cause);
    }
    const bytes = byteLength(text) + 1;
    if (!fits(bytes, MESSAGE_BYTES)) {
      return fail('payload-too-large', `the message has ${bytes} bytes; no more than ${MESSAGE_BYTES} go`);
    }
    if (this.#entries.length >= this.#options.capacity) {
      return fail('rate-limited', `${this.#options.capacity} messages are waiting already`);
    }
    return new Promise((resolve, reject) => {
      // A copy: what the app does to its data from now on must not change what is sent.
      this.#entries.push({ message: JSON.parse(text) as Message, bytes, resolve, reject });
      // After the current task, so that what is published together leaves together.
      queueMicrotask(() => void this.#drain());
    });
  }

  /** There is a seat: sends what waits, but no sooner than the server asked for. */
  open(): void {
    this.#hasSeat = true;
    void this.#drain();
  }

  /** The link or the seat is lost: waits for `open`. */
  close(): void {
    this.#hasSeat = false;
    this.#attempt = 0;
    this.#pause.clear();
  }

  /** The log holds this message already, though its ack was lost. */
  settle(receipt: Receipt): void {
    const entry = this.#remove(receipt.id);
    entry?.resolve(receipt);
  }

  /** Gives up on everything that waits. */
  rejectAll(error: ChalklineError): void {
    this.close();
    const entries = this.#entries;
    this.#entries = [];
    for (const entry of entries) entry.reject(error);
  }

  async #drain(): Promise<void> {
    if (this.#isSending || !this.#hasSeat || this.#pause.isSet || this.#entries.length === 0) return;
    this.#isSending = true;
    const batch = runThatFits(this.#entries);
    try {
      const ack = await this.#options.send(batch.map((entry) => entry.message));
      this.#read(ack, batch);
    } catch (error) {
      this.#fail(asError(error), batch);
    }
    this.#isSending = false;
    void this.#drain();
  }

  #read(ack: EventOf<'ack'>, batch: readonly Entry[]): void {
    const messages = new Map(batch.map(({ message }) => [message.id, message]));
    let refusal: ChalklineError | undefined;
    for (const result of ack.results) {
      if ('error' in result) {
        const error = toError(result.error);
        // Kept for a later frame, in its place; the server has refused those after it too.
        if (error.retryable) refusal ??= error;
        else this.#remove(result.id)?.reject(error);
        continue;
      }
      const message = messages.get(result.id);
      if (message) this.#options.onKept(ack.epoch, result, message);
      this.settle(result);
    }
    if (refusal) this.#wait(refusal);
    else this.#attempt = 0;
  }

  #fail(error: ChalklineError, batch: readonly Entry[]): void {
    switch (error.code) {
      case 'connection-lost':
      case 'unauthorized':
        // The connection comes back, or brings a fresh token: either way the seat is taken again, or all is closed.
        this.close();
        break;
      case 'not-joined':
        this.close();
        this.#options.onNotJoined();
        break;
      default:
        if (error.retryable) this.#wait(error);
        else for (const { message } of batch) this.#remove(message.id)?.reject(error);
    }
  }

  /** Sends nothing for as long as the server asks, or for a backoff. */
  #wait({ retryAfterMs }: ChalklineError): void {
    const { env, backoffBaseMs, backoffCapMs } = this.#options;
    if (!this.#hasSeat) return;
    this.#attempt += 1;
    const ms = retryAfterMs ?? backoffMs(this.#attempt, env.random(), backoffBaseMs, backoffCapMs);
    this.#pause.set(ms, () => void this.#drain());
  }

  #remove(id: string): Entry | undefined {
    const index = this.#entries.findIndex(({ message }) => message.id === id);
    return index < 0 ? undefined : this.#entries.splice(index, 1)[0];
  }
}
