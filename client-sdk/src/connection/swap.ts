import { Alarm } from '../alarm.ts';
import type { Env } from '../env.ts';
import { backoffMs } from './backoff.ts';
import { pauseFor, type Pause } from './pause.ts';
import type { Socket, SocketOptions, Ticket } from './socket.ts';
import type { Timing } from './timing.ts';

/** What becomes of a socket until it is the current one. */
export type Beside = Pick<SocketOptions, 'prepare' | 'onOpen' | 'onClose'>;

export interface SwapOptions<G> {
  env: Env;
  timing: Timing;
  open(beside: Beside): Socket;
  /** Fetches a token, but only until `patience` is over. */
  ticket(patience: Pause): Promise<Ticket>;
  /** Resolves once the commands under way have been answered, or given up. */
  settled(): Promise<unknown>;
  /** Takes the seats over to `socket`. */
  greet(socket: Socket): Promise<G>;
  /** Makes `socket` the current one, and sends on it what was held. */
  adopt(socket: Socket, greeting: G, held: string[]): void;
  /** The old socket stays, and sends what was held; some seats may have gone with the new one. */
  onFailed(held: string[]): void;
}

/**
 * Make before break: API Gateway cuts each socket after 2 hours, so the next one is opened beside it and takes over
 * before that. The only time in which there are two sockets; nobody sees it. What fails is tried again later, for as long
 * as the old socket lives.
 */
export class Swap<G> {
  readonly #options: SwapOptions<G>;
  readonly #alarm: Alarm;
  /** Raised with each try and each end of one: what an older try brings is not wanted any more. */
  #run = 0;
  #failures = 0;
  #next: Socket | undefined;
  /** When a socket that is not welcomed yet has to be swapped already, in ms since 1970. */
  #dueAt: number | undefined;
  #patience: Pause | undefined;
  /** The frames that wait while the seats move. */
  #held: string[] | undefined;

  constructor(options: SwapOptions<G>) {
    this.#options = options;
    this.#alarm = new Alarm(options.env);
  }

  /** A socket is new: swaps it in good time, and not together with all those that were opened in the same moment. */
  schedule(): void {
    const { env, timing } = this.#options;
    this.#failures = 0;
    this.#tryIn(this.#dueAt ? this.#dueAt - env.now() : timing.swapMs * (0.95 + env.random() / 10));
    this.#dueAt = undefined;
  }

  /** The server wants `socket` gone: swaps it at some moment within so many ms, or as soon as it is welcomed. */
  hurry(withinMs: number, socket: Socket): void {
    const { env } = this.#options;
    const waitMs = withinMs * env.random();
    if (this.#alarm.isSet) this.#tryIn(waitMs);
    // The old one is on its way out already, for as many tries as that takes.
    else if (!this.#next || socket === this.#next) this.#dueAt = env.now() + waitMs;
  }

  /** Whether `frame` waits, because the seats are on their way to the other socket. */
  holds(frame: string): boolean {
    return this.#held !== undefined && this.#held.push(frame) > 0;
  }

  /** @param code with which a socket that is under way is closed. */
  stop(code: number): void {
    this.#alarm.clear();
    this.#end()?.close(code);
    this.#held = undefined;
    this.#dueAt = undefined;
  }

  #tryIn(ms: number): void {
    this.#alarm.set(ms, () => this.#try());
  }

  #try(): void {
    const { env, timing } = this.#options;
    const run = (this.#run += 1);
    const isWanted = (): boolean => run === this.#run;
    const fail = (): void => {
      if (isWanted()) this.#fail();
    };
    const prepare = async (): Promise<Ticket> => {
      try {
        if (isWanted()) return await this.#options.ticket((this.#patience = pauseFor(env, timing.tokenMs)));
      } catch {
        // Whatever the reason: the old socket lives on, and tells of it where it is the token.
        fail();
      }
      // The socket was closed meanwhile, and opens no other.
      return { url: '', protocols: [] };
    };
    const move = async (): Promise<void> => {
      // API Gateway runs commands in parallel: a join under way on the old socket could take the seat back.
      this.#held = [];
      await this.#options.settled();
      if (!isWanted()) return;
      const greeting = await this.#options.greet(socket);
      if (!isWanted()) return;
      this.#end();
      this.#options.adopt(socket, greeting, this.#release());
    };
    const socket = this.#options.open({ prepare, onOpen: () => void move().catch(fail), onClose: fail });
    this.#next = socket;
  }

  #fail(): void {
    const { env, timing } = this.#options;
    this.#failures += 1;
    const waitMs = backoffMs(this.#failures, env.random(), timing.reconnectBaseMs, timing.backoffCapMs);
    this.#end()?.close(4000);
    this.#dueAt = undefined;
    this.#tryIn(waitMs);
    if (this.#held) this.#options.onFailed(this.#release());
  }

  #end(): Socket | undefined {
    const socket = this.#next;
    this.#run += 1;
    this.#patience?.end();
    this.#next = undefined;
    return socket;
  }

  #release(): string[] {
    const held = this.#held ?? [];
    this.#held = undefined;
    return held;
  }
}
