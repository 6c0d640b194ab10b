import { Chat } from './chat.ts';
import type { ClassroomEvents, ClassroomOptions, ClassroomStatus } from './classroom-events.ts';
import { Emitter } from './emitter.ts';
import { asError, toError } from './errors.ts';
import { Outbox, type Receipt } from './outbox.ts';
import { Presence } from './presence.ts';
import {
  ChalklineError,
  checkMessage,
  hasValidData,
  serverMessages,
  type BuiltInMessages,
  type ClassroomEvent,
  type EventOf,
  type MessageData,
  type MessageDefinitions,
  type Position,
  type Role,
  type Sender,
  type ServerEvent,
} from './protocol/index.ts';
import { Seat } from './seat.ts';
import { Sequencer } from './sequencer.ts';
import { Signals } from './signals.ts';
import { Typing } from './typing.ts';

/** One classroom: what is published there comes to every member once, in one order, also after a drop. */
export class Classroom<M extends MessageDefinitions = BuiltInMessages> {
  readonly id: string;
  readonly chat: Chat;
  readonly presence: Presence;
  readonly signals: Signals;
  readonly typing: Typing;

  /** @internal */
  readonly seat: Seat;

  readonly #options: ClassroomOptions;
  /** What may come, by type; `options.messages` is what may be published. */
  readonly #definitions: MessageDefinitions;
  readonly #emitter = new Emitter<ClassroomEvents<M>>();
  readonly #sequencer = new Sequencer();
  readonly #outbox: Outbox;
  #status: ClassroomStatus = 'idle';
  #cause: ChalklineError | undefined;
  #role: Role | undefined;
  #permissions: ReadonlySet<string> = new Set();
  #waiting: { resolve: () => void; reject: (error: ChalklineError) => void }[] = [];

  /** @internal Made by `client.classroom(id)`. */
  constructor(id: string, options: ClassroomOptions) {
    const { env, timing, connection, clientId } = options;
    this.id = id;
    this.#options = options;
    this.#definitions = { ...serverMessages, ...options.messages };
    this.seat = new Seat({
      env,
      timing,
      connection,
      clientId,
      classroomId: id,
      position: () => this.position,
      onJoined: (joined, askedFrom) => this.#onJoined(joined, askedFrom),
      onRefused: (error) => this.#end('failed', error),
    });
    this.#outbox = new Outbox({
      env,
      backoffBaseMs: timing.backoffBaseMs,
      backoffCapMs: timing.backoffCapMs,
      capacity: options.outboxCapacity,
      resendMs: timing.resendMs,
      storage: options.outboxStorage,
      position: () => this.position,
      send: (messages) => connection.request({ action: 'publish', classroomId: id, messages }, 'ack'),
      onKept: (epoch, receipt, message) => {
        this.#add(epoch, [{ ...message, ...receipt, from: this.#self() }]);
      },
      onNotJoined: () => void this.seat.ask(),
      onRestored: (message, at, receipt) => this.chat.restore(message, at, receipt),
    });
    const self = () => this.#self().userId;
    this.presence = new Presence(env, self, () => {
      const { position } = this;
      if (!position || connection.status !== 'connected') return;
      // What it leads to comes as events; a link that is lost meanwhile sweeps with its next join.
      connection.request({ action: 'ping', positions: { [id]: position } }, 'pong').catch(() => undefined);
    });
    this.signals = new Signals({
      env,
      intervalMs: timing.signalMs,
      // Who may publish nothing may not signal either.
      hasAudience: () =>
        this.#status === 'joined' && this.#permissions.size > 0 && this.presence.members.length > 1,
      send: (signals) => connection.notify({ action: 'signal', classroomId: id, signals }),
    });
    this.typing = new Typing(env, this.signals, this.presence, self);
    this.chat = new Chat({
      now: () => env.now(),
      newId: () => env.newId(),
      self: () => this.#self(),
      publish: (messageId, data) => {
        this.typing.forget();
        return this.#publish(messageId, 'chat.send', data);
      },
      history: (before, limit) =>
        connection.request({ action: 'history', classroomId: id, before, limit }, 'page'),
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
   * Publishes to everyone. Resolves when the server has kept it, however long the link is down: the message waits.
   * @throws ChalklineError `bad-envelope` for data of the wrong shape, `payload-too-large`, `forbidden`, `not-joined`
   * before `join`, `rate-limited` while too many wait, `closed` if the app leaves before the ack,
   * `conflict` if it was sent too long ago to be sent again: it may or may not have been kept.
   */
  publish<T extends Extract<keyof M, string>>(type: T, data: MessageData<M, T>): Promise<Receipt> {
    return this.#publish(this.#options.env.newId(), type, data);
  }

  /** @internal The link is lost: everything waits. */
  onLost(): void {
    this.seat.onLost();
    if (this.#options.connection.status === 'reconnecting') this.presence.link(false);
    this.#outbox.close();
    this.signals.clear();
    this.typing.clear();
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
    else if (event.action === 'events') this.#add(event.epoch, event.events);
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
    const { head, recovered, events, role } = joined;
    const permissions: readonly string[] = joined.permissions;
    const { position } = this.#sequencer;
    if (recovered && position?.epoch !== head.epoch) {
      // The answer to a join from a position that is ours no more.
      void this.seat.ask();
      return;
    }
    const held = [this.#role, ...this.#permissions].join();
    const isChanged = this.#status === 'joined' && held !== [role, ...permissions].join();
    this.#role = role;
    this.#permissions = new Set(permissions);
    // Passed by what came meanwhile; but a head before the place that we asked from tells of a log that was cut.
    const isCut = askedFrom?.epoch === head.epoch && head.seq < askedFrom.seq;
    const isPassed = position?.epoch === head.epoch && head.seq <= position.seq && !isCut;
    const isAnew = !recovered && !isPassed;
    if (isAnew) {
      this.#sequencer.reset(head);
      this.presence.reset(joined);
      this.chat.reset(joined);
    }
    // A listener may leave at any word of ours.
    if (this.seat.isWanted) this.presence.link(true);
    if (this.seat.isWanted) this.#setStatus('joined');
    if (isAnew && position && this.seat.isWanted) {
      this.#emitter.emit('discontinuity', { head } as ClassroomEvents<M>['discontinuity']);
    }
    if (isChanged && this.seat.isWanted) {
      this.#emitter.emit('permissions', { role, permissions } as ClassroomEvents<M>['permissions']);
    }
    if (!this.seat.isWanted) return;
    this.#waiting.splice(0).forEach(({ resolve }) => resolve());
    this.#sequencer.expect(head.seq);
    this.#add(head.epoch, events);
    // Last, as the log may tell of what was sent and not acked; its listeners may leave at any word, too.
    if (this.#status === 'joined') this.#outbox.open(`${this.id}/${this.#self().userId}`);
  }

  /** An error that answers no command of ours, or one that waits for no answer. */
  #onProblem(error: ChalklineError): void {
    if (error.code === 'not-joined') void this.seat.ask();
    else if (error.code === 'classroom-ended') this.seat.onRefused(error);
  }

  /**
   * @internal What a `pong` says, and the position that its ping carried: the loss of the last event is told by no later
   * one, nor is a log that was cut behind us.
   */
  onHead(head: Position | undefined, pinged: Position | undefined): void {
    const { position } = this;
    if (this.#status !== 'joined' || !position || !pinged) return;
    if (head?.epoch !== position.epoch || head.seq < pinged.seq) void this.seat.ask();
    else {
      this.#sequencer.expect(head.seq);
      this.#deliver();
    }
  }

  #add(epoch: string, events: readonly ClassroomEvent[]): void {
    const verdicts = events.map((event) => this.#sequencer.add(epoch, event));
    if (verdicts.includes('discontinuity')) void this.seat.ask();
    this.#deliver();
  }

  /** Everything whose turn it is; nothing before `joined` nor after `left`, also if a listener leaves in the middle. */
  #deliver(): void {
    let event: ClassroomEvent | undefined;
    while (this.#status === 'joined' && (event = this.#sequencer.next())) this.#tell(event);
    if (this.#sequencer.hasGap) this.seat.fetchSoon();
    else this.seat.cancelFetch();
  }

  #tell(event: ClassroomEvent): void {
    const { userId } = event.from;
    if (userId === this.#self().userId) this.#outbox.settle(event);
    this.typing.settle(userId);
    const isSound = hasValidData(this.#definitions, event);
    if (isSound) {
      this.presence.apply(event);
      this.chat.apply(event);
    } else this.#options.env.warn(`the data of "${event.type}" at seq ${event.seq} is not valid`);
    const emitter = this.#emitter as unknown as Emitter<Record<string, ClassroomEvent>>;
    for (const name of isSound ? ['event', event.type] : ['event']) {
      if (this.#status === 'joined') emitter.emit(name, event);
    }
  }

  #end(status: 'left' | 'failed', cause: ChalklineError): void {
    this.onLost();
    this.presence.rest();
    if (status === 'left') this.#sequencer.forget();
    this.#role = undefined;
    this.#permissions = new Set();
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
