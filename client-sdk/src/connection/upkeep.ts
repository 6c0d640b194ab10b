import type { Env } from '../env.ts';
import type { ChalklineError, EventOf } from '../protocol/index.ts';
import type { Greeting } from './connection-events.ts';
import { Heartbeat } from './heartbeat.ts';
import type { Outlet, Requests } from './requests.ts';
import type { Socket } from './socket.ts';
import type { Sockets } from './sockets.ts';
import { Swap } from './swap.ts';
import type { Tickets } from './tickets.ts';
import type { Timing } from './timing.ts';
import { TokenRefresh } from './token-refresh.ts';

export interface UpkeepOptions {
  env: Env;
  timing: Timing;
  requests: Requests;
  sockets: Sockets;
  tickets: Tickets;
  /** Asks the current socket for a sign of life. */
  ping(patienceMs: number): Promise<EventOf<'pong'>>;
  onPong(pong: EventOf<'pong'>): void;
  /** Says hello: with a fresh token on the current socket, or on the next one. */
  greet(token: string | undefined, next?: Socket): Promise<Greeting>;
  /** A fresh token was accepted. */
  onRenewed(greeting: Greeting): void;
  /** Another socket has taken the place of the current one, and the seats with it. */
  onSwapped(greeting: Greeting): void;
  onSilence(): void;
  /** A fresh token was refused. */
  onRefused(cause: ChalklineError): void;
}

/** Keeps a welcomed link up: asks whether it lives, brings fresh tokens, and swaps its socket before that is cut. */
export class Upkeep {
  readonly #options: UpkeepOptions;
  readonly #heartbeat: Heartbeat;
  readonly #tokenRefresh: TokenRefresh;
  readonly #swap: Swap<Greeting>;
  #freshToken: string | undefined;
  /** Whichever socket is the current one; while the seats are on their way to the next, frames wait. */
  readonly outlet: Outlet = {
    send: (frame) => {
      if (!this.#swap.holds(frame)) this.#options.sockets.current?.send(frame);
    },
    unsentBytes: () => this.#options.sockets.current?.unsentBytes() ?? 0,
  };

  constructor(options: UpkeepOptions) {
    const { env, timing, requests, sockets, tickets } = options;
    this.#options = options;
    this.#heartbeat = new Heartbeat({
      env,
      timing,
      ping: async (patienceMs) => {
        const { generation } = sockets;
        const pong = await options.ping(patienceMs);
        if (generation === sockets.generation) options.onPong(pong);
      },
      onSilence: () => options.onSilence(),
    });
    this.#tokenRefresh = new TokenRefresh({
      env,
      timing,
      renew: () => this.#renew(),
      onRefused: (cause) => options.onRefused(cause),
    });
    this.#swap = new Swap({
      env,
      timing,
      open: (beside) => sockets.openBeside(beside),
      ticket: async (patience) => tickets.ticketFor(await tickets.fetchToken(patience)),
      settled: () => requests.settled(),
      greet: (socket) => options.greet(undefined, socket),
      adopt: (socket, greeting, held) => {
        sockets.replace(socket);
        this.#freshToken = undefined;
        this.#tokenRefresh.stop();
        held.forEach((frame) => socket.send(frame));
        options.onSwapped(greeting);
      },
      onFailed: (held) => {
        held.forEach((frame) => sockets.current?.send(frame));
        // Its hello takes back the seats that the other socket took.
        this.renewToken();
      },
    });
  }

  /** The token that took the place of the one that opened the socket, if one did. */
  get freshToken(): string | undefined {
    return this.#freshToken;
  }

  /** The current socket is welcomed: the first of this link, or one that took its place unseen. */
  start({ welcome }: Greeting): void {
    this.#tokenRefresh.schedule(welcome.expiresAt);
    this.#heartbeat.start();
    this.#swap.schedule();
  }

  /** @param code with which the next socket is closed, where a swap is under way. */
  stop(code: number): void {
    this.#freshToken = undefined;
    this.#heartbeat.stop();
    this.#tokenRefresh.stop();
    this.#swap.stop(code);
  }

  /** Asks at once whether the link lives. */
  probe(): void {
    this.#heartbeat.probe();
  }

  renewToken(): void {
    void this.#tokenRefresh.renew();
  }

  /** The server wants `socket` gone within so many ms. */
  leaveSoon(withinMs: number, socket: Socket): void {
    this.#swap.hurry(withinMs, socket);
  }

  /** Brings a fresh token to a socket that lives on; the joins bring it to the seats, which end with their token too. */
  async #renew(): Promise<number> {
    const { sockets, tickets } = this.#options;
    const { generation } = sockets;
    const token = await tickets.fetchToken();
    if (generation !== sockets.generation) return 0;
    const greeting = await this.#options.greet(token);
    if (generation === sockets.generation) {
      this.#freshToken = token;
      this.#options.onRenewed(greeting);
    }
    return greeting.welcome.expiresAt;
  }
}
