import type { Env, Timer } from '../env.ts';
import { asError, toError } from '../errors.ts';
import {
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

type OmitEach<T, K extends string> = T extends unknown ? Omit<T, K> : never;

/** A command that is answered, without what is added on the way. */
export type Request = OmitEach<Extract<Command, { ref: number }>, 'v' | 'ref'>;

/** A command without an answer. */
export type Notice = Omit<Extract<Command, { action: 'signal' }>, 'v'>;

interface Pending {
  answer: EventAction;
  resolve: (answer: ServerEvent) => void;
  reject: (error: ChalklineError) => void;
  timer: Timer;
}

/** The commands under way on one connection, and the frames that come: the `ref` ties each answer to its command. */
export class Requests {
  readonly #env: Env;
  readonly #pending = new Map<number, Pending>();
  readonly #underWay = new Set<Promise<void>>();
  readonly #unknownActions = new Set<string>();
  readonly #assembler: ChunkAssembler;
  #ref = 0;

  constructor(env: Env, onProgress: (progress: Progress) => void) {
    this.#env = env;
    this.#assembler = new ChunkAssembler({ now: () => env.now(), onProgress });
  }

  /** @throws ChalklineError the server's code, `timeout`, or the cause given to `rejectAll`. */
  ask<A extends EventAction>(
    request: Request,
    answer: A,
    patienceMs: number,
    send: (frame: string) => void,
  ): Promise<EventOf<A>> {
    const ref = (this.#ref += 1);
    const frames = splitFrame(encode({ ...request, ref }), CLIENT_FRAME_BYTES, String(ref));
    // What is large takes its time on the way up.
    const waitMs = patienceMs * (0.9 + frames.length / 10);
    const answered = new Promise<EventOf<A>>((resolve, reject) => {
      const timer = this.#env.setTimeout(() => {
        this.#pending.delete(ref);
        const reason = `the server did not answer within ${waitMs} ms`;
        reject(new ChalklineError('timeout', `unable to ${request.action}; ${reason}`));
      }, waitMs);
      this.#pending.set(ref, { answer, resolve: resolve as Pending['resolve'], reject, timer });
      frames.forEach(send);
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
      return undefined;
    }
    if (!event) this.#ignore(text);
    // An answer to a command that was given up on is no news: something newer has taken its place.
    else if ('ref' in event && event.ref !== undefined) this.#answer(event.ref, event);
    else return event;
    return undefined;
  }

  rejectAll(cause: ChalklineError): void {
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const { timer, reject } of pending) {
      this.#env.clearTimeout(timer);
      reject(cause);
    }
  }

  #answer(ref: number, event: ServerEvent): void {
    const pending = this.#pending.get(ref);
    if (!pending) return;
    this.#pending.delete(ref);
    this.#env.clearTimeout(pending.timer);
    if (event.action === pending.answer) pending.resolve(event);
    else if (event.action === 'error') pending.reject(toError(event));
    else {
      pending.reject(
        new ChalklineError(
          'internal',
          `unable to go on; "${event.action}" answers what asked for "${pending.answer}"`,
        ),
      );
    }
  }

  /** A newer server may say what we do not know; it is enough to hear of it once. */
  #ignore(text: string): void {
    const { action } = JSON.parse(text) as { action: string };
    if (this.#unknownActions.has(action)) return;
    this.#unknownActions.add(action);
    this.#env.warn(`ignored "${action}", which this version does not know`);
  }
}
