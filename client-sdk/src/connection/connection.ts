import { Emitter } from '../emitter.ts';
import type { Wake } from '../env.ts';
import { asError, toError } from '../errors.ts';
import {
  ChalklineError,
  encode,
  HELLO_JOINS,
  SUBPROTOCOL,
  TOKEN_SUBPROTOCOL_PREFIX,
  type EventAction,
  type EventOf,
  type Join,
} from '../protocol/index.ts';
import { backoffMs } from './backoff.ts';
import type { ConnectionEvents, ConnectionOptions, Greeting } from './connection-events.ts';
import { Heartbeat } from './heartbeat.ts';
import {
  next,
  statusOf,
  type ConnectionInput,
  type ConnectionState,
  type ConnectionStatus,
} from './machine.ts';
import { pauseFor, type Pause } from './pause.ts';
import { Requests, type Notice, type Outlet, type Request } from './requests.ts';
import { openSocket, type Socket, type Ticket } from './socket.ts';
import { Swap, type Beside } from './swap.ts';
import { TokenRefresh } from './token-refresh.ts';
import { fetchToken } from './token.ts';

/** The self-healing link made of successive sockets: one machine, one writer of its state, one current socket. */
export class Connection {
  readonly #options: ConnectionOptions;
  readonly #emitter = new Emitter<ConnectionEvents>();
  readonly #requests: Requests;
  #state: ConnectionState = { name: 'idle' };
  #socket: Socket | undefined;
  /** Raised with each socket and each end of one: what was started under an older number is no longer wanted. */
  #generation = 0;
  #freshToken: string | undefined;
  /** What is waited for: the end of the backoff, or of our patience with the app's `token`. */
  #pause: Pause | undefined;
  #isSilent = false;
  #backoffMs = 0;
  #user: { userId: string; name: string } | undefined;
  readonly #heartbeat: Heartbeat;
  readonly #tokenRefresh: TokenRefresh;
  readonly #swap: Swap<Greeting>;
  #removeWake: (() => void) | undefined;
  /** Whichever socket is the current one. */
  readonly #outlet: Outlet = {
    send: (frame) => this.#send(frame),
    unsentBytes: () => this.#socket?.unsentBytes() ?? 0,
  };

  constructor(options: ConnectionOptions) {
    const { env, timing } = options;
    this.#options = options;
    this.#requests = new Requests(env, (progress) => this.#emitter.emit('progress', progress));
    this.#heartbeat = new Heartbeat({
      env,
      timing,
      ping: async (patienceMs) => {
        const generation = this.#generation;
        const ping = { action: 'ping', positions: options.positions(), rttMs: options.rttMs?.() } as const;
        // A question to this very socket: it does not wait for a swap.
        const pong = await this.#ask(ping, 'pong', patienceMs, this.#socket);
        if (generation === this.#generation) this.#emitter.emit('event', pong);
      },
      onSilence: () => {
        this.#isSilent = true;
        this.#abandon('the server does not answer');
        this.#isSilent = false;
      },
    });
    this.#tokenRefresh = new TokenRefresh({
      env,
      timing,
      renew: () => this.#renewToken(),
      onRefused: (cause) => this.#abandon('the fresh token was refused', cause),
    });
    this.#swap = new Swap({
      env,
      timing,
      open: (beside) => this.#openSocket(beside),
      ticket: async (patience) => this.#ticketFor(await fetchToken(options.token, patience)),
      settled: () => this.#requests.settled(),
      greet: (socket) => this.#greet(undefined, socket),
      adopt: (socket, greeting, held) => {
        this.#dropSocket(4000);
        this.#socket = socket;
        this.#generation += 1;
        this.#freshToken = undefined;
        this.#tokenRefresh.stop();
        held.forEach((frame) => socket.send(frame));
        this.#onWelcome(greeting);
      },
      onFailed: (held) => {
        held.forEach((frame) => this.#socket?.send(frame));
        // Its hello takes back the seats that the other socket took.
        void this.#tokenRefresh.renew();
      },
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
    return this.#freshToken;
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
    if (this.#state.name === 'connected') this.#heartbeat.probe();
    else if (this.#state.name === 'backoff') this.#pause?.end();
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
    const generation = this.#generation;
    try {
      return await this.#ask(command, answer, this.#options.timing.requestMs);
    } catch (error) {
      const { code } = asError(error);
      if (generation === this.#generation && code === 'timeout') this.#heartbeat.probe();
      if (generation === this.#generation && code === 'unauthorized') void this.#tokenRefresh.renew();
      throw error;
    }
  }

  /** Sends a command that has no answer, or drops it where there is no link. */
  notify(command: Notice): void {
    if (this.#state.name === 'connected') this.#send(encode(command));
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
      const retryAt = after.name === 'backoff' ? this.#options.env.now() + this.#backoffMs : undefined;
      this.#emitter.emit('status', { status, previous, cause, retryAt });
    }
  }

  #enter(state: ConnectionState): void {
    switch (state.name) {
      case 'authenticating':
        if (!this.#socket) this.#open();
        break;
      case 'handshaking':
        void this.#hello();
        break;
      case 'closed':
        this.#removeWake?.();
        this.#removeWake = undefined;
        this.#dropSocket(1000);
        this.#stop(state.cause);
        break;
      case 'backoff': {
        const { env, timing } = this.#options;
        // A closed socket may be one of thousands that come back together; silence is a page's own trouble.
        this.#backoffMs = backoffMs(
          state.attempt,
          env.random(),
          this.#isSilent ? timing.backoffBaseMs : timing.reconnectBaseMs,
          timing.backoffCapMs,
        );
        this.#stop(state.cause);
        break;
      }
      case 'idle':
      case 'opening':
      case 'connected':
        break;
      default:
        state satisfies never;
    }
  }

  #open(): void {
    this.#removeWake ??= this.#options.env.onWake((wake) => this.#onWake(wake));
    this.#socket = this.#openSocket();
  }

  /** @param beside what becomes of the socket until it is the current one. */
  #openSocket(beside?: Beside): Socket {
    const { env, timing } = this.#options;
    const isCurrent = (): boolean => this.#socket === socket;
    const current: Beside = {
      prepare: () => this.#prepare(isCurrent),
      onOpen: () => this.#apply({ type: 'opened' }),
      onClose: (reason, isRefused) =>
        this.#lose(
          reason,
          isRefused ? new ChalklineError('unauthorized', `unable to connect; ${reason}`) : undefined,
        ),
    };
    const role = (): Beside => (beside && !isCurrent() ? beside : current);
    const socket: Socket = openSocket({
      WebSocket: env.WebSocket,
      connectTimeoutMs: timing.connectMs,
      prepare: () => role().prepare(),
      onOpen: () => role().onOpen(),
      onMessage: (text) => this.#onMessage(text, socket),
      onClose: (...end) => role().onClose(...end),
    });
    return socket;
  }

  #lose(reason: string, cause?: unknown): void {
    if (cause instanceof ChalklineError && cause.code === 'unauthorized')
      this.#apply({ type: 'refused', cause });
    else {
      const text = `unable to stay connected; ${reason}`;
      this.#apply({ type: 'lost', cause: new ChalklineError('connection-lost', text, { cause }) });
    }
  }

  /** A socket that no longer answers may never close by itself: stop listening first, then let it go. */
  #abandon(reason: string, cause?: unknown): void {
    // A code of our own and not 1000, which the server would take for a member who left.
    this.#dropSocket(4000);
    this.#lose(reason, cause);
    if (this.#state.name === 'backoff') this.#open();
  }

  #dropSocket(code: number): void {
    this.#socket?.close(code);
    this.#socket = undefined;
  }

  #stop(cause = new ChalklineError('closed', 'unable to go on; the connection was closed')): void {
    this.#generation += 1;
    this.#freshToken = undefined;
    this.#heartbeat.stop();
    this.#tokenRefresh.stop();
    this.#swap.stop();
    this.#pause?.end();
    this.#requests.rejectAll(cause);
  }

  /** Waits out the backoff and fetches a token, as often as it takes while the socket `isCurrent`. Never rejects. */
  async #prepare(isCurrent: () => boolean): Promise<Ticket> {
    const { url, env } = this.#options;
    while (isCurrent()) {
      if (this.#state.name === 'backoff') {
        await (this.#pause = pauseFor(env, this.#backoffMs)).over;
        if (isCurrent()) this.#apply({ type: 'retry' });
      }
      if (!isCurrent()) break;
      try {
        const token = await this.#fetchToken();
        if (!isCurrent()) break;
        this.#apply({ type: 'tokenReady' });
        return this.#ticketFor(token);
      } catch (cause) {
        if (isCurrent()) this.#lose('the token could not be fetched', cause);
      }
    }
    // The socket was closed meanwhile, and opens no other.
    return { url, protocols: [] };
  }

  #ticketFor(token: string): Ticket {
    return { url: this.#options.url, protocols: [SUBPROTOCOL, TOKEN_SUBPROTOCOL_PREFIX + token] };
  }

  #fetchToken(): Promise<string> {
    const { env, timing, token } = this.#options;
    return fetchToken(token, (this.#pause = pauseFor(env, timing.tokenMs)));
  }

  async #hello(): Promise<void> {
    const generation = this.#generation;
    try {
      const greeting = await this.#greet(undefined);
      if (generation === this.#generation) this.#onWelcome(greeting);
    } catch (error) {
      if (generation !== this.#generation) return;
      const cause = asError(error);
      if (cause.retryable || cause.code === 'unauthorized')
        this.#abandon('the server did not welcome us', cause);
      else this.close(cause);
    }
  }

  /** Brings a fresh token to a socket that lives on; the joins bring it to the seats, which end with their token too. */
  async #renewToken(): Promise<number> {
    const generation = this.#generation;
    const token = await this.#fetchToken();
    if (generation !== this.#generation) return 0;
    const greeting = await this.#greet(token);
    if (generation === this.#generation) {
      this.#freshToken = token;
      this.#emitter.emit('welcome', greeting);
    }
    return greeting.welcome.expiresAt;
  }

  /** @param next the socket that a swap opened; the current one is greeted without it. */
  async #greet(token: string | undefined, next?: Socket): Promise<Greeting> {
    const { clientId, timing } = this.#options;
    const patienceMs = next ? timing.probeMs : timing.requestMs;
    const wishes = this.#options.joins();
    const joins = wishes.slice(0, HELLO_JOINS);
    const hello = { action: 'hello', clientId, token, joins } as const;
    const welcome = await this.#ask(hello, 'welcome', patienceMs, next);
    if (next) {
      // What no hello has room for is asked for too before the old socket is closed, and with it the seats that are left.
      const joinOn = (join: Join) =>
        this.#ask({ action: 'join', clientId, ...join }, 'joined', patienceMs, next);
      await Promise.allSettled(wishes.slice(HELLO_JOINS).map(joinOn));
    }
    this.#user = { userId: welcome.userId, name: welcome.name };
    return { welcome, joins };
  }

  /** The current socket is ours to use: the first of this link, or one that took its place unseen. */
  #onWelcome(greeting: Greeting): void {
    const generation = this.#generation;
    this.#tokenRefresh.schedule(greeting.welcome.expiresAt);
    this.#heartbeat.start();
    this.#swap.schedule();
    this.#apply({ type: 'welcomed' });
    if (generation === this.#generation) this.#emitter.emit('welcome', greeting);
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
    return this.#requests.ask(command, answer, patienceMs, socket ?? this.#outlet);
  }

  #send(frame: string): void {
    if (!this.#swap.holds(frame)) this.#socket?.send(frame);
  }

  #onMessage(text: string, socket: Socket): void {
    const event = this.#requests.read(text);
    if (event?.action === 'bye') this.close(toError(event));
    else if (event?.action === 'goaway') this.#swap.hurry(event.withinMs, socket);
    else if (event) this.#emitter.emit('event', event);
  }
}
