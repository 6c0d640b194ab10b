import {
  accessKey,
  isOpen,
  SLOW_RTT_MS,
  type Access,
  type ClassroomEvent,
  type Kept,
  type Member,
  type Position,
  type Role,
  type Sender,
  type StateEntry,
} from '../protocol/index.ts';
import { changeChat, chatOf } from './test-chat.ts';

/** One connection's place in a classroom. */
export interface Seat {
  connectionId: string;
  clientId: string;
  /** `role` is what the member is in this class. */
  sender: Sender;
  tokenRole: Role;
  /** When its token ends, in ms since 1970. */
  expiresAt: number;
}

/** How long a dropped member keeps their place, in ms. */
export const GRACE_MS = 15_000;

/** What a join says of silent members; how silent they are, a test says in a `pong` of its own. */
export const LEASE_MS = 60_000;

/** Who hears what was just written: the events, and the connections they are for. */
export interface News {
  events: ClassroomEvent[];
  connectionIds: string[];
}

/** One classroom of the test server: its log, its members and their seats. */
export class TestClassroom {
  readonly id: string;
  epoch: string;
  log: ClassroomEvent[] = [];
  readonly seats = new Map<string, Seat>();
  /** A teacher has ended the class: nobody joins any more. */
  isEnded = false;
  readonly members = new Map<string, Member>();
  /** The round trips of those whose link is slow, in ms, by userId. */
  readonly slow = new Map<string, number>();
  /** When the grace of each dropped member ends, in ms since 1970. */
  readonly #graceEnds = new Map<string, number>();
  /** The shared state, by key and userId: asked with each message. */
  readonly #entries = new Map<string, Kept>();
  readonly #now: () => number;
  readonly #recoveryEvents: number;

  constructor(id: string, epoch: string, now: () => number, recoveryEvents: number) {
    this.id = id;
    this.epoch = epoch;
    this.#now = now;
    this.#recoveryEvents = recoveryEvents;
  }

  get head(): Position {
    return { epoch: this.epoch, seq: this.log.length };
  }

  get chat(): ClassroomEvent[] {
    return chatOf(this.log);
  }

  /** Takes a seat; a newer connection of the same tab takes the place of the older. */
  sit(seat: Seat): News {
    for (const other of this.seatsOf(seat.sender.userId)) {
      if (other.clientId === seat.clientId) this.seats.delete(other.connectionId);
    }
    this.seats.set(seat.connectionId, seat);
    const known = this.members.get(seat.sender.userId);
    const member = this.#asNow({
      ...seat.sender,
      status: 'online',
      joinedAt: known?.joinedAt ?? this.#now(),
    });
    this.members.set(member.userId, member);
    this.#graceEnds.delete(member.userId);
    const isNews =
      known?.status !== 'online' ||
      known.name !== seat.sender.name ||
      known.role !== seat.sender.role ||
      known.devices !== member.devices;
    return isNews ? this.#tell('member.join', member, seat.connectionId) : { events: [], connectionIds: [] };
  }

  /**
   * Gives a seat up. With the user's last one they leave, or after a lost link are `reconnecting`.
   * @param userId whose seat it was, where a lost link may have cost it already.
   */
  stand(
    connectionId: string,
    isLost: boolean,
    userId = this.seats.get(connectionId)?.sender.userId ?? '',
  ): News {
    this.seats.delete(connectionId);
    const known = this.members.get(userId);
    if (!known) return { events: [], connectionIds: [] };
    const member = this.#asNow(known);
    if (this.seatsOf(userId).length > 0) {
      this.members.set(userId, member);
      return member.devices === known.devices
        ? { events: [], connectionIds: [] }
        : this.#tell('member.join', member);
    }
    if (!isLost) return this.#remove(member);
    this.members.set(userId, { ...member, status: 'reconnecting' });
    this.#graceEnds.set(userId, this.#now() + GRACE_MS);
    return this.#tell('member.drop', { ...member, status: 'reconnecting' });
  }

  /** Hears of a member's link. */
  measure(userId: string, rttMs: number): void {
    if (rttMs >= SLOW_RTT_MS) this.slow.set(userId, rttMs);
    else this.slow.delete(userId);
  }

  /** Lets members go whose grace is over: looked for with each join and each ping, as the backend has no timers. */
  sweep(): News {
    const events = [...this.#graceEnds].flatMap(([userId, end]) => {
      const member = this.members.get(userId);
      if (!member || end > this.#now()) return [];
      this.#graceEnds.delete(userId);
      return this.#remove(member).events;
    });
    return { events, connectionIds: this.others() };
  }

  /** Writes to the log, once for each id of a user. @throws ChalklineError of what may not be done to a chat message. */
  append(from: Sender, id: string, type: string, data: unknown): { event: ClassroomEvent; isNew: boolean } {
    const known = this.log.find((event) => event.id === id && event.from.userId === from.userId);
    if (known) return { event: known, isNew: false };
    const event: ClassroomEvent = { seq: this.log.length + 1, id, type, at: this.#now(), from, data };
    changeChat(this.log, event);
    this.log.push(event);
    if (type === 'state.set') this.#set(data as StateEntry, event.seq);
    return { event, isNew: true };
  }

  /** The events after `position`; undefined where some of them are kept no more. */
  since(position: Position | undefined): ClassroomEvent[] | undefined {
    if (position?.epoch !== this.epoch || position.seq > this.log.length) return undefined;
    const events = this.log.slice(position.seq);
    return events.length <= this.#recoveryEvents ? events : undefined;
  }

  /** Whether a teacher has left this topic open to the sender. */
  isOpen(topic: string, { role, userId }: Sender): boolean {
    const find = (whose?: string) => this.#entry(accessKey(topic), whose) as Kept<Access> | undefined;
    return role === 'teacher' || isOpen(find(), find(userId));
  }

  /** What a member is in this class: what a teacher made them, or else what their token says; a teacher stays one. */
  roleOf(userId: string, tokenRole: Role): Role {
    const entry = this.#entry('role', userId) as Kept<{ role: Role }> | undefined;
    return tokenRole === 'teacher' ? tokenRole : (entry?.value.role ?? tokenRole);
  }

  /** Gives a member and all their seats the role that is theirs now. */
  reseat(userId: string): News {
    for (const seat of this.seatsOf(userId)) {
      seat.sender = { ...seat.sender, role: this.roleOf(userId, seat.tokenRole) };
    }
    const member = this.members.get(userId);
    const role = this.seatsOf(userId).at(-1)?.sender.role;
    if (!member || !role || role === member.role) return { events: [], connectionIds: [] };
    this.members.set(userId, { ...member, role });
    return this.#tell('member.join', { ...member, role });
  }

  /** Whether a teacher has removed this member. */
  isRemoved({ role, userId }: Sender): boolean {
    return role !== 'teacher' && this.#entry('removed', userId) !== undefined;
  }

  others(connectionId?: string): string[] {
    return [...this.seats.keys()].filter((other) => other !== connectionId);
  }

  /** The store lost everything but the connections: the log begins anew. */
  forget(epoch: string): void {
    this.epoch = epoch;
    this.log = [];
    this.#entries.clear();
    this.seats.clear();
    this.members.clear();
    this.slow.clear();
    this.#graceEnds.clear();
  }

  seatsOf(userId: string): Seat[] {
    return [...this.seats.values()].filter(({ sender }) => sender.userId === userId);
  }

  #entry(key: string, userId?: string): Kept | undefined {
    return this.#entries.get(JSON.stringify([key, userId]));
  }

  #set({ key, userId, value }: StateEntry, seq: number): void {
    const name = JSON.stringify([key, userId]);
    if (value === null) this.#entries.delete(name);
    else this.#entries.set(name, { value, seq });
  }

  /** A member, and on how many devices they are here. */
  #asNow({ userId, name, role, status, joinedAt }: Member): Member {
    const devices = this.seatsOf(userId).length;
    return { userId, name, role, status, joinedAt, ...(devices > 1 ? { devices } : {}) };
  }

  /** Lets a member go, and lowers their hand. */
  #remove(member: Member): News {
    const { userId } = member;
    this.members.delete(userId);
    const isUp = this.#entry('hand', userId) !== undefined;
    const lowered = isUp ? [this.#write('state.set', member, { key: 'hand', value: null, userId })] : [];
    const { events, connectionIds } = this.#tell('member.leave', member);
    return { events: [...lowered, ...events], connectionIds };
  }

  #tell(type: 'member.join' | 'member.drop' | 'member.leave', member: Member, except?: string): News {
    return { events: [this.#write(type, member, member)], connectionIds: this.others(except) };
  }

  /** Writes what the backend itself says of a member. */
  #write(type: string, { userId, name, role }: Member, data: unknown): ClassroomEvent {
    const id = `${this.epoch}:${this.log.length + 1}`;
    return this.append({ userId, name, role }, id, type, data).event;
  }
}
