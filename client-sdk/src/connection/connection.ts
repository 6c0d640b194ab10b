import { Emitter } from '../emitter.ts';
import type { Wake } from '../env.ts';
import { asError, toError } from '../errors.ts';
import { ChalklineError, encode, type EventAction, type EventOf } from '../protocol/index.ts';
import type { ConnectionEvents, ConnectionOptions, Greeting } from './connection-events.ts';
import { greet } from './greeting.ts';
import {
  next,
  statusOf,
  type ConnectionInput,
  type ConnectionState,
  type ConnectionStatus,
} from './machine.ts';
import { ping } from './ping.ts';
import { Requests, type Notice, type Request } from './requests.ts';
import type { Socket, Ticket } from './socket.ts';
import { Sockets } from './sockets.ts';
import { Tickets } from './tickets.ts';
import { Upkeep } from './upkeep.ts';

/** The self-healing link made of successive sockets: one machine, one writer of its state, one current socket. */
export class Connection {
  readonly #options: ConnectionOptions;
  readonly #emitter = new Emitter<ConnectionEvents>();
  readonly #requests: Requests;
  readonly #sockets: Sockets;
  readonly #tickets: Tickets;
  readonly #upkeep: Upkeep;
  #state: ConnectionState = { name: 'idle' };
  #retryAt: number | undefined;
  #isSilent = false;
  #user: { userId: string; name: string } | undefined;
  #removeWake: (() => void) | undefined;

  constructor(options: ConnectionOptions) {
    const { env, timing } = options;
    this.#options = options;
    this.#requests = new Requests(env, (progress) => this.#emitter.emit('progress', progress));
    this.#tickets = new Tickets(options);
    this.#sockets = new Sockets({
      env,
      timing,
      prepare: (isCurrent) => this.#prepare(isCurrent),
      onOpen: () => this.#apply({ type: 'opened' }),
      onClose: (reason, isRefused) =>
        isRefused
          ? this.#lose(reason, new ChalklineError('unauthorized', `unable to connect; ${reason}`))
          : this.#lose(reason),
      onMessage: (text, socket) => this.#onMessage(text, socket),
    });
    this.#upkeep = new Upkeep({
      env,
      timing,
      requests: this.#requests,
      sockets: this.#sockets,
      tickets: this.#tickets,
      ping: (patienceMs) => {
        // A question to this very socket: it does not wait for a swap.
        const socket = this.#sockets.current;
        return ping(
          (command, answer) => this.#ask(command, answer, patienceMs, socket),
          options.positions(),
          options.rttMs?.(),
        );
      },
      onPong: (pong) => this.#emitter.emit('event', pong),
      greet: (token, next) => this.#greet(token, next),
      onRenewed: (greeting) => this.#emitter.emit('welcome', greeting),
      onSwapped: (greeting) => this.#onWelcome(greeting),
      onSilence: () => {
        this.#isSilent = true;
        this.#abandon('the server does not answer');
        this.#isSilent = false;
      },
      onRefused: (cause) => this.#abandon('the fresh token was refused', cause),
    });
  }

  get status(): ConnectionStatus {
    return statusOf(this.#state);
  }

  get cause(): ChalklineError | undefined {
    return 'cause' in this.#state ? this.#state.cause : undefined;
  }

  /** Who the server says we are; undefined before the first welcome. */
  get user(): { readonly userId: string; readonly name: string } | undefined {
    return this.#user;
  }

  /** The token that took the place of the one that opened the socket, if one did. */
  get freshToken(): string | undefined {
    return this.#upkeep.freshToken;
  }

  on<K extends keyof ConnectionEvents>(
    event: K,
    listener: (payload: ConnectionEvents[K]) => void,
  ): () => void {
    return this.#emitter.on(event, listener);
  }

  /** @throws TypeError where there is no WebSocket, as on a server that renders the page. */
  connect(): void {
    if (typeof this.#options.env.WebSocket !== 'function') {
      throw new TypeError('unable to connect; there is no WebSocket here, so give one in `env`');
    }
    this.#apply({ type: 'connect' });
  }

  /** Tries now what would have been tried later; where all is well, checks that it is. */
  reconnect(): void {
    if (this.#state.name === 'connected') this.#upkeep.probe();
    else if (this.#state.name === 'backoff') this.#tickets.hurry();
  }

  /** Ends the connection; `connect` starts it anew. */
  close(cause?: ChalklineError): void {
    this.#apply({ type: 'closed', cause });
  }

  /**
   * Sends a command and waits for its answer, an event of the action `answer`.
   * @throws ChalklineError the server's code, or `connection-lost` (also where there is no link), or `timeout`.
   */
  async request<A extends EventAction>(command: Request, answer: A): Promise<EventOf<A>> {
    if (this.#state.name !== 'connected') {
      throw new ChalklineError('connection-lost', `unable to ${command.action}; there is no connection`);
    }
    const generation = this.#sockets.generation;
    try {
      return await this.#ask(command, answer, this.#options.timing.requestMs);
    } catch (error) {
      const { code } = asError(error);
      if (generation === this.#sockets.generation && code === 'timeout') this.#upkeep.probe();
      if (generation === this.#sockets.generation && code === 'unauthorized') this.#upkeep.renewToken();
      throw error;
    }
  }

  /** Sends a command that has no answer, or drops it where there is no link. */
  notify(command: Notice): void {
    if (this.#state.name === 'connected') this.#upkeep.outlet.send(encode(command));
  }

  /** The one writer of the state: leaves the old one, enters the new one, then says so. */
  #apply(input: ConnectionInput): void {
    const before = this.#state;
    const after = next(before, input);
    if (after === before) return;
    const previous = statusOf(before);
    const { cause: previousCause } = this;
    this.#state = after;
    this.#enter(after);
    const { status, cause } = this;
    // Entering may have moved on already; the newest change speaks for itself.
    if (this.#state === after && (status !== previous || cause !== previousCause)) {
      const retryAt = after.name === 'backoff' ? this.#retryAt : undefined;
      this.#emitter.emit('status', { status, previous, cause, retryAt });
    }
  }

  #enter(state: ConnectionState): void {
    switch (state.name) {
      case 'authenticating':
        this.#removeWake ??= this.#options.env.onWake((wake) => this.#onWake(wake));
        if (!this.#sockets.current) this.#sockets.open();
        break;
      case 'handshaking':
        void this.#hello();
        break;
      case 'closed':
        this.#removeWake?.();
        this.#removeWake = undefined;
        this.#sockets.drop(1000);
        this.#stop(1000, state.cause);
        break;
      case 'backoff':
        this.#retryAt = this.#tickets.delay(state.attempt, this.#isSilent);
        this.#stop(4000, state.cause);
        break;
      case 'idle':
      case 'opening':
      case 'connected':
        break;
      default:
        state satisfies never;
    }
  }

  #lose(reason: string, cause?: unknown): void {
    if (cause instanceof ChalklineError && cause.code === 'unauthorized')
      this.#apply({ type: 'refused', cause });
    else {
      const text = `unable to stay connected; ${reason}`;
      this.#apply({ type: 'lost', cause: new ChalklineError('connection-lost', text, { cause }) });
    }
  }

  /** One that no longer answers may never close by itself: stop listening first, then let it go. */
  #abandon(reason: string, cause?: unknown): void {
    // A code of our own and not 1000, which the server would take for a member who left.
    this.#sockets.drop(4000);
    this.#lose(reason, cause);
    if (this.#state.name === 'backoff') this.#sockets.open();
  }

  #stop(code: number, cause?: ChalklineError): void {
    this.#sockets.expire();
    this.#upkeep.stop(code);
    this.#tickets.hurry();
    this.#requests.rejectAll(
      cause ?? new ChalklineError('closed', 'unable to go on; the connection was closed'),
    );
  }

  /** Waits out the backoff and fetches a token, as often as it takes while the socket `isCurrent`. Never rejects. */
  async #prepare(isCurrent: () => boolean): Promise<Ticket> {
    while (isCurrent()) {
      if (this.#state.name === 'backoff') {
        await this.#tickets.backoff();
        if (isCurrent()) this.#apply({ type: 'retry' });
      }
      if (!isCurrent()) break;
      try {
        const token = await this.#tickets.fetchToken();
        if (!isCurrent()) break;
        this.#apply({ type: 'tokenReady' });
        return this.#tickets.ticketFor(token);
      } catch (cause) {
        if (isCurrent()) this.#lose('the token could not be fetched', cause);
      }
    }
    // The socket was closed meanwhile, and opens no other.
    return { url: this.#options.url, protocols: [] };
  }

  async #hello(): Promise<void> {
    const generation = this.#sockets.generation;
    try {
      const greeting = await this.#greet(undefined);
      if (generation === this.#sockets.generation) this.#onWelcome(greeting);
    } catch (error) {
      if (generation !== this.#sockets.generation) return;
      const cause = asError(error);
      if (cause.retryable || cause.code === 'unauthorized')
        this.#abandon('the server did not welcome us', cause);
      else this.close(cause);
    }
  }

  /** @param next the socket that a swap opened; the current one is greeted without it. */
  async #greet(token: string | undefined, next?: Socket): Promise<Greeting> {
    const { clientId, timing, env } = this.#options;
    const patienceMs = next ? timing.probeMs : timing.requestMs;
    const askedAt = env.now();
    const greeting = await greet({
      ask: (command, answer) => this.#ask(command, answer, patienceMs, next),
      clientId,
      token,
      wishes: this.#options.joins(),
      // The old socket is closed after it, and with it the seats that are left.
      takesAll: next !== undefined,
    });
    const { userId, name } = greeting.welcome;
    this.#user = { userId, name };
    return { ...greeting, askedAt };
  }

  /** The current socket is ours to use: the first of this link, or one that took its place unseen. */
  #onWelcome(greeting: Greeting): void {
    const generation = this.#sockets.generation;
    this.#upkeep.start(greeting);
    this.#apply({ type: 'welcomed' });
    if (generation === this.#sockets.generation) this.#emitter.emit('welcome', greeting);
  }

  #onWake(wake: Wake): void {
    // Browsers keep a socket open while the machine is offline, so `offline` is a question to the link, not a verdict.
    if (wake !== 'offline' || this.#state.name === 'connected') this.reconnect();
  }

  #ask<A extends EventAction>(
    command: Request,
    answer: A,
    patienceMs: number,
    socket?: Socket,
  ): Promise<EventOf<A>> {
    return this.#requests.ask(command, answer, patienceMs, socket ?? this.#upkeep.outlet);
  }

  #onMessage(text: string, socket: Socket): void {
    const event = this.#requests.read(text);
    if (event?.action === 'bye') this.close(toError(event));
    else if (event?.action === 'goaway') this.#upkeep.leaveSoon(event.withinMs, socket);
    else if (event) this.#emitter.emit('event', event);
  }
}
