import { Emitter } from '../emitter.ts';
import type { Env, Timer, Wake } from '../env.ts';
import { asError, toError } from '../errors.ts';
import {
  ChalklineError,
  decodeEvent,
  encode,
  SUBPROTOCOL,
  TOKEN_SUBPROTOCOL_PREFIX,
  type Command,
  type EventOf,
  type Join,
  type Position,
  type ServerEvent,
} from '../protocol/index.ts';
import { backoffMs } from './backoff.ts';
import {
  next,
  statusOf,
  type ConnectionInput,
  type ConnectionState,
  type ConnectionStatus,
} from './machine.ts';
import { Requests, type Request } from './requests.ts';
import { openSocket, type Socket, type Ticket } from './socket.ts';
import type { Timing } from './timing.ts';
import { fetchToken, type TokenSource } from './token.ts';

export interface ConnectionOptions {
  url: string;
  token: TokenSource;
  env: Env;
  timing: Timing;
  clientId: string;
  /** The classrooms to come back to, with the last position in each. */
  joins(): Join[];
  /** The positions to compare with the server's heads. */
  positions(): Record<string, Position>;
}

export interface StatusChange {
  status: ConnectionStatus;
  previous: ConnectionStatus;
  /** Why the link is down, or was closed; undefined if the app closed it or all is well. */
  cause: ChalklineError | undefined;
}

export interface ConnectionEvents {
  status: StatusChange;
  /** Welcomed by the server, on every new socket: the classrooms of the hello have been answered. */
  welcome: EventOf<'welcome'>;
  /** Whatever the server says that is no answer to a `request`. */
  event: ServerEvent;
}

/** A command without an answer. */
type Notice = Omit<Extract<Command, { action: 'signal' }>, 'v'>;

/** The self-healing link made of successive sockets: one machine, one writer of its state, one socket at a time. */
export class Connection {
  readonly #options: ConnectionOptions;
  readonly #emitter = new Emitter<ConnectionEvents>();
  readonly #requests: Requests;
  #state: ConnectionState = { name: 'idle' };
  #socket: Socket | undefined;
  /** Raised with each socket and each end of one: what was started under an older number is no longer wanted. */
  #generation = 0;
  #freshToken: string | undefined;
  #wakeBackoff: (() => void) | undefined;
  #pingTimer: Timer | undefined;
  #refreshTimer: Timer | undefined;
  #removeWake: (() => void) | undefined;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#requests = new Requests(options.env);
  }

  get status(): ConnectionStatus {
    return statusOf(this.#state);
  }

  get cause(): ChalklineError | undefined {
    return 'cause' in this.#state ? this.#state.cause : undefined;
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

  connect(): void {
    this.#apply({ type: 'connect' });
  }

  /** Tries now what would have been tried later; where all is well, checks that it is. */
  reconnect(): void {
    if (this.#state.name === 'connected') void this.#ping(this.#options.timing.probeMs);
    else this.#wakeBackoff?.();
  }

  /** Ends the connection; `connect` starts it anew. */
  close(cause?: ChalklineError): void {
    this.#apply({ type: 'closed', cause });
  }

  /**
   * Sends a command and waits for its answer.
   * @throws ChalklineError the server's code, or `connection-lost` (also where there is no link), or `timeout`.
   */
  request(command: Request): Promise<ServerEvent> {
    return this.#state.name === 'connected'
      ? this.#ask(command, this.#options.timing.requestMs)
      : Promise.reject(
          new ChalklineError('connection-lost', `unable to ${command.action}; there is no connection`),
        );
  }

  /** Sends a command that has no answer, or drops it where there is no link. */
  notify(command: Notice): void {
    if (this.#state.name === 'connected') this.#socket?.send(encode(command));
  }

  /** The one writer of the state: leaves the old one, enters the new one, then says so. */
  #apply(input: ConnectionInput): void {
    const before = this.#state;
    const after = next(before, input);
    if (after === before) return;
    const previous = statusOf(before);
    this.#state = after;
    this.#enter(after);
    // Entering may have moved on already; the newest change speaks for itself.
    if (this.#state === after && statusOf(after) !== previous) {
      this.#emitter.emit('status', { status: statusOf(after), previous, cause: this.cause });
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
      case 'connected':
        this.#schedulePing();
        break;
      case 'backoff':
        this.#stop(state.cause);
        break;
      case 'closed':
        this.#removeWake?.();
        this.#removeWake = undefined;
        this.#dropSocket();
        this.#stop(state.cause ?? new ChalklineError('closed', 'unable to go on; the connection was closed'));
        break;
      case 'idle':
      case 'opening':
        break;
      default:
        state satisfies never;
    }
  }

  #open(): void {
    const { env, timing } = this.#options;
    this.#removeWake ??= env.onWake((wake) => this.#onWake(wake));
    this.#socket = openSocket({
      WebSocket: env.WebSocket,
      connectTimeoutMs: timing.connectMs,
      prepare: () => this.#prepare(),
      onOpen: () => this.#apply({ type: 'opened' }),
      onMessage: (text) => this.#onMessage(text),
      onClose: (code) => this.#lose(`the socket closed with ${code}`),
    });
  }

  #lose(reason: string, cause?: unknown): void {
    this.#apply({
      type: 'lost',
      cause: new ChalklineError('connection-lost', `unable to stay connected; ${reason}`, { cause }),
    });
  }

  /** A socket that no longer answers may never close by itself: stop listening first, then let it go. */
  #abandon(reason: string): void {
    this.#dropSocket();
    this.#lose(reason);
    if (this.#state.name === 'backoff') this.#open();
  }

  #dropSocket(): void {
    this.#socket?.close(1000, '');
    this.#socket = undefined;
  }

  #stop(cause: ChalklineError): void {
    const { env } = this.#options;
    this.#generation += 1;
    this.#freshToken = undefined;
    env.clearTimeout(this.#pingTimer);
    env.clearTimeout(this.#refreshTimer);
    if (this.#state.name === 'closed') this.#wakeBackoff?.();
    this.#requests.rejectAll(cause);
  }

  /** Waits out the backoff and fetches a token, as often as it takes. Never rejects. */
  async #prepare(): Promise<Ticket> {
    for (;;) {
      if (this.#state.name === 'backoff') {
        await this.#waitBackoff(this.#state.attempt);
        this.#apply({ type: 'retry' });
      }
      const { url } = this.#options;
      if (this.#state.name !== 'authenticating') return { url, protocols: [] };
      const generation = this.#generation;
      try {
        const token = await fetchToken(this.#options.token, this.#options.env, this.#options.timing.tokenMs);
        if (generation !== this.#generation) continue;
        this.#apply({ type: 'tokenReady' });
        return { url, protocols: [SUBPROTOCOL, TOKEN_SUBPROTOCOL_PREFIX + token] };
      } catch (cause) {
        if (generation === this.#generation) this.#lose('the token could not be fetched', cause);
      }
    }
  }

  #waitBackoff(attempt: number): Promise<void> {
    const { env, timing } = this.#options;
    return new Promise((resolve) => {
      const done = (): void => {
        env.clearTimeout(timer);
        this.#wakeBackoff = undefined;
        resolve();
      };
      const timer = env.setTimeout(
        done,
        backoffMs(attempt, env.random(), timing.backoffBaseMs, timing.backoffCapMs),
      );
      this.#wakeBackoff = done;
    });
  }

  async #hello(): Promise<void> {
    const { clientId, timing } = this.#options;
    const generation = this.#generation;
    try {
      const answer = await this.#ask(
        { action: 'hello', clientId, joins: this.#options.joins() },
        timing.requestMs,
      );
      if (generation !== this.#generation || answer.action !== 'welcome') return;
      this.#scheduleRefresh(answer.expiresAt);
      this.#apply({ type: 'welcomed' });
      this.#emitter.emit('welcome', answer);
    } catch (error) {
      if (generation !== this.#generation) return;
      const cause = asError(error);
      if (cause.retryable) this.#abandon('the server did not welcome us');
      else this.close(cause);
    }
  }

  /** The token ends while the socket lives on: bring a fresh one in band, so that a lesson shows no drop. */
  #scheduleRefresh(expiresAt: number): void {
    const { env, timing, clientId } = this.#options;
    const generation = this.#generation;
    env.clearTimeout(this.#refreshTimer);
    // A timer holds at most 2^31 - 1 ms; a token that lives longer is looked at again then.
    const wait = Math.min(Math.max(expiresAt - timing.refreshMs - env.now(), 1_000), 2 ** 31 - 1);
    this.#refreshTimer = env.setTimeout(() => {
      void (async () => {
        try {
          const token = await fetchToken(
            this.#options.token,
            this.#options.env,
            this.#options.timing.tokenMs,
          );
          if (generation !== this.#generation) return;
          const answer = await this.request({ action: 'hello', clientId, token });
          if (generation === this.#generation && answer.action === 'welcome')
            this.#scheduleRefresh(answer.expiresAt);
        } catch (error) {
          if (generation !== this.#generation) return;
          const cause = asError(error);
          if (cause.code === 'unauthorized') this.close(cause);
          else this.#scheduleRefresh(env.now() + timing.refreshMs + timing.backoffCapMs * env.random());
        }
      })();
    }, wait);
  }

  #schedulePing(): void {
    const { env, timing } = this.#options;
    env.clearTimeout(this.#pingTimer);
    this.#pingTimer = env.setTimeout(() => void this.#ping(timing.pongMs), timing.pingMs);
  }

  async #ping(patienceMs: number): Promise<void> {
    const generation = this.#generation;
    this.#schedulePing();
    try {
      const answer = await this.#ask({ action: 'ping', positions: this.#options.positions() }, patienceMs);
      if (generation === this.#generation) this.#emitter.emit('event', answer);
    } catch (error) {
      if (generation !== this.#generation) return;
      if (asError(error).code === 'timeout') this.#abandon('the server does not answer');
    }
  }

  #onWake(wake: Wake): void {
    // Browsers keep a socket open while the machine is offline, so `offline` is a question to the link, not a verdict.
    if (wake !== 'offline' || this.#state.name === 'connected') this.reconnect();
  }

  #ask(command: Request, patienceMs: number): Promise<ServerEvent> {
    return this.#requests.ask(command, patienceMs, (frame) => this.#socket?.send(frame));
  }

  #onMessage(text: string): void {
    let event: ServerEvent | undefined;
    try {
      event = decodeEvent(text);
    } catch (error) {
      this.#options.env.warn(asError(error).message);
      return;
    }
    if (!event) return;
    if (event.action === 'bye') {
      this.close(toError(event, 'the server said goodbye'));
      return;
    }
    if (!this.#requests.answer(event)) this.#emitter.emit('event', event);
  }
}
