import { Classroom } from './classroom.ts';
import { Connection } from './connection/connection.ts';
import type { ConnectionEvents, StatusChange } from './connection/connection-events.ts';
import { defaultTiming, type Timing } from './connection/timing.ts';
import type { TokenSource } from './connection/token.ts';
import type { ConnectionStatus } from './connection/machine.ts';
import { browserEnv, type Env } from './env.ts';
import { toError } from './errors.ts';
import type { OutboxStorage } from './outbox-storage.ts';
import { ServerClock } from './server-clock.ts';
import {
  builtInMessages,
  ChalklineError,
  classroomIdSchema,
  serverMessages,
  type BuiltInMessages,
  type BuiltInState,
  type Join,
  type MessageDefinitions,
  type Position,
  type ServerEvent,
  type StateDefinitions,
} from './protocol/index.ts';
import * as z from 'zod/mini';

export interface ClientOptions<M extends MessageDefinitions, S extends StateDefinitions = BuiltInState> {
  /** The address of the backend: `wss://…`. The token never goes into it. */
  url: string;
  /** Fetches a fresh token from your own backend. Called for each socket and before a token ends. */
  token: TokenSource;
  /** Your own message types; give the backend the same. @default {} */
  messages?: M;
  /** The keys of your own shared state; give the backend the same. @default {} */
  state?: S;
  /** Most messages of one classroom that wait for an ack. @default 1000 */
  outboxCapacity?: number;
  /**
   * Where a message that is not acked outlives a reload of the page, such as `indexedDbStorage()` of
   * `@chalkline/client-sdk/storage`: once the classroom is joined again it is sent again, before newer ones. What was
   * rejected is not kept. @default none: a reload loses what waits
   */
  outboxStorage?: OutboxStorage;
  /** How patient the SDK is. @default defaultTiming */
  timing?: Partial<Timing>;
  /** Stands in for the browser: tests give their own. @default the page's globals */
  env?: Env;
}

/** A user's link to the backend, and the classrooms that share it. */
export class Client<
  M extends MessageDefinitions = BuiltInMessages,
  S extends StateDefinitions = BuiltInState,
> {
  readonly #connection: Connection;
  readonly #classrooms = new Map<string, Classroom<M, S>>();
  readonly #newClassroom: (id: string) => Classroom<M, S>;
  /** The positions that the last ping carried. */
  #pinged: Record<string, Position> = {};
  /** When it left, in ms since 1970, and how long its pong took, in ms. */
  #pingedAt = 0;
  #rttMs: number | undefined;
  readonly #now: () => number;
  readonly #clock: ServerClock;

  /** @internal Use `createClient`. */
  constructor(options: ClientOptions<M, S>) {
    const env = options.env ?? browserEnv();
    const timing = { ...defaultTiming, ...options.timing };
    const clientId = env.newId();
    this.#now = () => env.now();
    this.#clock = new ServerClock(this.#now);
    this.#connection = new Connection({
      url: options.url,
      token: options.token,
      env,
      timing,
      clientId,
      joins: () => this.#wishes(),
      positions: () => {
        this.#pingedAt = env.now();
        return (this.#pinged = this.#positions());
      },
      rttMs: () => this.#rttMs,
    });
    this.#connection.on('status', (change) => this.#onStatus(change));
    this.#connection.on('welcome', (answer) => this.#onWelcome(answer));
    this.#connection.on('event', (event) => this.#onEvent(event));
    const messages = { ...options.messages, ...builtInMessages };
    this.#newClassroom = (id) =>
      new Classroom<M, S>(id, {
        env,
        timing,
        outboxCapacity: options.outboxCapacity ?? 1000,
        outboxStorage: options.outboxStorage,
        clientId,
        connection: this.#connection,
        messages,
        state: options.state ?? {},
        user: () => this.user ?? { userId: '', name: '' },
        now: () => this.now(),
        onEnded: (cause) => {
          if (!this.#all().some(({ seat }) => seat.isWanted)) this.#connection.close(cause);
        },
      });
  }

  get status(): ConnectionStatus {
    return this.#connection.status;
  }

  /** Why the link is down or was closed; undefined while all is well, and after `close`. */
  get cause(): ChalklineError | undefined {
    return this.#connection.cause;
  }

  /** Who the server says we are; undefined before the first welcome. */
  get user(): { readonly userId: string; readonly name: string } | undefined {
    return this.#connection.user;
  }

  /** The server's time in ms since 1970, as well as its answers tell it. */
  now(): number {
    return this.#clock.now();
  }

  /**
   * `progress`: a part of something large came in, such as a big message or the roster of a big class, or a part of a big
   * message of ours has gone; its last part is its ack.
   */
  on<K extends 'status' | 'progress'>(
    event: K,
    listener: (payload: ConnectionEvents[K]) => void,
  ): () => void {
    return this.#connection.on(event, listener);
  }

  /** Opens the link; joining a classroom does it too. After `closed` it starts anew, with a fresh token. */
  connect(): void {
    this.#connection.connect();
  }

  /** Tries now instead of waiting for the next try; while connected, checks that the link is alive. */
  reconnect(): void {
    this.#connection.reconnect();
  }

  /** Leaves every classroom and closes the link; what was not acked is rejected with `closed`. */
  close(): void {
    this.#connection.close();
    // Also where it was closed already, for a cause, and the classrooms wait to come back.
    for (const classroom of this.#all()) classroom.onClosed(undefined);
  }

  /**
   * The classroom of this id: the same object each time.
   * @throws RangeError for an id that the protocol does not allow.
   */
  classroom(id: string): Classroom<M, S> {
    let classroom = this.#classrooms.get(id);
    if (!classroom) {
      if (!z.safeParse(classroomIdSchema, id).success) {
        throw new RangeError(`a classroom id has 1 to 128 letters, digits or _ . : ~ -; "${id}" is none`);
      }
      this.#classrooms.set(id, (classroom = this.#newClassroom(id)));
    }
    return classroom;
  }

  #all(): Classroom<M, S>[] {
    return [...this.#classrooms.values()];
  }

  #wishes(): Join[] {
    return this.#all().flatMap(({ seat }) => seat.wish() ?? []);
  }

  #positions(): Record<string, Position> {
    const wanted = this.#all().filter(({ seat }) => seat.isWanted);
    return Object.fromEntries(wanted.flatMap(({ id, position }) => (position ? [[id, position]] : [])));
  }

  /** After a hello: its answers, then each classroom that it did not ask for asks by itself. */
  #onWelcome({ welcome, joins, askedAt }: ConnectionEvents['welcome']): void {
    this.#clock.hear(welcome.at, askedAt);
    const asked = new Set(joins.map(({ classroomId }) => classroomId));
    for (const classroom of this.#all()) classroom.seat.onWelcome(asked.has(classroom.id));
    for (const answer of welcome.classrooms) {
      if (answer.action === 'joined') this.#onEvent(answer);
      else if (answer.classroomId !== undefined) {
        this.#classrooms.get(answer.classroomId)?.seat.onRefused(toError(answer));
      }
    }
  }

  #onStatus({ status, cause }: StatusChange): void {
    for (const classroom of this.#all()) {
      if (status === 'closed') classroom.onClosed(cause);
      else if (status === 'reconnecting') classroom.onLost();
    }
  }

  #onEvent(event: ServerEvent): void {
    if (event.action === 'pong') {
      // A clock may be set back meanwhile.
      this.#rttMs = Math.max(0, this.#now() - this.#pingedAt);
      this.#clock.hear(event.at, this.#pingedAt);
      for (const classroom of this.#all()) {
        classroom.presence.hear(event.health?.[classroom.id], this.#rttMs);
        classroom.log.onHead(event.heads[classroom.id], this.#pinged[classroom.id]);
      }
    } else if ('classroomId' in event && event.classroomId !== undefined) {
      this.#classrooms.get(event.classroomId)?.onEvent(event);
    }
  }
}

/**
 * Makes a client. Nothing is opened until `connect` or the first `join`.
 *
 * @example
 * const client = createClient({ url: 'wss://rt.example.com', token: () => fetchToken() });
 * const classroom = client.classroom('math-101');
 * classroom.on('chat.send', ({ from, data }) => console.log(from.name, data.text));
 * await classroom.join();
 * await classroom.chat.send('Good morning');
 *
 * @throws TypeError for a `url` that is not ws: or wss:, or that carries a token; for a `token` that is no function; for a
 * message type that is not `noun.verb`, or is one of our own.
 */
export function createClient<
  M extends MessageDefinitions = BuiltInMessages,
  S extends StateDefinitions = BuiltInState,
>(options: ClientOptions<M, S>): Client<M & BuiltInMessages, S & BuiltInState> {
  // A WebSocket takes no fragment.
  if (!/^wss?:\/\/[^/#]+[^#]*$/.test(options.url)) {
    throw new TypeError(`url must be a ws: or wss: address; it is "${options.url}"`);
  }
  if (/[?&](token|access_token|jwt)=/.test(options.url)) {
    throw new TypeError('url must not carry a token: give it as `token`, and it stays out of every log');
  }
  // Of what it is nothing is said: it may be the token itself.
  if (typeof options.token !== 'function') {
    throw new TypeError('token must be a function that fetches a token: each socket takes a fresh one');
  }
  for (const type of Object.keys(options.messages ?? {})) {
    if (!type.includes('.') || type in builtInMessages || type in serverMessages) {
      throw new TypeError(
        `a message type reads noun.verb and is not one of Chalkline's own; "${type}" does not`,
      );
    }
  }
  return new Client(options as ClientOptions<M & BuiltInMessages, S & BuiltInState>);
}
