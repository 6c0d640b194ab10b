import type {
  ChalklineError,
  ChatMessage,
  ClassroomStatus,
  ConnectionStatus,
  Member,
  MemberHealth,
  Receipt,
  Role,
  SendOptions,
  StateRecord,
  StatusChange,
  TypingMember,
  Unread,
} from '@chalkline/client-sdk';
import type { AnyClassroom, AnyClient } from '../any-client.ts';

class Listeners<P> {
  readonly #set = new Set<(payload: P) => void>();

  get size(): number {
    return this.#set.size;
  }

  add(listener: (payload: P) => void): () => void {
    this.#set.add(listener);
    return () => void this.#set.delete(listener);
  }

  tell(payload: P): void {
    for (const listener of [...this.#set]) listener(payload);
  }
}

/** A promise that the script settles. */
interface Pending<T> {
  resolve: (value: T) => void;
  reject: (error: ChalklineError) => void;
}

function pending<T>(keep: (settle: Pending<T>) => void): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    keep({ resolve, reject });
  });
}

export class ScriptedChat {
  readonly #listeners = new Listeners<readonly ChatMessage[]>();
  messages: readonly ChatMessage[] = [];
  hasOlder = false;
  /** The texts that were sent, each with its options, and the ids that were retried and discarded. */
  readonly sent: string[] = [];
  readonly sentOptions: SendOptions[] = [];
  /** `edit`, `delete`, `react` and `unreact`, as they were called. */
  readonly changes: string[][] = [];
  readonly retried: string[] = [];
  readonly discarded: string[] = [];
  /** What is under way, for the script to settle. */
  sending: Pending<ChatMessage> | undefined;
  loading: Pending<void> | undefined;
  changing: Pending<Receipt> | undefined;
  /** Where the reader is: what has a greater seq, and is not our own, is unread. */
  readSeq = Infinity;

  get listenerCount(): number {
    return this.#listeners.size;
  }

  get unread(): Unread {
    const unread = this.messages.filter(({ isOwn, seq = 0 }) => !isOwn && seq > this.readSeq);
    return { count: unread.length, ...(unread[0] && { firstId: unread[0].id }) };
  }

  markRead(): void {
    this.readSeq = Math.max(0, ...this.messages.map(({ seq = 0 }) => seq));
    this.#listeners.tell(this.messages);
  }

  find(id: string): ChatMessage | undefined {
    return this.messages.find((message) => message.id === id);
  }

  set(messages: readonly ChatMessage[], hasOlder = this.hasOlder): void {
    this.messages = messages;
    this.hasOlder = hasOlder;
    this.#listeners.tell(messages);
  }

  on(_event: 'change', listener: (messages: readonly ChatMessage[]) => void): () => void {
    return this.#listeners.add(listener);
  }

  send(text: string, options: SendOptions = {}): Promise<ChatMessage> {
    this.sent.push(text);
    this.sentOptions.push(options);
    return pending((settle) => (this.sending = settle));
  }

  retry(id: string): Promise<ChatMessage> {
    this.retried.push(id);
    return pending((settle) => (this.sending = settle));
  }

  discard(id: string): void {
    this.discarded.push(id);
  }

  edit(id: string, text: string): Promise<Receipt> {
    return this.#change('edit', id, text);
  }

  delete(id: string): Promise<Receipt> {
    return this.#change('delete', id);
  }

  react(id: string, emoji: string): Promise<Receipt> {
    return this.#change('react', id, emoji);
  }

  unreact(id: string, emoji: string): Promise<Receipt> {
    return this.#change('unreact', id, emoji);
  }

  #change(...change: string[]): Promise<Receipt> {
    this.changes.push(change);
    return pending((settle) => (this.changing = settle));
  }

  loadOlder(): Promise<void> {
    return pending((settle) => (this.loading = settle));
  }
}

/** The half that presence and typing share: a list that is replaced. */
class ScriptedList<T> {
  readonly #listeners = new Listeners<readonly T[]>();
  members: readonly T[] = [];

  set(members: readonly T[]): void {
    this.members = members;
    this.#listeners.tell(members);
  }

  on(_event: 'change', listener: (members: readonly T[]) => void): () => void {
    return this.#listeners.add(listener);
  }
}

class ScriptedPresence extends ScriptedList<Member> {
  /** The level of each link that is not good, by userId. */
  levels: Record<string, MemberHealth['level']> = {};

  healthOf(userId: string): MemberHealth {
    return { level: this.levels[userId] ?? 'good' };
  }
}

export class ScriptedTyping extends ScriptedList<TypingMember> {
  /** `start` and `stop`, as they were called. */
  readonly said: ('start' | 'stop')[] = [];

  start(): void {
    this.said.push('start');
  }

  stop(): void {
    this.said.push('stop');
  }
}

/** The shared state: empty until the script says otherwise; what is set stays under way. */
class ScriptedState {
  readonly #listeners = new Listeners<never>();
  entries: readonly StateRecord[] = [];

  get(): undefined {
    return undefined;
  }

  wished(): undefined {
    return undefined;
  }

  can(): boolean {
    return false;
  }

  set(): Promise<Receipt> {
    return pending(() => undefined);
  }

  on(_event: 'change' | 'wish', listener: (payload: never) => void): () => void {
    return this.#listeners.add(listener);
  }
}

/** Topics are open, and stay so. */
class ScriptedAccess {
  isOpen(): boolean {
    return true;
  }

  willBeOpen(): boolean {
    return true;
  }

  set(): Promise<Receipt> {
    return pending(() => undefined);
  }

  on(): () => void {
    return () => undefined;
  }
}

export class ScriptedClassroom implements AnyClassroom {
  readonly #listeners = {
    status: new Listeners<unknown>(),
    event: new Listeners<unknown>(),
    permissions: new Listeners<unknown>(),
    discontinuity: new Listeners<unknown>(),
  };
  readonly id: string;
  readonly chat = new ScriptedChat();
  readonly presence = new ScriptedPresence();
  readonly typing = new ScriptedTyping();
  readonly state = new ScriptedState();
  readonly access = new ScriptedAccess();
  userId = '';
  status: ClassroomStatus = 'idle';
  cause: ChalklineError | undefined;
  role: Role | undefined;
  /** `join` and `leave`, as they were called. */
  readonly said: ('join' | 'leave')[] = [];

  constructor(id: string) {
    this.id = id;
  }

  get listenerCount(): number {
    return Object.values(this.#listeners).reduce((sum, { size }) => sum + size, 0);
  }

  set(status: ClassroomStatus, cause?: ChalklineError): void {
    this.status = status;
    this.cause = cause;
    this.#listeners.status.tell(undefined);
  }

  /** Lets an event of the log come in. */
  hear(event: { type: string }): void {
    this.#listeners.event.tell(event);
  }

  /** Lets us in as `role`. */
  admit(role: Role): void {
    this.role = role;
    this.set('joined');
  }

  can(type: string): boolean {
    if (this.role === undefined || this.role === 'observer') return false;
    return type.startsWith('chat.') && (type !== 'chat.announce' || this.role === 'teacher');
  }

  on(
    event: 'status' | 'event' | 'permissions' | 'discontinuity',
    listener: (payload: unknown) => void,
  ): () => void {
    return this.#listeners[event].add(listener);
  }

  now(): number {
    return Date.now();
  }

  remove(): Promise<Receipt> {
    return pending(() => undefined);
  }

  readmit(): Promise<Receipt> {
    return pending(() => undefined);
  }

  setRole(): Promise<Receipt> {
    return pending(() => undefined);
  }

  end(): Promise<void> {
    return pending(() => undefined);
  }

  join(): Promise<void> {
    this.said.push('join');
    this.set('joining');
    return Promise.resolve();
  }

  leave(): Promise<void> {
    this.said.push('leave');
    this.set('left');
    return Promise.resolve();
  }
}

/**
 * A client behind the kit's interface that does nothing by itself: the script sets every state, so that each look of the
 * components can be had at once, failures included.
 */
export class ScriptedClient implements AnyClient {
  readonly #listeners = new Listeners<StatusChange>();
  readonly #classrooms = new Map<string, ScriptedClassroom>();
  status: ConnectionStatus = 'idle';
  cause: ChalklineError | undefined;
  user: { userId: string; name: string } | undefined;
  /** `connect` and `reconnect`, as they were called. */
  readonly said: ('connect' | 'reconnect')[] = [];

  get listenerCount(): number {
    return this.#listeners.size;
  }

  set(status: ConnectionStatus, cause?: ChalklineError): void {
    const previous = this.status;
    this.status = status;
    this.cause = cause;
    this.#listeners.tell({ status, previous, cause });
  }

  classroom(id: string): ScriptedClassroom {
    let classroom = this.#classrooms.get(id);
    if (!classroom) this.#classrooms.set(id, (classroom = new ScriptedClassroom(id)));
    return classroom;
  }

  on(_event: 'status', listener: (change: StatusChange) => void): () => void {
    return this.#listeners.add(listener);
  }

  connect(): void {
    this.said.push('connect');
    this.set('connecting');
  }

  reconnect(): void {
    this.said.push('reconnect');
  }
}
