import type { Env, Timer } from '../env.ts';
import { asError, toError } from '../errors.ts';
import {
  BadFrameError,
  ChalklineError,
  ChunkAssembler,
  CLIENT_FRAME_BYTES,
  decodeEvent,
  encode,
  splitFrame,
  type Command,
  type EventAction,
  type EventOf,
  type Progress,
  type ServerEvent,
} from '../protocol/index.ts';

import type { Socket } from './socket.ts';
import { Upload } from './upload.ts';

type OmitEach<T, K extends string> = T extends unknown ? Omit<T, K> : never;

/** A command that is answered, without what is added on the way. */
export type Request = OmitEach<Extract<Command, { ref: number }>, 'v' | 'ref' | 'turn'>;

/** A command without an answer. */
export type Notice = Omit<Extract<Command, { action: 'signal' }>, 'v'>;

/** Where frames go. */
export type Outlet = Pick<Socket, 'send' | 'unsentBytes'>;

interface Pending {
  answer: EventAction;
  resolve: (answer: ServerEvent) => void;
  reject: (error: ChalklineError) => void;
  timer: Timer | undefined;
  upload?: Upload;
}

/** The commands under way on one connection, and the frames that come: the `ref` ties each answer to its command. */
export class Requests {
  readonly #env: Env;
  readonly #pending = new Map<number, Pending>();
  readonly #underWay = new Set<Promise<void>>();
  readonly #unknownActions = new Set<string>();
  readonly #assembler: ChunkAssembler;
  readonly #onProgress: (progress: Progress) => void;
  #ref = 0;
  /** How many chunks have come. */
  #parts = 0;

  constructor(env: Env, onProgress: (progress: Progress) => void) {
    this.#env = env;
    this.#onProgress = onProgress;
    this.#assembler = new ChunkAssembler({
      now: () => env.now(),
      onProgress: (progress) => {
        this.#parts += 1;
        onProgress(progress);
      },
    });
  }

  /** @throws ChalklineError the server's code, `timeout`, or the cause given to `rejectAll`. */
  ask<A extends EventAction>(
    request: Request,
    answer: A,
    patienceMs: number,
    outlet: Outlet,
  ): Promise<EventOf<A>> {
    const ref = (this.#ref += 1);
    const id = String(ref);
    // Whatever takes a seat: where it comes late it does not take it from a newer socket.
    const counted = 'clientId' in request ? { ...request, turn: ref } : request;
    const frames = splitFrame(encode({ ...counted, ref }), CLIENT_FRAME_BYTES, id);
    const count = frames.length;
    // What is large takes its time on the way up.
    const waitMs = patienceMs * (0.9 + count / 10);
    const answered = new Promise<EventOf<A>>((resolve, reject) => {
      frames.forEach((frame) => outlet.send(frame));
      const pending: Pending = { answer, resolve: resolve as Pending['resolve'], reject, timer: undefined };
      this.#pending.set(ref, pending);
      const wait = (): void => {
        const unsentBytes = outlet.unsentBytes();
        const parts = this.#parts;
        pending.timer = this.#env.setTimeout(() => {
          // A slow link is not a dead one: it may be still at what was to go or to come before.
          if (outlet.unsentBytes() < unsentBytes || this.#parts > parts) {
            wait();
            return;
          }
          this.#take(ref);
          const reason = `the server did not answer within ${waitMs} ms`;
          reject(new ChalklineError('timeout', `unable to ${request.action}; ${reason}`));
        }, waitMs);
      };
      wait();
      if (count > 1) pending.upload = new Upload(this.#env, outlet, { id, count }, this.#onProgress);
    });
    const forget = (): void => void this.#underWay.delete(over);
    const over = answered.then(forget, forget);
    this.#underWay.add(over);
    return answered;
  }

  /** Resolves once each command that is under way now was answered, or given up. */
  settled(): Promise<unknown> {
    return Promise.all(this.#underWay);
  }

  /** Reads a frame, or the last chunk of one, and gives an answer to its command; returns what is no answer. */
  read(text: string): ServerEvent | undefined {
    let event: ServerEvent | undefined;
    try {
      event = decodeEvent(text);
      if (event?.action === 'chunk') {
        const whole = this.#assembler.add(event);
        if (whole === undefined) return undefined;
        // A chunk in a chunk is no news to anyone.
        event = decodeEvent((text = whole));
      }
    } catch (error) {
      this.#env.warn(asError(error).message);
      if (error instanceof BadFrameError) this.#onUnreadable(error);
      return undefined;
    }
    if (!event) this.#ignore(text);
    // An answer to a command that was given up on is no news: something newer has taken its place.
    else if ('ref' in event && event.ref !== undefined) this.#answer(event.ref, event);
    else return event;
    return undefined;
  }

  /** A server that greets in another version than ours has none for us: to wait and to ask again would lead to nothing. */
  #onUnreadable(error: BadFrameError): void {
    if (error.code !== 'unsupported-version' || error.ref === undefined) return;
    if (this.#pending.get(error.ref)?.answer === 'welcome') this.#take(error.ref)?.reject(error);
  }

  rejectAll(cause: ChalklineError): void {
    for (const ref of this.#pending.keys()) this.#take(ref)?.reject(cause);
  }

  #answer(ref: number, event: ServerEvent): void {
    const pending = this.#take(ref);
    if (!pending) return;
    if (event.action === pending.answer) {
      pending.upload?.finish();
      pending.resolve(event);
    } else if (event.action === 'error') pending.reject(toError(event));
    else {
      pending.reject(
        new ChalklineError(
          'internal',
          `unable to go on; "${event.action}" answers what asked for "${pending.answer}"`,
        ),
      );
    }
  }

  /** A command is under way no more. */
  #take(ref: number): Pending | undefined {
    const pending = this.#pending.get(ref);
    this.#pending.delete(ref);
    this.#env.clearTimeout(pending?.timer);
    pending?.upload?.stop();
    return pending;
  }

  /** A newer server may say what we do not know; it is enough to hear of it once. */
  #ignore(text: string): void {
    const { action } = JSON.parse(text) as { action: string };
    if (this.#unknownActions.has(action)) return;
    this.#unknownActions.add(action);
    this.#env.warn(`ignored "${action}", which this version does not know`);
  }
}
