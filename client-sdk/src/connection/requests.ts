import type { Env, Timer } from '../env.ts';
import { toError } from '../errors.ts';
import { ChalklineError, encode, type Command, type ServerEvent } from '../protocol/index.ts';

type OmitEach<T, K extends string> = T extends unknown ? Omit<T, K> : never;

/** A command that is answered, without what is added on the way. */
export type Request = OmitEach<Extract<Command, { ref: number }>, 'v' | 'ref'>;

interface Pending {
  resolve: (answer: ServerEvent) => void;
  reject: (error: ChalklineError) => void;
  timer: Timer;
}

/** Commands under way on one connection: the `ref` ties each answer to its command. */
export class Requests {
  readonly #env: Env;
  readonly #pending = new Map<number, Pending>();
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

  /** Gives an event to the request that it answers; false if it answers none. */
  answer(event: ServerEvent): boolean {
    const ref = 'ref' in event ? event.ref : undefined;
    const pending = ref === undefined ? undefined : this.#pending.get(ref);
    if (ref === undefined || !pending) return false;
    this.#pending.delete(ref);
    this.#env.clearTimeout(pending.timer);
    if (event.action === 'error') pending.reject(toError(event));
    else pending.resolve(event);
    return true;
  }

  rejectAll(cause: ChalklineError): void {
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const { timer, reject } of pending) {
      this.#env.clearTimeout(timer);
      reject(cause);
    }
  }
}
