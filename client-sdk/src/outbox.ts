import { Alarm } from './alarm.ts';
import { backoffMs } from './connection/backoff.ts';
import type { Env } from './env.ts';
import { asError, toError } from './errors.ts';
import { fits, runThatFits } from './frame-room.ts';
import { isStored, type OutboxStorage } from './outbox-storage.ts';
import {
  byteLength,
  ChalklineError,
  RESEND_EVENTS,
  type ErrorCode,
  type EventOf,
  MESSAGE_BYTES,
  type Message,
  type Position,
} from './protocol/index.ts';

/** Where a published message stands in the classroom's log; `at` is the server's time in ms since 1970. */
export interface Receipt {
  id: string;
  seq: number;
  at: number;
  /**
   * Whether replicas of the store had it, too; absent where the backend waits for none, and where the log told of the
   * message and no ack.
   */
  replicated?: boolean | undefined;
}

export interface OutboxOptions {
  env: Env;
  backoffBaseMs: number;
  backoffCapMs: number;
  /** Most messages that wait at one time. */
  capacity: number;
  /** Age up to which a message without an ack is sent again, in ms. */
  resendMs: number;
  /** Where what is not acked outlives the page. */
  storage?: OutboxStorage | undefined;
  /** Up to where we have the log: what it tells of is settled. */
  position(): Position | undefined;
  /** Sends one frame; rejects with a coded error. */
  send(messages: Message[]): Promise<EventOf<'ack'>>;
  /** Told of each message that the server has kept, before its publish resolves. */
  onKept(epoch: string, receipt: Receipt, message: Message): void;
  /** The server has no seat for us: `open` again once there is one. */
  onNotJoined(): void;
  /** Told of each message that an earlier page left, oldest first, before it is sent again. */
  onRestored(message: Message, acceptedAt: number, receipt: Promise<Receipt>): void;
}

interface Entry {
  message: Message;
  bytes: number;
  acceptedAt: number;
  /** When it was sent first; `Infinity` before that. */
  sentAt: number;
  /** The least seq that the log had at any time it was sent: its event, if there is one, comes after that. */
  seq: number;
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
  /** The user in this classroom; undefined until that is known. */
  #key: string | undefined;
  /** What an earlier page left is being looked for: it goes first. */
  #restoring: Promise<unknown> | undefined;
  #hasWarned = false;
  #lastAcceptedAt = 0;
  #attempt = 0;
  /** Set while the server wants us to wait. */
  readonly #pause: Alarm;

  constructor(options: OutboxOptions) {
    this.#options = options;
    this.#pause = new Alarm(options.env);
  }

  /**
   * Keeps a message until the server has it; resolves then. Rejects with `conflict` where it was sent, nobody can tell
   * whether it was kept, and sending it again could make it two.
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
    this.#lastAcceptedAt = Math.max(this.#options.env.now(), this.#lastAcceptedAt + 1);
    // A copy: what the app does to its data from now on must not change what is sent.
    const receipt = this.#enter(this.#entries, JSON.parse(text) as Message, bytes, this.#lastAcceptedAt);
    this.#save(this.#entries.slice(-1));
    // After the current task, so that what is published together leaves together.
    queueMicrotask(() => void this.#drain());
    return receipt;
  }

  /**
   * There is a seat, and with the first one it is known whose messages these are: sends what waits, but no sooner than the server asked for, and after what an earlier page left
   * under `key`, which stands for the user in this classroom.
   */
  open(key: string): void {
    this.#hasSeat = true;
    if (key !== this.#key) {
      this.#key = key;
      if (this.#options.storage) void this.#restore();
    }
    void this.#drain();
  }

  /** The link or the seat is lost: waits for `open`. */
  close(): void {
    this.#hasSeat = false;
    this.#attempt = 0;
    this.#pause.clear();
  }

  /** The log holds this message already, though its ack was lost. */
  settle({ id, seq, at, replicated }: Receipt): void {
    this.#remove(id)?.resolve({ id, seq, at, replicated });
  }

  /** Gives up on everything that waits. */
  rejectAll(error: ChalklineError): void {
    this.close();
    const entries = this.#entries;
    this.#entries = [];
    for (const { message, reject } of entries) {
      this.#forget(message.id);
      reject(error);
    }
    this.#key = this.#restoring = undefined;
  }

  #enter(
    entries: Entry[],
    message: Message,
    bytes: number,
    acceptedAt: number,
    sentAt = Infinity,
    seq = Infinity,
  ): Promise<Receipt> {
    return new Promise((resolve, reject) => {
      entries.push({ message, bytes, acceptedAt, sentAt, seq, resolve, reject });
    });
  }

  async #restore(): Promise<void> {
    const { env } = this.#options;
    const loading = (this.#restoring = this.#keep((storage, key) => storage.load(key)));
    this.#save(this.#entries);
    const stored = ((await loading) ?? []).filter(isStored);
    // Given up meanwhile.
    if (this.#restoring !== loading) return;
    this.#restoring = undefined;
    const newer = this.#entries.splice(0);
    for (const { message, acceptedAt, position } of stored) {
      const bytes = byteLength(JSON.stringify(message)) + 1;
      // Whether that page has sent it is not known, so it counts as sent when it was accepted.
      const seq = position && position.epoch === this.#options.position()?.epoch ? position.seq : 0;
      const receipt = this.#enter(this.#entries, message, bytes, acceptedAt, acceptedAt, seq);
      receipt.catch((error: unknown) => env.warn(asError(error).message));
      this.#options.onRestored(message, acceptedAt, receipt);
    }
    this.#entries.push(...newer);
    void this.#drain();
  }

  #save(entries: readonly Entry[]): void {
    const position = this.#options.position();
    for (const { message, acceptedAt } of entries) {
      void this.#keep((storage, key) => storage.save(key, { message, acceptedAt, position }));
    }
  }

  #forget(id: string): void {
    void this.#keep((storage, key) => storage.remove(key, id));
  }

  /** Lets the storage do something, if there is one. Never rejects: what fails is told of once. */
  async #keep<T>(work: (storage: OutboxStorage, key: string) => Promise<T>): Promise<T | undefined> {
    const { storage, env } = this.#options;
    if (!storage || this.#key === undefined) return undefined;
    try {
      return await work(storage, this.#key);
    } catch (error) {
      if (!this.#hasWarned) env.warn(`unable to keep messages through a reload; ${String(error)}`);
      this.#hasWarned = true;
      return undefined;
    }
  }

  async #drain(): Promise<void> {
    if (this.#isSending || this.#restoring || !this.#hasSeat || this.#pause.isSet) return;
    const { env, resendMs } = this.#options;
    const now = env.now();
    const seq = this.#options.position()?.seq ?? 0;
    for (const { message, sentAt, seq: before, reject } of [...this.#entries]) {
      // The server may have forgotten its id: sent again, it could be kept twice.
      if (now - sentAt < resendMs && seq - before < RESEND_EVENTS) continue;
      this.#remove(message.id);
      reject(new ChalklineError('conflict', 'unable to publish; it is not known whether it was kept'));
    }
    if (this.#entries.length === 0) return;
    this.#isSending = true;
    const batch = runThatFits(this.#entries);
    for (const entry of batch) {
      entry.sentAt = Math.min(entry.sentAt, now);
      entry.seq = Math.min(entry.seq, seq);
    }
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
    const { epoch } = this.#options.position() ?? {};
    if (epoch !== undefined && epoch !== ack.epoch) {
      // The log that it was kept in has ended, or a new one has begun: a join tells which. What is sent again there is kept once.
      this.#askForSeat();
      return;
    }
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
      this.settle({ ...result, replicated: ack.replicated });
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
        this.#askForSeat();
        break;
      default:
        if (error.retryable) this.#wait(error);
        else for (const { message } of batch) this.#remove(message.id)?.reject(error);
    }
  }

  #askForSeat(): void {
    const { env, backoffBaseMs, backoffCapMs } = this.#options;
    const attempt = this.#attempt;
    this.close();
    this.#attempt = attempt + 1;
    // The first time at once; while two primaries answer in turn, less and less often.
    if (attempt > 0)
      this.#pause.set(
        backoffMs(attempt, env.random(), backoffBaseMs, backoffCapMs),
        () => void this.#drain(),
      );
    this.#options.onNotJoined();
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
    if (index < 0) return undefined;
    this.#forget(id);
    return this.#entries.splice(index, 1)[0];
  }
}
