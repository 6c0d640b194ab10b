import type { TokenSource } from '../connection/token.ts';
import type { Env, Wake } from '../env.ts';
import {
  allowedMessages,
  type CommandAction,
  type CommandOf,
  type ErrorCode,
  type MessageDefinitions,
  type Signal,
  type StateDefinitions,
} from '../protocol/index.ts';
import { realClock, type Clock } from './clock.ts';
import { createRandom } from './random.ts';
import { TestBackend, type Frame, type Refusal } from './test-backend.ts';
import { TestGateway, type SeenFrame } from './test-gateway.ts';
import { writeToken, type TestUser } from './test-token.ts';

export interface TestServerOptions {
  /** @default the machine's own clock; `createManualClock()` gives one that only the test moves */
  clock?: Clock;
  /** @default createRandom(1) */
  random?: () => number;
  /** The app's own message types, as given to `createClient`. */
  messages?: MessageDefinitions;
  /** The keys of the app's own shared state, as given to `createClient`. */
  state?: StateDefinitions;
  /** Lets members write to the teachers alone, as the backend's option of the same name. @default false */
  privateMessages?: boolean;
  /** Most missed events that a rejoin brings; a client that missed more is told so. @default 1000 */
  recoveryEvents?: number;
  /** Newest chat messages that a newcomer gets. @default 50 */
  chatEvents?: number;
  /** Most of a document that one answer to a `load` brings, in bytes. @default 65536 */
  pageBytes?: number;
  /** Answers the joins of a hello in frames of their own, as the backend does when one frame cannot hold them. @default false */
  splitsWelcome?: boolean;
}

/** A member whom the test moves and who has no client. */
export interface TestMember {
  readonly userId: string;
  /**
   * Publishes a message of any type; returns its seq.
   * @throws ChalklineError `bad-envelope` for data of the wrong shape; `forbidden` for an observer.
   */
  publish(type: string, data: unknown): number;
  /** Writes into the chat; returns the message's seq. */
  say(text: string): number;
  /** Tells the others something that is not kept. */
  signal(type: string, data: unknown, to?: Signal['to']): void;
  /** Says how long their link takes for a round trip, in ms, as a client does with each of its pings. */
  ping(rttMs: number): void;
  /** Loses the link: the others see `reconnecting`, until `join`, or for 15 seconds. */
  drop(): void;
  join(): void;
  leave(): void;
}

/**
 * The backend in memory: speaks the whole protocol to every client that is made with its `env`, without a network. Both
 * ends check every frame against the schemas, and all of them travel as text.
 */
export class TestServer {
  /** What clients connect to. */
  readonly url = 'wss://classroom.test';
  /** Stands in for the browser: give it to `createClient`. */
  readonly env: Env;
  /** Oldest first. */
  readonly frames: SeenFrame[] = [];
  /** What the clients warned of. */
  readonly warnings: string[] = [];
  /** While false, no socket can be opened. Those that are open stay: see `drop`. */
  isReachable = true;
  /** The frames of the server for which this returns true never arrive; of a large one, each chunk is asked about too. */
  loses: (seen: SeenFrame) => boolean = () => false;

  readonly #clock: Clock;
  readonly #backend: TestBackend;
  readonly #gateway: TestGateway;
  readonly #wakeListeners = new Set<(wake: Wake) => void>();
  readonly #refusals: Refusal[] = [];
  #lastId = 0;

  /** @internal Use `createTestServer`. */
  constructor(options: TestServerOptions) {
    const { clock = realClock, random = createRandom(1), recoveryEvents = 1000, chatEvents = 50 } = options;
    const { splitsWelcome = false, pageBytes = 64 * 1024 } = options;
    this.#clock = clock;
    clock.waitFor?.(() => this.settled());
    this.#gateway = new TestGateway({
      now: () => clock.now(),
      newId: (kind) => this.#newId(kind),
      isReachable: () => this.isReachable,
      loses: (seen) => this.loses(seen),
      onFrame: (seen) => void this.frames.push(seen),
      carryOut: (speaker, command) =>
        this.#backend.carryOut(speaker, command, this.#nextRefusal(command.action)),
      onGone: (connectionId, isLost) => this.#backend.gone(connectionId, isLost),
    });
    this.#backend = new TestBackend({
      now: () => clock.now(),
      newId: (kind) => this.#newId(kind),
      messages: allowedMessages(options.messages, options.privateMessages),
      state: options.state ?? {},
      recoveryEvents,
      chatEvents,
      splitsWelcome,
      pageBytes,
      send: (connectionId, frame) => this.#gateway.send(connectionId, frame),
    });
    this.env = {
      WebSocket: this.#gateway.WebSocket,
      now: () => clock.now(),
      random,
      newId: () => this.#newId('id'),
      setTimeout: (run, ms) => clock.setTimeout(run, ms),
      clearTimeout: (timer) => clock.clearTimeout(timer),
      onWake: (listener) => {
        this.#wakeListeners.add(listener);
        return () => void this.#wakeListeners.delete(listener);
      },
      warn: (message) => void this.warnings.push(message),
    };
  }

  /** Gives tokens for `user`, as an app's own backend would. */
  token(user: TestUser): TokenSource {
    return () => writeToken(user, this.#clock.now());
  }

  /** Lets another user into a classroom. For a member with a client of their own, make one with `env` and `token`. */
  join(classroomId: string, { userId, name = userId, role = 'student' }: TestUser): TestMember {
    const connectionId = this.#newId('member');
    const backend = this.#backend;
    const classroom = backend.classroom(classroomId);
    const sender = { userId, name, role };
    const seat = { connectionId, clientId: connectionId, sender, tokenRole: role, expiresAt: Infinity };
    const member: TestMember = {
      userId,
      publish: (type, data) =>
        backend.write(classroomId, seat.sender, { id: this.#newId('id'), type, data }).seq,
      say: (text) => member.publish('chat.send', { text }),
      signal: (type, data, to) => backend.signal(classroomId, seat, [{ type, data, to }]),
      ping: (rttMs) => classroom.measure(userId, rttMs),
      drop: () => backend.tell(classroomId, classroom.stand(connectionId, true)),
      join: () => backend.tell(classroomId, classroom.sit(seat)),
      leave: () => backend.tell(classroomId, classroom.stand(connectionId, false, userId)),
    };
    member.join();
    return member;
  }

  /** Cuts every socket; the clients come back by themselves. @param code @default 1006, a network that broke */
  drop(code = 1006): void {
    this.#gateway.drop(code);
  }

  /** Falls silent without closing a socket, as a dead link does: hears nothing and says nothing until `resume`. */
  pause(): void {
    this.#gateway.pause();
  }

  /** Hears and says what waited while it was silent, and goes on. */
  resume(): void {
    this.#gateway.resume();
  }

  /** Refuses the next command of this kind. Call it twice to refuse two. */
  refuse(action: CommandAction, code: ErrorCode, retryAfterMs?: number): void {
    this.#refusals.push({ action, code, retryAfterMs });
  }

  /** Tells every client that it is not wanted any more; it must not come back by itself. */
  dismiss(code: ErrorCode): void {
    this.push({ action: 'bye', code, message: `unable to stay; ${code}` });
  }

  /** Asks every client to move to another socket, at a random moment within so many ms. */
  goAway(withinMs: number): void {
    this.push({ action: 'goaway', withinMs });
  }

  /** Loses a classroom's log, members and seats, as a store that was flushed: what follows is of another epoch. */
  forget(classroomId: string): void {
    this.#backend.classroom(classroomId).forget(this.#newId('epoch'));
  }

  /** Says to every client what the server would not say by itself, to see what becomes of it. */
  push(frame: Frame): void {
    this.#gateway.push(frame);
  }

  /** The clients' page wakes up, or its network changes. */
  wake(wake: Wake): void {
    for (const listener of [...this.#wakeListeners]) listener(wake);
  }

  /** The commands of this kind that were read, oldest first. */
  received<A extends CommandAction>(action: A): CommandOf<A>[] {
    return this.frames.flatMap(({ frame }) => (frame.action === action ? [frame as CommandOf<A>] : []));
  }

  /** Resolves once nothing is on its way, in either direction. */
  settled(): Promise<void> {
    return this.#gateway.settled();
  }

  #newId(kind: string): string {
    return `${kind}-${(this.#lastId += 1)}`;
  }

  #nextRefusal(action: CommandAction): Refusal | undefined {
    const index = this.#refusals.findIndex((refusal) => refusal.action === action);
    return index < 0 ? undefined : this.#refusals.splice(index, 1)[0];
  }
}

/**
 * Makes a backend in memory.
 *
 * @example
 * const server = createTestServer();
 * const client = createClient({
 *   url: server.url,
 *   token: server.token({ userId: 'ada', name: 'Ada', role: 'teacher' }),
 *   env: server.env,
 * });
 * const classroom = client.classroom('math-101');
 * await classroom.join();
 *
 * server.join('math-101', { userId: 'ben', name: 'Ben' }).say('Good morning');
 * await server.settled();
 * classroom.chat.messages.at(-1)?.text; // 'Good morning'
 */
export function createTestServer(options: TestServerOptions = {}): TestServer {
  return new TestServer(options);
}
