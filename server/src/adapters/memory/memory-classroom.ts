import {
  byteLength,
  visibleTo,
  type ClassroomEvent,
  type Position,
  type Role,
  type Sender,
} from '@chalkline/client-sdk/protocol';
import {
  type Announcement,
  type AppendOutcome,
  type AppendResult,
  type Audience,
  type Batch,
  type DocumentPage,
  type Draft,
  type EndOutcome,
  type JoinOutcome,
  type JoinRequest,
  type MessageTarget,
  type Projection,
  type Seat,
} from '../../ports.ts';
import type { StoreLimits } from '../../store-limits.ts';
import { effectOf } from '../effects.ts';
import { refusal } from '../refusal.ts';
import { bodyOf } from '../draft-body.ts';
import { MemoryChat } from './memory-chat.ts';
import { MemoryDocuments } from './memory-documents.ts';
import { MemoryIds } from './memory-ids.ts';
import { MemoryLog } from './memory-log.ts';
import { MemoryRates } from './memory-rates.ts';
import { MemoryRoster } from './memory-roster.ts';
import { MemoryState } from './memory-state.ts';

/** Who may read what is private, beside the teachers. */
function readersOf(projection: Projection | undefined, sender: string): string[] | undefined {
  if (projection?.of !== 'chat' || !projection.isPrivate) return undefined;
  return projection.to === undefined ? [sender] : [sender, projection.to];
}

/** One classroom in memory. `now` is in ms since 1970; the verbs are those of `ClassroomStore`. */
export class MemoryClassroom {
  readonly #classroomId: string;
  readonly #epoch: string;
  readonly #limits: StoreLimits;
  #isEnded = false;
  readonly #log: MemoryLog;
  readonly #roster: MemoryRoster;
  readonly #chat: MemoryChat;
  readonly #state: MemoryState;
  readonly #documents: MemoryDocuments;
  readonly #ids: MemoryIds;
  readonly #rates: MemoryRates;

  constructor(classroomId: string, epoch: string, limits: StoreLimits) {
    this.#classroomId = classroomId;
    this.#epoch = epoch;
    this.#limits = limits;
    this.#ids = new MemoryIds(limits);
    this.#rates = new MemoryRates(limits);
    this.#state = new MemoryState(limits);
    this.#chat = new MemoryChat(limits);
    this.#documents = new MemoryDocuments(limits);
    this.#log = new MemoryLog(epoch, limits);
    this.#roster = new MemoryRoster({ log: this.#log, state: this.#state, limits });
  }

  /** When the classroom last changed, in ms since 1970. */
  get changedAt(): number {
    return Math.max(this.#log.changedAt, this.#roster.changedAt);
  }

  get head(): Position {
    return this.#log.head;
  }

  join(request: JoinRequest, now: number): JoinOutcome {
    const { seat, position } = request;
    if (seat.expiresAt <= now) throw refusal('join', 'unauthorized');
    if (this.#isEnded) throw refusal('join', 'classroom-ended');
    if (this.#state.isRemoved(seat)) throw refusal('join', 'removed');
    this.#read('join', seat.userId, now);
    const role = this.#roster.sit(request, now);

    const missed = this.#log.since(position);
    const chat = this.#chat.below(missed ? 0 : Infinity, this.#limits.joinChatEvents);
    const reader = { userId: seat.userId, role };
    return {
      head: this.head,
      role,
      members: this.#roster.members,
      recovered: missed !== undefined,
      events: (missed ?? []).map((event) => visibleTo(event, reader)),
      chat: chat.events.map((event) => visibleTo(event, reader)),
      hasOlderChat: !missed && chat.hasOlder,
      state: missed ? [] : this.#state.events,
      graceMs: this.#limits.graceMs,
      leaseMs: this.#limits.leaseMs,
      announcement: this.#announce(now, seat.connectionId),
    };
  }

  leave(connectionId: string, now: number): Announcement {
    this.#roster.leave(connectionId, now);
    return this.#announce(now);
  }

  drop(connectionId: string, now: number): Announcement {
    this.#roster.drop(connectionId, now);
    return this.#announce(now);
  }

  append(connectionId: string, drafts: readonly Draft[], now: number): AppendOutcome {
    const seat = this.#roster.seatOf(connectionId, 'publish', now);
    let waitMs = 0;
    const removed: string[] = [];
    this.#ids.forget(now);
    const results = drafts.map((draft): AppendResult => {
      const { id } = draft;
      if (waitMs > 0) return { id, error: 'rate-limited', retryAfterMs: waitMs };
      const key = JSON.stringify([seat.userId, id]);
      const first = this.#ids.find(key);
      if (first) return { id, ...first, isDuplicate: true };
      const { projection } = draft;
      const effect = projection?.of === 'state' ? effectOf(projection) : undefined;
      const isPublisher = draft.publishers.includes(seat.role);
      if (!isPublisher || (effect === 'appoint' && seat.tokenRole !== 'teacher'))
        return { id, error: 'forbidden' };
      if (this.#state.isClosed(draft.topic, seat)) return { id, error: 'forbidden', isClosed: true };
      const from = { userId: seat.userId, name: seat.name, role: seat.role };
      const message = projection?.of === 'message' ? this.#target(projection.target, from) : undefined;
      const problem =
        projection?.of === 'message' && this.#chat.refusalOf(message, projection.change, from, now);
      if (problem) return { id, error: problem };
      waitMs = this.#rates.publish(seat.userId, byteLength(bodyOf(draft)), now);
      if (waitMs > 0) return { id, error: 'rate-limited', retryAfterMs: waitMs };
      const to = message?.to ?? readersOf(projection, seat.userId);
      const place = { seq: this.head.seq + 1, at: now, from, ...(to ? { to } : {}) };
      const event = { ...place, id, type: draft.type, data: draft.data };
      if (!this.#project(projection, event, message)) return { id, error: 'payload-too-large' };
      this.#log.write(event);
      this.#ids.add(key, { seq: event.seq, at: now });
      const owner = (effect && projection?.of === 'state' && projection.userId) || '';
      if (effect === 'remove') removed.push(...this.#roster.expel(owner, now));
      if (effect === 'appoint') this.#roster.reseat(owner, now);
      return { id, seq: event.seq, at: now, isDuplicate: false };
    });
    const documents = drafts.flatMap(({ projection }) =>
      projection?.of === 'document' ? projection.document : [],
    );
    const due = [...new Set(documents)].filter((document) => this.#documents.isDue(document, now));
    const announcement = this.#announce(now, connectionId);
    const { seats } = this.#roster;
    const isPrivate = announcement.events.some(({ to }) => to !== undefined);
    return {
      results,
      due,
      removed,
      announcement: isPrivate && seats.size > 0 ? { ...announcement, readers: new Map(seats) } : announcement,
    };
  }

  audience(
    connectionId: string,
    topics: readonly string[],
    bytes: number,
    asksTeachers: boolean,
    now: number,
  ): Audience {
    const seat = this.#roster.seatOf(connectionId, 'signal', now);
    this.#rates.signal(seat.userId, bytes, now);
    const closed = topics.filter((topic) => this.#state.isClosed(topic, seat));
    const { clientId, userId, name, role, expiresAt } = seat;
    const told: Seat = { connectionId, clientId, userId, name, role, expiresAt };
    const recipients = this.#roster.others(connectionId);
    const isTeacher = (other: string): boolean => this.#roster.seats.get(other)?.role === 'teacher';
    const teachers = asksTeachers ? recipients.filter(isTeacher) : [];
    return { seat: told, recipients, teachers, closed };
  }

  end(connectionId: string, roles: readonly Role[], now: number): Omit<EndOutcome, 'idle'> {
    const seat = this.#roster.seatOf(connectionId, 'end the class', now);
    if (!roles.includes(seat.role)) throw refusal('end the class', 'forbidden');
    const recipients = this.#roster.others();
    this.#isEnded = true;
    // Not its own: whoever ended the class may be gone before all of it has been read.
    const readerId = `${connectionId}:reader`;
    this.#roster.endWith(readerId, seat, now);
    return { recipients, readerId, state: this.#state.events, documents: this.#documents.names };
  }

  load(
    connectionId: string,
    { document, after, index }: { document: string; after: number; index?: number | undefined },
    now: number,
  ): DocumentPage {
    this.#read('load', this.#roster.seatOf(connectionId, 'load', now).userId, now);
    return this.#documents.load(document, after, index);
  }

  collect(document: string, now: number): Batch | undefined {
    const found = this.#documents.collect(document, now);
    return found && { classroomId: this.#classroomId, document, epoch: this.#epoch, ...found };
  }

  replace(batch: Batch, data: string | undefined): boolean {
    return batch.epoch === this.#epoch && this.#documents.replace(batch, data);
  }

  history(
    connectionId: string,
    page: { before?: number | undefined; limit: number },
    now: number,
  ): { events: ClassroomEvent[]; hasOlder: boolean } {
    const operation = 'read the history';
    const seat = this.#roster.seatOf(connectionId, operation, now);
    this.#read(operation, seat.userId, now);
    const { events, hasOlder } = this.#chat.below(page.before ?? Infinity, page.limit);
    return { events: events.map((event) => visibleTo(event, seat)), hasOlder };
  }

  /** How the others' links are, and what the sweep announces; undefined for a connection without a seat. */
  touch(
    connectionId: string,
    now: number,
    rttMs: number | undefined,
  ): { health: Record<string, number[]>; announcement: Announcement } | undefined {
    const health = this.#roster.touch(connectionId, rttMs, now);
    return health && { health, announcement: this.#announce(now) };
  }

  sweep(now: number): Announcement {
    this.#roster.sweep(now);
    return this.#announce(now);
  }

  /** Takes a token for what is read. */
  #read(operation: string, userId: string, now: number): void {
    // Who is left when the class is over reads all of it, for the export.
    if (!this.#isEnded) this.#rates.read(operation, userId, now);
  }

  /** The chat message that a change is about. */
  #target({ id, seq }: MessageTarget, from: Sender): ClassroomEvent | undefined {
    const own = this.#ids.find(JSON.stringify([from.userId, id]));
    return this.#chat.find(seq ?? own?.seq, id, from);
  }

  /** Does what a message changes beside the log. @returns false, and does nothing, where there is no room for it. */
  #project(
    projection: Projection | undefined,
    event: ClassroomEvent,
    message: ClassroomEvent | undefined,
  ): boolean {
    if (projection?.of === 'document') return this.#documents.add(projection.document, projection.update);
    if (projection?.of === 'state') return this.#state.set(projection, JSON.stringify(event));
    if (projection?.of === 'chat') this.#chat.add(event);
    if (projection?.of !== 'message' || !message) return true;
    const revised = this.#chat.change(message, projection.change, projection.value, event);
    for (const [seq, revise] of revised ?? []) this.#log.revise(seq, revise);
    return revised !== undefined;
  }

  /** What this verb wrote, for the others to hear. */
  #announce(now: number, except?: string): Announcement {
    const events = this.#log.takeWritten(now);
    const recipients = events.length === 0 ? [] : this.#roster.others(except);
    return { classroomId: this.#classroomId, epoch: this.#epoch, events, recipients };
  }
}
