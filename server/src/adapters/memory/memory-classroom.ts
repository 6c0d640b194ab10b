import {
  byteLength,
  SLOW_RTT_MS,
  visibleTo,
  type ClassroomEvent,
  type Member,
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
import { worstLinks } from './memory-links.ts';
import { MemoryRates } from './memory-rates.ts';
import { MemoryState } from './memory-state.ts';

interface Entry {
  seq: number;
  at: number;
  /** The event as JSON text, so that no reader can change what is stored. */
  text: string;
}

/** A seat as it is kept: `role` is what its member is in this class. */
interface HeldSeat extends Seat {
  tokenRole: Role;
}

interface MemberRecord {
  sender: Sender;
  tokenRole: Role;
  status: Member['status'];
  joinedAt: number;
  /** How many devices the others were told of. */
  devices: number;
  /** The connection of each of the user's tabs, by clientId. */
  connectionIds: Map<string, string>;
}

const seatLease = (connectionId: string): string => `c:${connectionId}`;
const memberLease = (userId: string): string => `m:${userId}`;
const memberOf = ({ sender, status, joinedAt, devices }: MemberRecord): Member => ({
  ...sender,
  status,
  joinedAt,
  ...(devices > 1 ? { devices } : {}),
});
const entryOf = (event: ClassroomEvent): Entry => ({
  seq: event.seq,
  at: event.at,
  text: JSON.stringify(event),
});
const read = ({ text }: Entry): ClassroomEvent => JSON.parse(text) as ClassroomEvent;

/** Whether a member is here with more or fewer devices than the others were told. */
const hasOtherDevices = ({ connectionIds, devices }: MemberRecord): boolean => connectionIds.size !== devices;

/** Who may read what is private, beside the teachers. */
function readersOf(projection: Projection | undefined, sender: string): string[] | undefined {
  if (projection?.of !== 'chat' || !projection.isPrivate) return undefined;
  return projection.to === undefined ? [sender] : [sender, projection.to];
}

/** One classroom in memory. `now` is in ms since 1970; the verbs are those of `ClassroomStore`. */
export class MemoryClassroom {
  /** When the classroom last changed, in ms since 1970. */
  changedAt = 0;
  readonly #classroomId: string;
  readonly #epoch: string;
  readonly #limits: StoreLimits;
  #seq = 0;
  #isEnded = false;
  readonly #log: Entry[] = [];
  /** What the verb under way has written, as the others hear it: what it changes afterwards is told by itself. */
  readonly #written: Entry[] = [];
  readonly #chat: MemoryChat;
  readonly #state: MemoryState;
  readonly #documents: MemoryDocuments;
  readonly #ids: MemoryIds;
  readonly #seats = new Map<string, HeldSeat>();
  readonly #members = new Map<string, MemberRecord>();
  /** When each seat and each dropped member ends, in ms since 1970. */
  readonly #leases = new Map<string, number>();
  /** The round trips of those whose link is slow, in ms, by userId. */
  readonly #slow = new Map<string, number>();
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
  }

  get head(): Position {
    return { epoch: this.#epoch, seq: this.#seq };
  }

  join({ seat, position }: JoinRequest, now: number): JoinOutcome {
    if (seat.expiresAt <= now) throw refusal('join', 'unauthorized');
    if (this.#isEnded) throw refusal('join', 'classroom-ended');
    if (this.#state.isRemoved(seat)) throw refusal('join', 'removed');
    this.#read('join', seat.userId, now);
    const holder = this.#members.get(seat.userId)?.connectionIds.get(seat.clientId) ?? seat.connectionId;
    const { turn = 0 } = this.#seats.get(holder) ?? {};
    if (holder !== seat.connectionId && turn > (seat.turn ?? 0)) throw refusal('join', 'not-joined');
    // The seat is taken before the sweep, so that a user who comes back just in time is not said to have left.
    this.#giveUp(seat.connectionId);
    const known = this.#members.get(seat.userId);
    const superseded = known?.connectionIds.get(seat.clientId);
    if (superseded !== undefined) this.#giveUp(superseded);
    const role = this.#state.roleOf(seat.userId, seat.role);
    const sender: Sender = { userId: seat.userId, name: seat.name, role };
    const member: MemberRecord = {
      sender,
      tokenRole: seat.role,
      status: 'online',
      joinedAt: known?.joinedAt ?? now,
      devices: known?.devices ?? 0,
      connectionIds: (known?.connectionIds ?? new Map<string, string>()).set(
        seat.clientId,
        seat.connectionId,
      ),
    };
    this.#members.set(seat.userId, member);
    this.#seats.set(seat.connectionId, { ...seat, role, tokenRole: seat.role });
    this.#leases.delete(memberLease(seat.userId));
    this.#renew(seat.connectionId, now);
    this.#sweep(now);
    this.#makeRoom(member, seat.connectionId);
    const isSame = known?.sender.name === seat.name && known.sender.role === role;
    if (known?.status !== 'online' || !isSame || hasOtherDevices(member)) {
      this.#tell('member.join', member, now);
    }

    const recovered =
      position?.epoch === this.#epoch &&
      position.seq <= this.#seq &&
      position.seq >= this.#seq - this.#log.length;
    const chat = this.#chat.below(recovered ? 0 : Infinity, this.#limits.joinChatEvents);
    const reader = { userId: seat.userId, role };
    const events = recovered ? this.#log.slice(this.#log.length - (this.#seq - position.seq)).map(read) : [];
    return {
      head: this.head,
      role,
      members: [...this.#members.values()].map(memberOf),
      recovered,
      events: events.map((event) => visibleTo(event, reader)),
      chat: chat.events.map((event) => visibleTo(event, reader)),
      hasOlderChat: !recovered && chat.hasOlder,
      state: recovered ? [] : this.#state.events,
      graceMs: this.#limits.graceMs,
      leaseMs: this.#limits.leaseMs,
      announcement: this.#announce(now, seat.connectionId),
    };
  }

  leave(connectionId: string, now: number): Announcement {
    this.#settle(this.#giveUp(connectionId), now);
    return this.#announce(now);
  }

  drop(connectionId: string, now: number): Announcement {
    const member = this.#giveUp(connectionId);
    if (member && member.connectionIds.size > 0) this.#settle(member, now);
    else if (member) {
      member.status = 'reconnecting';
      this.#leases.set(memberLease(member.sender.userId), now + this.#limits.graceMs);
      this.#tell('member.drop', member, now);
    }
    return this.#announce(now);
  }

  append(connectionId: string, drafts: readonly Draft[], now: number): AppendOutcome {
    const seat = this.#seatOf(connectionId, 'publish', now);
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
      const place = { seq: this.#seq + 1, at: now, from, ...(to ? { to } : {}) };
      const event = { ...place, id, type: draft.type, data: draft.data };
      if (!this.#project(projection, event, message)) return { id, error: 'payload-too-large' };
      this.#write(event);
      this.#ids.add(key, { seq: event.seq, at: now });
      const owner = (effect && projection?.of === 'state' && projection.userId) || '';
      if (effect === 'remove') removed.push(...this.#expel(owner, now));
      if (effect === 'appoint') this.#reseat(owner, now);
      return { id, seq: event.seq, at: now, isDuplicate: false };
    });
    const documents = drafts.flatMap(({ projection }) =>
      projection?.of === 'document' ? projection.document : [],
    );
    const due = [...new Set(documents)].filter((document) => this.#documents.isDue(document, now));
    const announcement = this.#announce(now, connectionId);
    const isPrivate = announcement.events.some(({ to }) => to !== undefined);
    return {
      results,
      due,
      removed,
      announcement:
        isPrivate && this.#seats.size > 0 ? { ...announcement, readers: new Map(this.#seats) } : announcement,
    };
  }

  audience(
    connectionId: string,
    topics: readonly string[],
    bytes: number,
    asksTeachers: boolean,
    now: number,
  ): Audience {
    const seat = this.#seatOf(connectionId, 'signal', now);
    this.#rates.signal(seat.userId, bytes, now);
    const closed = topics.filter((topic) => this.#state.isClosed(topic, seat));
    const { clientId, userId, name, role, expiresAt } = seat;
    const told: Seat = { connectionId, clientId, userId, name, role, expiresAt };
    const recipients = this.#others(connectionId);
    const isTeacher = (other: string): boolean => this.#seats.get(other)?.role === 'teacher';
    const teachers = asksTeachers ? recipients.filter(isTeacher) : [];
    return { seat: told, recipients, teachers, closed };
  }

  end(connectionId: string, roles: readonly Role[], now: number): Omit<EndOutcome, 'idle'> {
    const seat = this.#seatOf(connectionId, 'end the class', now);
    if (!roles.includes(seat.role)) throw refusal('end the class', 'forbidden');
    const recipients = [...this.#seats.keys()];
    this.#isEnded = true;
    for (const table of [this.#seats, this.#members, this.#leases, this.#slow]) table.clear();
    // Not its own: whoever ended the class may be gone before all of it has been read.
    const readerId = `${connectionId}:reader`;
    this.#seats.set(readerId, seat);
    this.#renew(readerId, now);
    return { recipients, readerId, state: this.#state.events, documents: this.#documents.names };
  }

  load(
    connectionId: string,
    { document, after, index }: { document: string; after: number; index?: number | undefined },
    now: number,
  ): DocumentPage {
    this.#read('load', this.#seatOf(connectionId, 'load', now).userId, now);
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
    const seat = this.#seatOf(connectionId, operation, now);
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
    const seat = this.#seats.get(connectionId);
    // Whoever has no seat moves nothing.
    if (seat === undefined || seat.expiresAt <= now) return undefined;
    this.#renew(connectionId, now);
    if (rttMs !== undefined && rttMs >= SLOW_RTT_MS) this.#slow.set(seat.userId, rttMs);
    else if (rttMs !== undefined) this.#slow.delete(seat.userId);
    this.#sweep(now);
    const health = this.#healthFor(seat.userId, now);
    return { health, announcement: this.#announce(now) };
  }

  sweep(now: number): Announcement {
    this.#sweep(now);
    return this.#announce(now);
  }

  /** Takes the seats of a user that were silent longest, where there are too many. */
  #makeRoom({ connectionIds }: MemberRecord, newest: string): void {
    const lease = (id: string): number => this.#leases.get(seatLease(id)) ?? 0;
    const others = [...connectionIds.values()].filter((id) => id !== newest);
    others.sort((a, b) => lease(a) - lease(b) || (a < b ? -1 : 1));
    const tooMany = Math.max(0, connectionIds.size - this.#limits.seatsPerUser);
    for (const id of others.slice(0, tooMany)) this.#giveUp(id);
  }

  #healthFor(self: string, now: number): Record<string, number[]> {
    const links = [...this.#members.values()].flatMap(({ sender: { userId }, connectionIds }) => {
      if (userId === self || connectionIds.size === 0) return [];
      const ends = [...connectionIds.values()].map((id) => this.#leases.get(seatLease(id)) ?? 0);
      const silentMs = Math.max(0, now - (Math.max(...ends) - this.#limits.leaseMs));
      return { userId, silentMs, rttMs: this.#slow.get(userId) };
    });
    return worstLinks(links, this.#limits.leaseMs);
  }

  /** Takes a token for what is read. */
  #read(operation: string, userId: string, now: number): void {
    // Who is left when the class is over reads all of it, for the export.
    if (!this.#isEnded) this.#rates.read(operation, userId, now);
  }

  #seatOf(connectionId: string, operation: string, now: number): HeldSeat {
    const seat = this.#seats.get(connectionId);
    if (!seat) throw refusal(operation, 'not-joined');
    if (seat.expiresAt <= now) throw refusal(operation, 'unauthorized');
    this.#renew(connectionId, now);
    return seat;
  }

  #renew(connectionId: string, now: number): void {
    this.#leases.set(seatLease(connectionId), now + this.#limits.leaseMs);
    this.changedAt = now;
  }

  /** Takes a seat away. @returns its member. */
  #giveUp(connectionId: string): MemberRecord | undefined {
    const seat = this.#seats.get(connectionId);
    if (!seat) return undefined;
    this.#seats.delete(connectionId);
    this.#leases.delete(seatLease(connectionId));
    const member = this.#members.get(seat.userId);
    member?.connectionIds.delete(seat.clientId);
    return member;
  }

  /** Takes all seats of a member away. @returns their connections. */
  #expel(userId: string, now: number): string[] {
    const member = this.#members.get(userId);
    if (!member) return [];
    const connectionIds = [...member.connectionIds.values()];
    for (const connectionId of connectionIds) this.#giveUp(connectionId);
    this.#leases.delete(memberLease(userId));
    this.#remove(member, now);
    return connectionIds;
  }

  /** Gives a member and all their seats the role that is theirs now. */
  #reseat(userId: string, now: number): void {
    const member = this.#members.get(userId);
    if (!member) return;
    for (const connectionId of member.connectionIds.values()) {
      const seat = this.#seats.get(connectionId);
      if (seat) seat.role = this.#state.roleOf(userId, seat.tokenRole);
    }
    const role = this.#state.roleOf(userId, member.tokenRole);
    if (member.sender.role === role) return;
    member.sender = { ...member.sender, role };
    this.#tell(member.status === 'online' ? 'member.join' : 'member.drop', member, now);
  }

  /** Says what a member is who has lost a seat: gone with the last one, or here with one device less. */
  #settle(member: MemberRecord | undefined, now: number): void {
    if (member?.connectionIds.size === 0) this.#remove(member, now);
    else if (member && hasOtherDevices(member)) this.#tell('member.join', member, now);
  }

  #remove(member: MemberRecord, now: number): void {
    const { userId } = member.sender;
    this.#members.delete(userId);
    this.#slow.delete(userId);
    // A hand that is up is for those who are here.
    if (this.#state.drop({ key: 'hand', userId })) {
      this.#writeOf(member, 'state.set', { key: 'hand', value: null, userId }, now);
    }
    this.#tell('member.leave', member, now);
  }

  #sweep(now: number): void {
    const ended = [...this.#leases].filter(([, end]) => end <= now);
    ended.sort(([a, aEnd], [b, bEnd]) => aEnd - bEnd || (a < b ? -1 : 1));
    for (const [lease] of ended) {
      this.#leases.delete(lease);
      const name = lease.slice(2);
      this.#settle(lease === seatLease(name) ? this.#giveUp(name) : this.#members.get(name), now);
    }
  }

  #tell(type: 'member.join' | 'member.drop' | 'member.leave', member: MemberRecord, now: number): void {
    member.devices = member.connectionIds.size;
    this.#writeOf(member, type, memberOf(member), now);
  }

  /** Writes what the backend itself says of a member. */
  #writeOf({ sender }: MemberRecord, type: string, data: unknown, now: number): void {
    const seq = this.#seq + 1;
    this.#write({ seq, at: now, id: `${this.#epoch}:${seq}`, type, from: sender, data });
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
    const entry = entryOf(event);
    if (projection?.of === 'document') return this.#documents.add(projection.document, projection.update);
    if (projection?.of === 'state') return this.#state.set(projection, entry.text);
    if (projection?.of === 'chat') this.#chat.add(event);
    if (projection?.of !== 'message' || !message) return true;
    const revised = this.#chat.change(message, projection.change, projection.value, event);
    for (const [seq, revise] of revised ?? []) {
      const index = this.#log.length - 1 - (this.#seq - seq);
      const old = this.#log[index];
      if (old) this.#log[index] = { ...old, text: JSON.stringify(revise(read(old))) };
    }
    return revised !== undefined;
  }

  /** Writes the event of the next seq. */
  #write(event: ClassroomEvent): void {
    this.#seq = event.seq;
    const entry = entryOf(event);
    this.#log.push(entry);
    this.#written.push(entry);
    this.changedAt = event.at;
  }

  #others(connectionId?: string): string[] {
    return [...this.#seats.keys()].filter((other) => other !== connectionId);
  }

  /** What this verb wrote; trims the log afterwards, as no verb writes after it announces. */
  #announce(now: number, except?: string): Announcement {
    const events = this.#written.splice(0).map(read);
    if (events.length > 0) this.#trim(events.length, now);
    const recipients = events.length === 0 ? [] : this.#others(except);
    return { classroomId: this.#classroomId, epoch: this.#epoch, events, recipients };
  }

  /** Drops more entries than were written, but boundedly, so that no append pays for a long silence. */
  #trim(written: number, now: number): void {
    const { recoveryEvents, recoveryMs, maxEvents } = this.#limits;
    for (let budget = 2 * written + 8; budget > 0; budget--) {
      const first = this.#log[0];
      const count = this.#log.length;
      const isOld = first !== undefined && now - first.at > recoveryMs;
      if (count <= maxEvents && !(count > recoveryEvents && isOld)) return;
      this.#log.shift();
    }
  }
}
