import type { Env } from '../env.ts';
import { openSocket, type Socket, type Ticket } from './socket.ts';
import type { Beside } from './swap.ts';
import type { Timing } from './timing.ts';

export interface SocketsOptions extends Pick<Beside, 'onOpen' | 'onClose'> {
  env: Env;
  timing: Timing;
  /** Gives the current socket what it needs, while it `isCurrent`. */
  prepare(isCurrent: () => boolean): Promise<Ticket>;
  /** Whichever socket it came from: in a swap there are two. */
  onMessage(text: string, socket: Socket): void;
}

/** The one owner of a connection's sockets: the current one and, during a swap, the next beside it. */
export class Sockets {
  readonly #options: SocketsOptions;
  #current: Socket | undefined;
  #generation = 0;

  constructor(options: SocketsOptions) {
    this.#options = options;
  }

  get current(): Socket | undefined {
    return this.#current;
  }

  /** Raised with each socket and each end of one: what was started under an older number is no longer wanted. */
  get generation(): number {
    return this.#generation;
  }

  /** What was started so far is no longer wanted. */
  expire(): void {
    this.#generation += 1;
  }

  /** Opens the current socket. */
  open(): void {
    this.#current = this.openBeside();
  }

  /** @param beside what becomes of the socket until it is the current one. */
  openBeside(beside?: Beside): Socket {
    const options = this.#options;
    const isCurrent = (): boolean => this.#current === socket;
    const current: Beside = { ...options, prepare: () => options.prepare(isCurrent) };
    const role = (): Beside => (beside && !isCurrent() ? beside : current);
    const socket: Socket = openSocket({
      WebSocket: options.env.WebSocket,
      connectTimeoutMs: options.timing.connectMs,
      prepare: () => role().prepare(),
      onOpen: () => role().onOpen(),
      onMessage: (text) => options.onMessage(text, socket),
      onClose: (...end) => role().onClose(...end),
    });
    return socket;
  }

  /** Takes `socket` in place of the current one, which is closed. */
  replace(socket: Socket): void {
    // Not 1000, which the server would take for a member who left.
    this.drop(4000);
    this.#current = socket;
    this.expire();
  }

  drop(code: number): void {
    this.#current?.close(code);
    this.#current = undefined;
  }
}
