import { Chat } from './chat.ts';
import { backoffMs } from './connection/backoff.ts';
import type { Connection } from './connection/connection.ts';
import type { Timing } from './connection/timing.ts';
import { Emitter } from './emitter.ts';
import type { Env, Timer } from './env.ts';
import { asError, toError } from './errors.ts';
import { Outbox, type Receipt } from './outbox.ts';
import { Presence } from './presence.ts';
import {
  ChalklineError,
  checkMessage,
  type BuiltInMessages,
  type ClassroomEvent,
  type EventOf,
  type Join,
  type MessageData,
  type MessageDefinitions,
  type Position,
  type Role,
  type Sender,
  type ServerEvent,
} from './protocol/index.ts';
import { Sequencer } from './sequencer.ts';
import { Signals } from './signals.ts';
import { Typing } from './typing.ts';

/**
 * `joining`: asked for, not answered yet, also while the link is down for the first time; `joined` stays through drops,
 * the connection's status tells of those; `failed`: refused, with a cause; `left`: by our own wish.
 */
export type ClassroomStatus = 'idle' | 'joining' | 'joined' | 'failed' | 'left';

export interface ClassroomLifecycle {
  status: { status: ClassroomStatus; cause: ChalklineError | undefined };
  /** Every event of the log, once, in order, whatever its type. */
  event: ClassroomEvent;
  /** Events were missed for good; chat and presence have been loaded anew. An app reloads what it derived itself. */
  discontinuity: { head: Position };
}

export type ClassroomEvents<M extends MessageDefinitions> = ClassroomLifecycle & {
  [T in Extract<keyof M, string>]: ClassroomEvent<T, MessageData<M, T>>;
};

export interface ClassroomOptions {
  env: Env;
  timing: Timing;
  outboxCapacity: number;
  clientId: string;
  connection: Connection;
  messages: MessageDefinitions;
  user(): { userId: string; name: string };
}

/** One classroom: what is published there comes to every member once, in one order, also after a drop. */
export class Classroom<M extends MessageDefinitions = BuiltInMessages> {
  readonly id: string;
  readonly chat: Chat;
  readonly presence = new Presence();
  readonly signals: Signals;
  readonly typing: Typing;

  readonly #options: ClassroomOptions;
  readonly #emitter = new Emitter<ClassroomEvents<M>>();
  readonly #sequencer = new Sequencer();
  readonly #outbox: Outbox;
  #status: ClassroomStatus = 'idle';
  #cause: ChalklineError | undefined;
  #role: Role | undefined;
  #permissions: ReadonlySet<string> = new Set();
  #isWanted = false;
  #isAsking = false;
  #attempt = 0;
  #joinTimer: Timer | undefined;
  /** The newest seq that the server has told of, in the epoch of the sequencer. */
  #headSeq = 0;
  #waiting: { resolve: () => void; reject: (error: ChalklineError) => void }[] = [];

  /** @internal Made by `client.classroom(id)`. */
  constructor(id: string, options: ClassroomOptions) {
    const { env, timing, connection } = options;
    this.id = id;
    this.#options = options;
    this.#outbox = new Outbox({
      env,
      backoffBaseMs: timing.backoffBaseMs,
      backoffCapMs: timing.backoffCapMs,
      capacity: options.outboxCapacity,
      send: (messages) => this.#ask('ack', { action: 'publish', classroomId: id, messages }),
      onKept: (epoch, receipt, message) => {
        this.#accept(epoch, [{ ...message, ...receipt, from: this.#self() }]);
      },
      onNotJoined: () => void this.#requestJoin(),
    });
    this.signals = new Signals({
      env,
      intervalMs: timing.signalMs,
      hasAudience: () => this.#status === 'joined' && this.presence.members.length > 1,
      send: (signals) => connection.notify({ action: 'signal', classroomId: id, signals }),
    });
    this.typing = new Typing(env, this.signals, this.presence);
    this.chat = new Chat({
      now: () => env.now(),
      newId: () => env.newId(),
      self: () => this.#self(),
      publish: (messageId, data) => {
        this.typing.forget();
        return this.#publish(messageId, 'chat.send', data);
      },
      history: (before, limit) => this.#ask('page', { action: 'history', classroomId: id, before, limit }),
    });
  }

  get status(): ClassroomStatus {
    return this.#status;
  }

  /** Why the classroom `failed`. */
  get cause(): ChalklineError | undefined {
    return this.#cause;
  }

  /** Our role, once joined. */
  get role(): Role | undefined {
    return this.#role;
  }

  /** Up to where everything has been delivered. */
  get position(): Position | undefined {
    return this.#sequencer.position;
  }

  /** Whether our role may publish this type; false until joined. The server enforces it. */
  can(type: string): boolean {
    return this.#permissions.has(type);
  }

  on<K extends keyof ClassroomEvents<M>>(
    event: K,
    listener: (payload: ClassroomEvents<M>[K]) => void,
  ): () => void {
    return this.#emitter.on(event, listener);
  }

  /**
   * Resolves once the members and the newest messages are here; stays joined through drops until `leave`.
   * @throws ChalklineError `forbidden` if the token does not name the classroom, `closed` if it is left meanwhile, or
   * the cause for which the connection was closed.
   */
  join(): Promise<void> {
    if (this.#status === 'joined') return Promise.resolve();
    const joined = new Promise<void>((resolve, reject) => this.#waiting.push({ resolve, reject }));
    if (this.#status !== 'joining') {
      this.#isWanted = true;
      this.#setStatus('joining');
      this.#options.connection.connect();
      void this.#requestJoin();
    }
    return joined;
  }

  /** Leaves for good; messages that have not been acked are rejected with `closed`. Never rejects. */
  async leave(): Promise<void> {
    if (!this.#isWanted && this.#status !== 'failed') return;
    this.#end('left', new ChalklineError('closed', 'unable to go on; the classroom was left'));
    // A connection that is gone has left already, and a server that does not answer will notice by itself.
    await this.#ask('left', { action: 'leave', classroomId: this.id }).catch(() => undefined);
  }

  /**
   * Publishes to everyone. Resolves when the server has kept it, however long the link is down: the message waits.
   * @throws ChalklineError `bad-envelope` for data of the wrong shape, `payload-too-large`, `forbidden`, `not-joined`
   * before `join`, `rate-limited` while too many wait, `closed` if the app leaves before the ack.
   */
  publish<T extends Extract<keyof M, string>>(type: T, data: MessageData<M, T>): Promise<Receipt> {
    return this.#publish(this.#options.env.newId(), type, data);
  }

  /** @internal What the hello asks for on a new socket. */
  get wish(): Join | undefined {
    return this.#isWanted ? { classroomId: this.id, position: this.#sequencer.position } : undefined;
  }

  /** @internal The link is back, and the hello has asked for us: the answer comes in the welcome or soon after. */
  onWelcome(): void {
    if (this.#isWanted) this.#askSoon(this.#options.timing.requestMs);
  }

  /** @internal The link is lost: everything waits. */
  onLost(): void {
    this.#outbox.close();
    this.#options.env.clearTimeout(this.#joinTimer);
    this.signals.clear();
    this.typing.clear();
  }

  /** @internal The connection was closed: by the app, or for a cause. */
  onClosed(cause: ChalklineError | undefined): void {
    if (!this.#isWanted) return;
    this.#end(
      cause ? 'failed' : 'left',
      cause ?? new ChalklineError('closed', 'unable to go on; the connection was closed'),
    );
    // After a cause that the app can mend (a new sign-in), the classroom comes back with the connection.
    this.#isWanted = cause !== undefined;
  }

  /** @internal */
  onEvent(event: ServerEvent): void {
    if (!this.#isWanted) return;
    if (event.action === 'joined') this.#onJoined(event);
    else if (event.action === 'events') this.#accept(event.epoch, event.events);
    else if (event.action === 'signals') this.signals.receive(event);
    else if (event.action === 'error') this.#onRefused(toError(event));
    else if (event.action === 'pong') this.#onHead(event.heads[this.id]);
  }

  #publish(id: string, type: string, data: unknown): Promise<Receipt> {
    try {
      if (!this.#isWanted)
        throw new ChalklineError('not-joined', `unable to publish; classroom ${this.id} was not joined`);
      return this.#outbox.add({ id, type, data: checkMessage(this.#options.messages, type, data) });
    } catch (error) {
      return Promise.reject(asError(error));
    }
  }

  async #ask<A extends 'ack' | 'page' | 'left'>(
    answer: A,
    command: Parameters<Connection['request']>[0],
  ): Promise<EventOf<A>> {
    const event = await this.#options.connection.request(command);
    if (event.action === answer) return event as EventOf<A>;
    throw new ChalklineError(
      'internal',
      `unable to ${command.action}; the server answered with ${event.action}`,
    );
  }

  /** Joins, or joins again from where we are: that is how missed events are fetched. */
  async #requestJoin(): Promise<void> {
    const { connection, clientId } = this.#options;
    if (this.#isAsking || !this.#isWanted || connection.status !== 'connected') return;
    this.#isAsking = true;
    this.#options.env.clearTimeout(this.#joinTimer);
    try {
      const { position } = this.#sequencer;
      const token = connection.freshToken;
      const answer = await connection.request({
        action: 'join',
        clientId,
        classroomId: this.id,
        position,
        token,
      });
      this.#isAsking = false;
      if (answer.action === 'joined') this.#onJoined(answer);
    } catch (error) {
      this.#isAsking = false;
      this.#onRefused(asError(error));
    }
  }

  #askSoon(ms: number): void {
    const { env } = this.#options;
    env.clearTimeout(this.#joinTimer);
    this.#joinTimer = env.setTimeout(() => void this.#requestJoin(), ms);
  }

  #onJoined(joined: EventOf<'joined'>): void {
    if (!this.#isWanted) return;
    const { head, recovered } = joined;
    const position = this.#sequencer.position;
    this.#options.env.clearTimeout(this.#joinTimer);
    this.#attempt = 0;
    this.#role = joined.role;
    this.#permissions = new Set(joined.permissions);
    this.#headSeq = head.seq;
    if (recovered) {
      this.#accept(head.epoch, joined.events);
    } else if (position?.epoch !== head.epoch || head.seq > position.seq) {
      const followers = this.#sequencer.reset(head);
      this.presence.reset(joined);
      this.chat.reset(joined);
      if (position) this.#emitter.emit('discontinuity', { head } as ClassroomEvents<M>['discontinuity']);
      this.#deliver(followers);
    }
    this.#setStatus('joined');
    this.#waiting.splice(0).forEach(({ resolve }) => resolve());
    this.#outbox.open();
    this.#checkWhole();
  }

  #onRefused(error: ChalklineError): void {
    const { env, timing } = this.#options;
    // After a lost link the next hello asks again by itself.
    if (!this.#isWanted || error.code === 'connection-lost') return;
    if (!error.retryable) {
      this.#end('failed', error);
      return;
    }
    this.#attempt += 1;
    this.#askSoon(
      error.retryAfterMs ?? backoffMs(this.#attempt, env.random(), timing.backoffBaseMs, timing.backoffCapMs),
    );
  }

  /** What a `pong` says: the loss of the last event is told by no later one. */
  #onHead(head: Position | undefined): void {
    const position = this.#sequencer.position;
    if (this.#status !== 'joined' || !position) return;
    if (!head || head.epoch !== position.epoch) void this.#requestJoin();
    else {
      this.#headSeq = Math.max(this.#headSeq, head.seq);
      this.#checkWhole();
    }
  }

  #accept(epoch: string, events: readonly ClassroomEvent[]): void {
    for (const event of events) {
      const verdict = this.#sequencer.accept(epoch, event);
      if (verdict.kind === 'deliver') this.#deliver(verdict.events);
      else if (verdict.kind === 'discontinuity') void this.#requestJoin();
    }
    this.#checkWhole();
  }

  /** If something is missing, gives it a moment to come by itself, then fetches it. */
  #checkWhole(): void {
    const { env, timing } = this.#options;
    if (this.#status !== 'joined' || this.#isAsking) return;
    const isWhole = !this.#sequencer.hasGap && (this.#sequencer.position?.seq ?? 0) >= this.#headSeq;
    if (isWhole) env.clearTimeout(this.#joinTimer);
    else this.#askSoon(timing.gapMs);
  }

  #deliver(events: readonly ClassroomEvent[]): void {
    for (const event of events) {
      if (event.from.userId === this.#options.user().userId) this.#outbox.settle(event);
      this.typing.settle(event.from.userId);
      this.presence.apply(event);
      this.chat.apply(event);
      this.#emitter.emit('event', event as ClassroomEvents<M>['event']);
      (this.#emitter as unknown as Emitter<Record<string, ClassroomEvent>>).emit(event.type, event);
    }
  }

  #end(status: 'left' | 'failed', cause: ChalklineError): void {
    this.#isWanted = false;
    this.onLost();
    this.#setStatus(status, status === 'failed' ? cause : undefined);
    this.#waiting.splice(0).forEach(({ reject }) => reject(cause));
    this.#outbox.rejectAll(cause);
  }

  #setStatus(status: ClassroomStatus, cause?: ChalklineError): void {
    if (status === this.#status) return;
    this.#status = status;
    this.#cause = cause;
    this.#emitter.emit('status', { status, cause } as ClassroomEvents<M>['status']);
  }

  #self(): Sender {
    return { ...this.#options.user(), role: this.#role ?? 'observer' };
  }
}
