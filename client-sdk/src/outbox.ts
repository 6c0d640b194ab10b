import { backoffMs } from './connection/backoff.ts';
import type { Env, Timer } from './env.ts';
import { asError, toError } from './errors.ts';
import {
  byteLength,
  ChalklineError,
  CLIENT_FRAME_BYTES,
  PUBLISH_MESSAGES,
  type EventOf,
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

/** Room for the envelope around the messages of a publish. */
const ENVELOPE_BYTES = 512;

/**
 * What one classroom has accepted and the server has not acked. One frame is under way at a time, because API Gateway
 * runs the messages of one socket in parallel: order would be lost otherwise. What gathers meanwhile leaves in one frame.
 */
export class Outbox {
  readonly #options: OutboxOptions;
  #entries: Entry[] = [];
  #isOpen = false;
  #isSending = false;
  #attempt = 0;
  #retryTimer: Timer | undefined;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  /**
   * Keeps a message until the server has it; resolves then.
   * @throws ChalklineError `payload-too-large` at once; `rate-limited` while the outbox is full; else the server's refusal.
   */
  add(message: Message): Promise<Receipt> {
    const text = JSON.stringify(message);
    const bytes = byteLength(text) + 1;
    const fail = (code: 'payload-too-large' | 'rate-limited', reason: string) =>
      Promise.reject(new ChalklineError(code, `unable to publish; ${reason}`));
    if (bytes > CLIENT_FRAME_BYTES - ENVELOPE_BYTES) {
      return fail('payload-too-large', `the message has ${bytes} bytes and a frame ${CLIENT_FRAME_BYTES}`);
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

  /** There is a seat: sends what waits. */
  open(): void {
    this.#isOpen = true;
    this.#attempt = 0;
    void this.#drain();
  }

  /** The link or the seat is lost: waits for `open`. */
  close(): void {
    this.#isOpen = false;
    this.#options.env.clearTimeout(this.#retryTimer);
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
    if (this.#isSending || !this.#isOpen || this.#entries.length === 0) return;
    this.#isSending = true;
    const batch = this.#nextBatch();
    try {
      const ack = await this.#options.send(batch.map((entry) => entry.message));
      this.#attempt = 0;
      this.#read(ack, batch);
    } catch (error) {
      this.#fail(asError(error), batch);
    }
    this.#isSending = false;
    void this.#drain();
  }

  #nextBatch(): Entry[] {
    let bytes = ENVELOPE_BYTES;
    const batch: Entry[] = [];
    for (const entry of this.#entries) {
      bytes += entry.bytes;
      if (bytes > CLIENT_FRAME_BYTES || batch.length === PUBLISH_MESSAGES) break;
      batch.push(entry);
    }
    return batch;
  }

  #read(ack: EventOf<'ack'>, batch: readonly Entry[]): void {
    const messages = new Map(batch.map(({ message }) => [message.id, message]));
    for (const result of ack.results) {
      if ('error' in result) {
        const error = toError(result.error);
        // Kept for a later frame, in its place; the server has refused those after it too.
        if (error.retryable) this.#pause(error.retryAfterMs);
        else this.#remove(result.id)?.reject(error);
        continue;
      }
      const message = messages.get(result.id);
      if (message) this.#options.onKept(ack.epoch, result, message);
      this.settle(result);
    }
  }

  #fail(error: ChalklineError, batch: readonly Entry[]): void {
    if (error.code === 'connection-lost') this.close();
    else if (error.code === 'not-joined') {
      this.close();
      this.#options.onNotJoined();
    } else if (error.retryable) this.#pause(error.retryAfterMs);
    else for (const { message } of batch) this.#remove(message.id)?.reject(error);
  }

  /** Stays closed for as long as the server asks, or for a backoff. */
  #pause(ms?: number): void {
    const { env, backoffBaseMs, backoffCapMs } = this.#options;
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#attempt += 1;
    this.#retryTimer = env.setTimeout(
      () => {
        this.#isOpen = true;
        void this.#drain();
      },
      ms ?? backoffMs(this.#attempt, env.random(), backoffBaseMs, backoffCapMs),
    );
  }

  #remove(id: string): Entry | undefined {
    const index = this.#entries.findIndex(({ message }) => message.id === id);
    return index < 0 ? undefined : this.#entries.splice(index, 1)[0];
  }
}
