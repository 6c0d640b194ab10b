import type { Env, Timer } from '../env.ts';
import { asError, toError } from '../errors.ts';
import { ChalklineError, decodeEvent, encode, type Command, type ServerEvent } from '../protocol/index.ts';

type OmitEach<T, K extends string> = T extends unknown ? Omit<T, K> : never;

/** A command that is answered, without what is added on the way. */
export type Request = OmitEach<Extract<Command, { ref: number }>, 'v' | 'ref'>;

interface Pending {
  resolve: (answer: ServerEvent) => void;
  reject: (error: ChalklineError) => void;
  timer: Timer;
}

/** The commands under way on one connection, and the frames that come: the `ref` ties each answer to its command. */
export class Requests {
  readonly #env: Env;
  readonly #pending = new Map<number, Pending>();
  readonly #unknownActions = new Set<string>();
  #ref = 0;

  constructor(env: Env) {
    this.#env = env;
  }

  /** @throws ChalklineError the server's code, `timeout`, or the cause given to `rejectAll`. */
  ask(request: Request, patienceMs: number, send: (frame: string) => void): Promise<ServerEvent> {
    const ref = (this.#ref += 1);
    return new Promise((resolve, reject) => {
      const timer = this.#env.setTimeout(() => {
        this.#pending.delete(ref);
        const reason = `the server did not answer within ${patienceMs} ms`;
        reject(new ChalklineError('timeout', `unable to ${request.action}; ${reason}`));
      }, patienceMs);
      this.#pending.set(ref, { resolve, reject, timer });
      send(encode({ ...request, ref }));
    });
  }

  /** Reads a frame and gives an answer to its command; returns what is no answer. */
  read(text: string): ServerEvent | undefined {
    let event: ServerEvent | undefined;
    try {
      event = decodeEvent(text);
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
    if (event.action === 'error') pending.reject(toError(event));
    else pending.resolve(event);
  }

  /** A newer server may say what we do not know; it is enough to hear of it once. */
  #ignore(text: string): void {
    const { action } = JSON.parse(text) as { action: string };
    if (this.#unknownActions.has(action)) return;
    this.#unknownActions.add(action);
    this.#env.warn(`ignored "${action}", which this version does not know`);
  }
}
