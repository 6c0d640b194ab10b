import type { Access } from './access.ts';
import type { Chat } from './chat.ts';
import type {
  ClassroomEvents,
  ClassroomLifecycle,
  ClassroomOptions,
  ClassroomStatus,
} from './classroom-events.ts';
import type { Documents } from './documents.ts';
import { Emitter } from './emitter.ts';
import type { Env } from './env.ts';
import { asError, toError } from './errors.ts';
import { LogReader } from './log-reader.ts';
import { Outbox, type Receipt } from './outbox.ts';
import type { Presence } from './presence.ts';
import { Projections } from './projections.ts';
import {
  ChalklineError,
  checkMessage,
  hasValidData,
  type BuiltInMessages,
  type BuiltInState,
  type ClassroomEvent,
  type EventOf,
  type MessageData,
  type MessageDefinitions,
  type Position,
  type Role,
  type Sender,
  type ServerEvent,
  type StateDefinitions,
  type StateValue,
} from './protocol/index.ts';
import { Seat } from './seat.ts';
import type { Signals } from './signals.ts';
import type { State } from './state.ts';
import type { Typing } from './typing.ts';

/** One classroom: what is published there comes to every member once, in one order, also after a drop. */
export class Classroom<
  M extends MessageDefinitions = BuiltInMessages,
  S extends StateDefinitions = BuiltInState,
> {
  readonly id: string;
  readonly chat: Chat;
  readonly presence: Presence;
  readonly signals: Signals;
  readonly typing: Typing;
  readonly state: State<S>;
  readonly access: Access;
  readonly documents: Documents;

  /** @internal */
  readonly seat: Seat;
  /** @internal */
  readonly log: LogReader;
  /** @internal */
  readonly env: Env;

  readonly #options: ClassroomOptions;
  readonly #emitter = new Emitter<ClassroomEvents<M>>();
  readonly #projections: Projections<S>;
  readonly #outbox: Outbox;
  /** The events that we know from an ack, which does not say with which role they were kept. */
  readonly #acked = new WeakSet<ClassroomEvent>();
  #status: ClassroomStatus = 'idle';
  #cause: ChalklineError | undefined;
  #isLive = false;
  #waiting: { resolve: () => void; reject: (error: ChalklineError) => void }[] = [];

  /** @internal Made by `client.classroom(id)`. */
  constructor(id: string, options: ClassroomOptions) {
    const { env, timing, connection, clientId } = options;
    this.id = id;
    this.env = env;
    this.#options = options;
    this.seat = new Seat({
      env,
      timing,
      connection,
      clientId,
      classroomId: id,
      position: () => this.position,
      onJoined: (joined, askedFrom) => this.#onJoined(joined, askedFrom),
      onRefused: (error) => {
        this.#end('failed', error);
        if (error.code === 'classroom-ended') options.onEnded(error);
      },
    });
    this.log = new LogReader({
      isOpen: () => this.#status === 'joined',
      tell: (event) => this.#tell(event),
      ask: () => void this.seat.ask(),
      fetchSoon: () => this.seat.fetchSoon(),
      cancelFetch: () => this.seat.cancelFetch(),
    });
    this.#outbox = new Outbox({
      env,
      ...timing,
      capacity: options.outboxCapacity,
      storage: options.outboxStorage,
      position: () => this.position,
      send: (messages) => connection.request({ action: 'publish', classroomId: id, messages }, 'ack'),
      onKept: (epoch, receipt, message) => {
        const event = { ...message, ...receipt, from: this.#self() };
        this.#acked.add(event);
        this.log.add(epoch, [event]);
      },
      onNotJoined: () => void this.seat.ask(),
      onRestored: (message, at, receipt) => {
        // What is not valid any more the server refuses.
        if (hasValidData(options.messages, message)) this.chat.restore(message, at, receipt);
      },
    });
    this.#projections = new Projections<S>({
      id,
      options,
      self: () => this.#self(),
      position: () => this.position,
      isJoined: () => this.#status === 'joined',
      publish: (messageId, type, data) => this.#publish(messageId, type, data),
      ask: () => void this.seat.ask(),
    });
    this.chat = this.#projections.chat;
    this.presence = this.#projections.presence;
    this.signals = this.#projections.signals;
    this.typing = this.#projections.typing;
    this.state = this.#projections.state;
    this.access = this.#projections.access;
    this.documents = this.#projections.documents;
    this.access.on('permissions', (permissions) => {
      if (this.seat.isWanted) this.#emit('permissions', permissions);
    });
    this.state.on('change', ({ key, userId, value }) => {
      // Our role in this class is another: the seat tells what it may now.
      const given = (value as StateValue<BuiltInState, 'role'> | undefined)?.role;
      if (key === 'role' && userId === this.#self().userId && given !== this.role) void this.seat.askAnew();
    });
  }

  get status(): ClassroomStatus {
    return this.#status;
  }

  /** Why the classroom `failed`. */
  get cause(): ChalklineError | undefined {
    return this.#cause;
  }

  /** Who we are, as the server says; empty before the first welcome. */
  get userId(): string {
    return this.#options.user().userId;
  }

  /** Our role in this class, once joined. */
  get role(): Role | undefined {
    return this.access.role;
  }

  /** Up to where everything has been delivered. */
  get position(): Position | undefined {
    return this.log.position;
  }

  /** Whether we are joined and the link is up: what is published leaves at once. */
  get isLive(): boolean {
    return this.#isLive;
  }

  /**
   * Whether we may publish this type now: our role may, and no teacher has closed its topic to us. False until joined. The
   * server enforces it. @param topic @default that of the type's noun: `board` for `board.update`
   */
  can(type: string, topic?: string): boolean {
    return this.access.may(type, topic);
  }

  /**
   * The newest message of each member, oldest first, of a type whose definition says `keepsNewest`: also from before we came.
   * `on(type)` tells of each that comes, `discontinuity` that they are others.
   */
  newest<T extends Extract<keyof M, string>>(type: T): readonly ClassroomEvent<T, MessageData<M, T>>[] {
    return this.#projections.newest.of(type) as ClassroomEvent<T, MessageData<M, T>>[];
  }

  /** The server's time in ms since 1970, as well as its answers tell it: what `timer.endsAt` is held against. */
  now(): number {
    return this.#options.now();
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
    if (this.#status !== 'joining') this.seat.take();
    const joined = new Promise<void>((resolve, reject) => this.#waiting.push({ resolve, reject }));
    this.#setStatus('joining');
    return joined;
  }

  /** Leaves for good; messages that have not been acked are rejected with `closed`. Never rejects. */
  leave(): Promise<void> {
    if (!this.seat.isWanted && this.#status !== 'failed') return Promise.resolve();
    const left = this.seat.leave();
    this.#end('left', new ChalklineError('closed', 'unable to go on; the classroom was left'));
    return left;
  }

  /**
   * Publishes to everyone. Resolves when the server has kept it, however long the link is down: the message waits. It may
   * be called as soon as `join` was, before the first welcome; an `outboxStorage` has the message from the joining on,
   * since nobody knows whose it is before.
   * @throws ChalklineError `bad-envelope` for data of the wrong shape, `payload-too-large`, `forbidden`, `not-joined`
   * before `join`, `rate-limited` while too many wait, `closed` if the app leaves before the ack,
   * `conflict` if it was sent too long ago to be sent again: it may or may not have been kept.
   */
  publish<T extends Extract<keyof M, string>>(type: T, data: MessageData<M, T>): Promise<Receipt> {
    return this.#publish(this.env.newId(), type, data);
  }

  /**
   * Takes a member's seats away and keeps them out until `readmit`; a teacher can come back. Resolves as `publish` does.
   * @throws ChalklineError `forbidden` unless we are a teacher, else as `publish` does.
   */
  remove(userId: string): Promise<Receipt> {
    const name = this.presence.members.find((member) => member.userId === userId)?.name.slice(0, 200);
    return this.state.write('removed', { removedAt: this.now(), name }, userId);
  }

  /** Lets a member join again who was removed; throws as `remove` does. */
  readmit(userId: string): Promise<Receipt> {
    return this.state.write('removed', null, userId);
  }

  /**
   * Gives a member another role in this class, as that of a teacher to a student who takes the class over; `undefined` gives
   * back what their token says. It counts at once, outlives reconnects, and who is a teacher by their token stays one.
   * @throws ChalklineError `forbidden` unless our own token says teacher, else as `publish` does.
   */
  setRole(userId: string, role: Role | undefined): Promise<Receipt> {
    return this.state.write('role', role ? { role } : null, userId);
  }

  /**
   * Ends the class: every member's classroom, ours too, is `failed` then with the cause `classroom-ended`, and a client that
   * is in no other closes its connection.
   * @throws ChalklineError `forbidden` unless we are a teacher, `not-joined`, `connection-lost`, `timeout`.
   */
  async end(): Promise<void> {
    try {
      await this.#options.connection.request({ action: 'end', classroomId: this.id }, 'ended');
    } catch (error) {
      // That it is over may be told before the answer, and closes the connection.
      if (asError(error).code !== 'classroom-ended') throw error;
    }
  }

  /** @internal The link is lost: everything waits. */
  onLost(): void {
    this.seat.onLost();
    this.#setLive(false);
    if (this.#options.connection.status !== 'connected') this.presence.link(false);
    this.#outbox.close();
    this.#projections.close();
  }

  /** @internal The connection was closed: for a cause, or by the app. */
  onClosed(cause: ChalklineError | undefined): void {
    if (!this.seat.isWanted) return;
    if (cause) {
      // The wish stays: after what the app can mend (a new sign-in) the classroom comes back with the connection.
      this.#end('failed', cause);
    } else {
      this.seat.drop();
      this.#end('left', new ChalklineError('closed', 'unable to go on; the connection was closed'));
    }
  }

  /** @internal */
  onEvent(event: ServerEvent): void {
    if (event.action === 'joined') this.seat.onJoined(event);
    else if (!this.seat.isWanted) return;
    else if (event.action === 'events') this.log.add(event.epoch, event.events);
    else if (event.action === 'error') this.#onProblem(toError(event));
    else if (event.action === 'signals' && this.#status === 'joined') this.signals.receive(event);
  }

  #publish(id: string, type: string, data: unknown): Promise<Receipt> {
    try {
      if (this.#status !== 'joining' && this.#status !== 'joined') {
        throw new ChalklineError('not-joined', `unable to publish; classroom ${this.id} is not joined`);
      }
      return this.#outbox.add({ id, type, data: checkMessage(this.#options.messages, type, data) });
    } catch (error) {
      return Promise.reject(asError(error));
    }
  }

  #onJoined(joined: EventOf<'joined'>, askedFrom: Position | undefined): void {
    const { head, events, role, permissions } = joined;
    const { position } = this;
    const start = this.log.start(joined, askedFrom);
    if (start === 'stale') {
      void this.seat.ask();
      return;
    }
    const isAnew = start === 'anew';
    this.access.grant(role, permissions);
    if (isAnew) this.#projections.reset(joined);
    // Nobody waits for it, and the next join tries again.
    else this.chat.reread().catch(() => undefined);
    // A listener may leave at any word of ours.
    if (this.seat.isWanted) this.presence.link(true);
    if (this.seat.isWanted) this.documents.open(isAnew);
    if (this.seat.isWanted) this.#setStatus('joined');
    if (isAnew && position && this.seat.isWanted) this.#emit('discontinuity', { head });
    this.access.tell();
    if (this.seat.isWanted) this.#setLive(true);
    if (!this.seat.isWanted) return;
    this.#waiting.splice(0).forEach(({ resolve }) => resolve());
    this.log.expect(head);
    this.log.add(head.epoch, events);
    // Last, as the log may tell of what was sent and not acked; its listeners may leave at any word, too.
    if (this.#status === 'joined') this.#outbox.open(`${this.id}/${this.#self().userId}`);
  }

  /** An error that answers no command of ours, or one that waits for no answer. */
  #onProblem(error: ChalklineError): void {
    if (error.code === 'not-joined') void this.seat.ask();
    else if (error.code === 'classroom-ended') this.seat.onRefused(error);
  }

  #tell(told: ClassroomEvent): void {
    // The members are as they were at this place of the log, which our own seat may be ahead of, or behind.
    const self =
      this.#acked.has(told) &&
      // Of several devices each has the role and name of its own token.
      this.presence.members.find(({ userId, devices = 1 }) => userId === told.from.userId && devices === 1);
    const event = self ? { ...told, from: { ...told.from, name: self.name, role: self.role } } : told;
    if (event.from.userId === this.#self().userId) this.#outbox.settle(event);
    const isSound = this.#projections.apply(event);
    const emitter = this.#emitter as unknown as Emitter<Record<string, ClassroomEvent>>;
    for (const name of isSound ? ['event', event.type] : ['event']) {
      if (this.#status === 'joined') emitter.emit(name, event);
    }
  }

  #end(status: 'left' | 'failed', cause: ChalklineError): void {
    this.onLost();
    this.presence.rest();
    if (status === 'left') this.log.forget();
    this.access.revoke();
    this.#setStatus(status, status === 'failed' ? cause : undefined);
    this.#waiting.splice(0).forEach(({ reject }) => reject(cause));
    this.documents.close(cause);
    this.#outbox.rejectAll(cause);
  }

  #setLive(isLive: boolean): void {
    if (isLive === this.#isLive) return;
    this.#isLive = isLive;
    this.#emit('live', isLive);
  }

  #setStatus(status: ClassroomStatus, cause?: ChalklineError): void {
    if (status === this.#status) return;
    this.#status = status;
    this.#cause = cause;
    this.#emit('status', { status, cause });
  }

  #emit<K extends keyof ClassroomLifecycle>(event: K, payload: ClassroomLifecycle[K]): void {
    this.#emitter.emit<K>(event, payload as ClassroomEvents<M>[K]);
  }

  #self(): Sender {
    return { ...this.#options.user(), role: this.access.role ?? 'observer' };
  }
}
