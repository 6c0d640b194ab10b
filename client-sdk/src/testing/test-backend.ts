import { asError } from '../errors.ts';
import {
  ChalklineError,
  checkMessage,
  checkState,
  PROTOCOL_VERSION,
  stateDefinition,
  visibleTo,
  type ClassroomEvent,
  type Command,
  type CommandAction,
  type CommandOf,
  type encode,
  type ErrorCode,
  type EventOf,
  type Join,
  type Message,
  type MessageDefinitions,
  type Sender,
  type Signal,
  type StateDefinitions,
  type StateEntry,
} from '../protocol/index.ts';
import { GRACE_MS, LEASE_MS, TestClassroom, type News, type Seat } from './test-classroom.ts';
import { mayPublish, pageOf, permissionsOf, stateOf } from './test-projections.ts';
import { readToken, type TestClaims } from './test-token.ts';

/** A command that is carried out as it is. */
export type Routed = Exclude<Command, { action: 'chunk' }>;

/** A frame without its version. */
export type Frame = Parameters<typeof encode>[0];

/** Who speaks, and what the token said that opened the socket. */
export interface Speaker {
  connectionId: string;
  claims: TestClaims;
}

/** An answer that a test asked for in advance. */
export interface Refusal {
  action: CommandAction;
  code: ErrorCode;
  retryAfterMs?: number | undefined;
}

export interface TestBackendOptions {
  now(): number;
  newId(kind: string): string;
  messages: MessageDefinitions;
  state: StateDefinitions;
  recoveryEvents: number;
  chatEvents: number;
  splitsWelcome: boolean;
  pageBytes: number;
  /** Sends a frame; a connection that is gone, or that has no client, hears nothing. */
  send(connectionId: string, frame: Frame): void;
}

/** Refusals that the backend tells of each message, in the ack; all others are told of the command. */
const codesInAck: readonly ErrorCode[] = ['forbidden', 'rate-limited', 'bad-envelope'];

/** What the backend does with commands, in memory: seats, logs, acks and fan-out. */
export class TestBackend {
  readonly #options: TestBackendOptions;
  readonly #classrooms = new Map<string, TestClassroom>();

  constructor(options: TestBackendOptions) {
    this.#options = options;
  }

  classroom(id: string): TestClassroom {
    let classroom = this.#classrooms.get(id);
    if (!classroom) {
      const { recoveryEvents } = this.#options;
      const epoch = this.#options.newId('epoch');
      classroom = new TestClassroom(id, epoch, () => this.#options.now(), recoveryEvents);
      this.#classrooms.set(id, classroom);
    }
    return classroom;
  }

  /** @throws ChalklineError which the server puts on the wire. */
  carryOut(speaker: Speaker, command: Routed, refusal?: Refusal): void {
    if (refusal && !(command.action === 'publish' && codesInAck.includes(refusal.code)))
      throw refused(refusal);
    switch (command.action) {
      case 'hello':
        this.#hello(speaker, command);
        break;
      case 'join': {
        const { joined, news } = this.#sit(speaker, command, command, command.token);
        this.#options.send(speaker.connectionId, { ...joined, ref: command.ref });
        this.tell(command.classroomId, news);
        break;
      }
      case 'leave': {
        const { ref, classroomId } = command;
        this.#options.send(speaker.connectionId, { action: 'left', ref, classroomId });
        this.tell(classroomId, this.classroom(classroomId).stand(speaker.connectionId, false));
        break;
      }
      case 'publish':
        this.#publish(speaker, command, refusal);
        break;
      case 'signal':
        this.signal(command.classroomId, this.#seatOf(speaker, command), command.signals);
        break;
      case 'history':
        this.#history(speaker, command);
        break;
      case 'load':
        this.#load(speaker, command);
        break;
      case 'end':
        this.#finish(speaker, command);
        break;
      case 'ping':
        this.#ping(speaker, command);
        break;
      default:
        command satisfies never;
    }
  }

  /** Writes one message, and tells everyone but `exceptId`. @throws ChalklineError the refusal. */
  write(classroomId: string, from: Sender, message: Message, exceptId?: string): { seq: number; at: number } {
    const { messages, state } = this.#options;
    let data = checkMessage(messages, message.type, message.data);
    const classroom = this.classroom(classroomId);
    if (message.type === 'state.set') data = checkState(state, data as StateEntry);
    const topic = messages[message.type]?.topic?.(data);
    if (
      !mayPublish(messages[message.type], from.role) ||
      (message.type === 'state.set' && !this.#mayWrite(classroom, from, data as StateEntry)) ||
      (topic !== undefined && !classroom.isOpen(topic, from))
    ) {
      throw refused({ action: 'publish', code: 'forbidden' });
    }
    const { event, isNew } = classroom.append(from, message.id, message.type, data);
    if (isNew) this.tell(classroomId, { events: [event], connectionIds: classroom.others(exceptId) });
    if (isNew && message.type === 'state.set') this.#follow(classroom, data as StateEntry);
    return event;
  }

  /** Takes the seats of a member away who has just been removed, or gives them the role that is theirs now. */
  #follow(classroom: TestClassroom, { key, userId = '', value }: StateEntry): void {
    if (key === 'role') this.tell(classroom.id, classroom.reseat(userId));
    if (key !== 'removed' || value === null) return;
    for (const { connectionId } of classroom.seatsOf(userId)) {
      this.tell(classroom.id, classroom.stand(connectionId, false));
      this.#options.send(connectionId, problemOf(classroom.id, 'not-joined'));
    }
  }

  #finish(speaker: Speaker, command: CommandOf<'end'>): void {
    const { ref, classroomId } = command;
    const { sender, connectionId } = this.#seatOf(speaker, command);
    if (sender.role !== 'teacher') throw refused({ action: 'end', code: 'forbidden' });
    const classroom = this.classroom(classroomId);
    classroom.isEnded = true;
    this.#options.send(connectionId, { action: 'ended', ref, classroomId });
    for (const id of classroom.others()) this.#options.send(id, problemOf(classroomId, 'classroom-ended'));
    classroom.seats.clear();
    classroom.members.clear();
  }

  signal(classroomId: string, { sender, connectionId }: Seat, signals: Signal[]): void {
    const classroom = this.classroom(classroomId);
    const open = signals.filter(({ type }) => classroom.isOpen(type.split('.', 1)[0] ?? '', sender));
    for (const other of sender.role === 'observer' ? [] : classroom.others(connectionId)) {
      const isTeacher = classroom.seats.get(other)?.sender.role === 'teacher';
      const heard = open.filter(({ to }) => to === undefined || isTeacher);
      if (heard.length === 0) continue;
      this.#options.send(other, { action: 'signals', classroomId, userId: sender.userId, signals: heard });
    }
    if (sender.role === 'observer' || open.length < signals.length)
      throw refused({ action: 'signal', code: 'forbidden' });
  }

  /** A connection is no more. */
  gone(connectionId: string, isLost: boolean): void {
    for (const classroom of this.#classrooms.values()) {
      this.tell(classroom.id, classroom.stand(connectionId, isLost));
    }
  }

  tell(classroomId: string, { events, connectionIds }: News): void {
    const { epoch, seats } = this.classroom(classroomId);
    if (events.length === 0) return;
    for (const id of connectionIds) {
      const seen = seenBy(seats.get(id)?.sender, events);
      this.#options.send(id, { action: 'events', classroomId, epoch, events: seen });
    }
  }

  #hello(speaker: Speaker, { ref, clientId, token, joins = [] }: CommandOf<'hello'>): void {
    const { userId, name, expiresAt } = this.#claimsOf(speaker, token);
    const news: [string, News][] = [];
    const classrooms = joins.map((join): EventOf<'welcome'>['classrooms'][number] => {
      try {
        const seat = this.#sit(speaker, { clientId }, join, token);
        news.push([join.classroomId, seat.news]);
        return seat.joined;
      } catch (error) {
        const { code, message, retryable } = asError(error);
        return {
          v: PROTOCOL_VERSION,
          action: 'error',
          classroomId: join.classroomId,
          code,
          message,
          retryable,
        };
      }
    });
    const { connectionId } = speaker;
    const apart = this.#options.splitsWelcome ? classrooms.filter(({ action }) => action === 'joined') : [];
    const who = { connectionId, userId, name, expiresAt, at: this.#options.now() };
    const together = classrooms.filter((answer) => !apart.includes(answer));
    this.#options.send(connectionId, { action: 'welcome', ref, ...who, classrooms: together });
    for (const answer of apart) this.#options.send(connectionId, answer);
    for (const [classroomId, heard] of news) this.tell(classroomId, heard);
  }

  #claimsOf(speaker: Speaker, token: string | undefined): TestClaims {
    const claims = token === undefined ? speaker.claims : readToken(token);
    if (!claims || claims.expiresAt <= this.#options.now()) {
      throw new ChalklineError('unauthorized', 'unable to go on; the token has ended');
    }
    return claims;
  }

  #sit(
    speaker: Speaker,
    { clientId }: { clientId: string },
    { classroomId, position }: Join,
    token: string | undefined,
  ): { joined: EventOf<'joined'>; news: News } {
    const { userId, name, role: tokenRole, expiresAt, classrooms } = this.#claimsOf(speaker, token);
    if (classrooms && !classrooms.includes(classroomId)) throw refused({ action: 'join', code: 'forbidden' });
    const { messages, state, chatEvents } = this.#options;
    const classroom = this.classroom(classroomId);
    if (classroom.isEnded) throw refused({ action: 'join', code: 'classroom-ended' });
    if (classroom.isRemoved({ userId, name, role: tokenRole }))
      throw refused({ action: 'join', code: 'removed' });
    const role = classroom.roleOf(userId, tokenRole);
    const { connectionId } = speaker;
    // Not before the seat is taken: who comes back in the last moment has not left.
    const sit = classroom.sit({
      connectionId,
      clientId,
      sender: { userId, name, role },
      tokenRole,
      expiresAt,
    });
    const swept = classroom.sweep();
    const news = {
      events: [...sit.events, ...swept.events],
      connectionIds: classroom.others(connectionId),
    };
    const events = classroom.since(position);
    const chat = events ? [] : classroom.chat.slice(-chatEvents);
    const joined: EventOf<'joined'> = {
      v: PROTOCOL_VERSION,
      action: 'joined',
      classroomId,
      head: classroom.head,
      role,
      permissions: permissionsOf({ messages, state }, role, tokenRole),
      members: [...classroom.members.values()],
      graceMs: GRACE_MS,
      leaseMs: LEASE_MS,
      recovered: events !== undefined,
      events: seenBy({ userId, name, role }, events ?? []),
      chat: seenBy({ userId, name, role }, chat),
      hasOlderChat: !events && chat.length < classroom.chat.length,
      state: events ? undefined : stateOf(classroom.log, messages),
    };
    return { joined, news };
  }

  #publish(speaker: Speaker, command: CommandOf<'publish'>, refusal: Refusal | undefined): void {
    const { ref, classroomId, messages } = command;
    const { sender, connectionId } = this.#seatOf(speaker, command);
    const results = messages.map((message): EventOf<'ack'>['results'][number] => {
      const { id } = message;
      try {
        if (refusal) throw refused(refusal);
        const { seq, at } = this.write(classroomId, sender, message, connectionId);
        return { id, seq, at };
      } catch (error) {
        const { code, message: reason, retryAfterMs } = asError(error);
        return { id, error: { code, message: reason, retryAfterMs } };
      }
    });
    const { epoch } = this.classroom(classroomId);
    this.#options.send(connectionId, { action: 'ack', ref, classroomId, epoch, results });
  }

  #history(speaker: Speaker, command: CommandOf<'history'>): void {
    const { ref, classroomId, before = Infinity, limit } = command;
    const { sender } = this.#seatOf(speaker, command);
    const older = this.classroom(classroomId).chat.filter(({ seq }) => seq < before);
    const events = seenBy(sender, older.slice(-limit));
    const hasOlderChat = events.length < older.length;
    this.#options.send(speaker.connectionId, { action: 'page', ref, classroomId, events, hasOlderChat });
  }

  #load(speaker: Speaker, command: CommandOf<'load'>): void {
    const { ref, classroomId, document } = command;
    this.#seatOf(speaker, command);
    const page = pageOf(this.classroom(classroomId).log, command, this.#options.pageBytes);
    this.#options.send(speaker.connectionId, { action: 'document', ref, classroomId, document, ...page });
  }

  /** The roles of the key, and of a key that each member has for themselves only one's own, but for teachers. */
  #mayWrite(classroom: TestClassroom, { role, userId }: Sender, entry: StateEntry): boolean {
    // Only for who is a teacher by their token.
    if (entry.key === 'role' && classroom.seatsOf(userId).some(({ tokenRole }) => tokenRole !== 'teacher'))
      return false;
    const writers = stateDefinition(this.#options.state, entry.key)?.writers ?? ['teacher', 'student'];
    return writers.includes(role) && (role === 'teacher' || (entry.userId ?? userId) === userId);
  }

  #ping({ connectionId, claims: { userId } }: Speaker, { ref, positions, rttMs }: CommandOf<'ping'>): void {
    const seated = Object.keys(positions)
      .map((id) => this.classroom(id))
      .filter(({ seats }) => seats.has(connectionId));
    const swept = seated.map((classroom) => [classroom.id, classroom.sweep()] as const);
    const heads = Object.fromEntries(seated.map(({ id, head }) => [id, head]));
    const health = Object.fromEntries(
      seated.map((classroom) => {
        if (rttMs !== undefined) classroom.measure(userId, rttMs);
        const others = [...classroom.slow].filter(([other]) => other !== userId);
        return [classroom.id, Object.fromEntries(others.map(([other, slowMs]) => [other, [0, slowMs]]))];
      }),
    );
    this.#options.send(connectionId, { action: 'pong', ref, heads, at: this.#options.now(), health });
    for (const [id, news] of swept) this.tell(id, news);
  }

  #seatOf({ connectionId }: Speaker, command: { action: CommandAction; classroomId: string }): Seat {
    const seat = this.classroom(command.classroomId).seats.get(connectionId);
    if (!seat) throw refused({ action: command.action, code: 'not-joined' });
    if (seat.expiresAt <= this.#options.now())
      throw refused({ action: command.action, code: 'unauthorized' });
    return seat;
  }
}

/** What may be seen of events, by whom; all that is private is hidden from nobody. */
function seenBy(reader: Sender | undefined, events: readonly ClassroomEvent[]): ClassroomEvent[] {
  return events.map((event) => visibleTo(event, reader ?? { userId: '', role: 'observer' }));
}

/** What a connection is told of a classroom, without having asked. */
function problemOf(classroomId: string, code: ErrorCode): Frame {
  const { message, retryable } = new ChalklineError(code, `unable to go on; ${code}`);
  return { action: 'error', classroomId, code, message, retryable };
}

function refused({ action, code, retryAfterMs }: Refusal): ChalklineError {
  return new ChalklineError(code, `unable to ${action}; ${code}`, { retryAfterMs });
}
