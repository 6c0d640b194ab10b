import { SLOW_RTT_MS, type Member, type Role, type Sender } from '@chalkline/client-sdk/protocol';
import type { JoinRequest, Seat } from '../../ports.ts';
import type { StoreLimits } from '../../store-limits.ts';
import { refusal } from '../refusal.ts';
import { worstLinks } from './memory-links.ts';
import type { MemoryLog } from './memory-log.ts';
import type { MemoryState } from './memory-state.ts';

/** A seat as it is kept: `role` is what its member is in this class. */
export interface HeldSeat extends Seat {
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

/** Whether a member is here with more or fewer devices than the others were told. */
const hasOtherDevices = ({ connectionIds, devices }: MemberRecord): boolean => connectionIds.size !== devices;

export interface MemoryRosterOptions {
  log: MemoryLog;
  state: MemoryState;
  limits: StoreLimits;
}

/** Who is in one classroom in memory, on which connections, and until when; says in the log what changes. */
export class MemoryRoster {
  /** When a seat was last renewed, in ms since 1970. */
  changedAt = 0;
  readonly #log: MemoryLog;
  readonly #state: MemoryState;
  readonly #limits: StoreLimits;
  readonly #seats = new Map<string, HeldSeat>();
  readonly #members = new Map<string, MemberRecord>();
  /** When each seat and each dropped member ends, in ms since 1970. */
  readonly #leases = new Map<string, number>();
  /** The round trips of those whose link is slow, in ms, by userId. */
  readonly #slow = new Map<string, number>();

  constructor({ log, state, limits }: MemoryRosterOptions) {
    this.#log = log;
    this.#state = state;
    this.#limits = limits;
  }

  /** By connectionId. */
  get seats(): ReadonlyMap<string, HeldSeat> {
    return this.#seats;
  }

  get members(): Member[] {
    return [...this.#members.values()].map(memberOf);
  }

  /** @throws ChalklineError `not-joined`, `unauthorized` where its token has ended */
  seatOf(connectionId: string, operation: string, now: number): HeldSeat {
    const seat = this.#seats.get(connectionId);
    if (!seat) throw refusal(operation, 'not-joined');
    if (seat.expiresAt <= now) throw refusal(operation, 'unauthorized');
    this.#renew(connectionId, now);
    return seat;
  }

  /** Every connection but one. */
  others(connectionId?: string): string[] {
    return [...this.#seats.keys()].filter((other) => other !== connectionId);
  }

  /** Takes a seat. @returns the role. @throws ChalklineError `not-joined` where a newer turn of the same tab has it */
  sit({ seat }: JoinRequest, now: number): Role {
    const { connectionId, userId, name, clientId } = seat;
    const holder = this.#members.get(userId)?.connectionIds.get(clientId) ?? connectionId;
    const { turn = 0 } = this.#seats.get(holder) ?? {};
    if (holder !== connectionId && turn > (seat.turn ?? 0)) throw refusal('join', 'not-joined');
    // The seat is taken before the sweep, so that a user who comes back just in time is not said to have left.
    this.#giveUp(connectionId);
    const known = this.#members.get(userId);
    const superseded = known?.connectionIds.get(clientId);
    if (superseded !== undefined) this.#giveUp(superseded);
    const role = this.#state.roleOf(userId, seat.role);
    const member: MemberRecord = {
      sender: { userId, name, role },
      tokenRole: seat.role,
      status: 'online',
      joinedAt: known?.joinedAt ?? now,
      devices: known?.devices ?? 0,
      connectionIds: (known?.connectionIds ?? new Map<string, string>()).set(clientId, connectionId),
    };
    this.#members.set(userId, member);
    this.#seats.set(connectionId, { ...seat, role, tokenRole: seat.role });
    this.#leases.delete(memberLease(userId));
    this.#renew(connectionId, now);
    this.sweep(now);
    this.#makeRoom(member, connectionId);
    const isSame = known?.sender.name === name && known.sender.role === role;
    if (known?.status !== 'online' || !isSame || hasOtherDevices(member)) {
      this.#tell('member.join', member, now);
    }
    return role;
  }

  leave(connectionId: string, now: number): void {
    this.#settle(this.#giveUp(connectionId), now);
  }

  drop(connectionId: string, now: number): void {
    const member = this.#giveUp(connectionId);
    if (member && member.connectionIds.size > 0) this.#settle(member, now);
    else if (member) {
      member.status = 'reconnecting';
      this.#leases.set(memberLease(member.sender.userId), now + this.#limits.graceMs);
      this.#tell('member.drop', member, now);
    }
  }

  /** Takes all seats of a member away. @returns their connections. */
  expel(userId: string, now: number): string[] {
    const member = this.#members.get(userId);
    if (!member) return [];
    const connectionIds = [...member.connectionIds.values()];
    for (const connectionId of connectionIds) this.#giveUp(connectionId);
    this.#leases.delete(memberLease(userId));
    this.#remove(member, now);
    return connectionIds;
  }

  /** Gives a member and all their seats the role that is theirs now. */
  reseat(userId: string, now: number): void {
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

  /** Everybody goes, unsaid; `connectionId` alone has a seat, to read what is left. */
  endWith(connectionId: string, seat: HeldSeat, now: number): void {
    for (const table of [this.#seats, this.#members, this.#leases, this.#slow]) table.clear();
    this.#seats.set(connectionId, seat);
    this.#renew(connectionId, now);
  }

  /** Keeps a seat alive, ends what is over, and tells how the others' links are; undefined for a connection without a seat. */
  touch(connectionId: string, rttMs: number | undefined, now: number): Record<string, number[]> | undefined {
    const seat = this.#seats.get(connectionId);
    // Whoever has no seat moves nothing.
    if (seat === undefined || seat.expiresAt <= now) return undefined;
    this.#renew(connectionId, now);
    if (rttMs !== undefined && rttMs >= SLOW_RTT_MS) this.#slow.set(seat.userId, rttMs);
    else if (rttMs !== undefined) this.#slow.delete(seat.userId);
    this.sweep(now);
    return this.#healthFor(seat.userId, now);
  }

  /** Ends the leases that are over, oldest first. */
  sweep(now: number): void {
    const ended = [...this.#leases].filter(([, end]) => end <= now);
    ended.sort(([a, aEnd], [b, bEnd]) => aEnd - bEnd || (a < b ? -1 : 1));
    for (const [lease] of ended) {
      this.#leases.delete(lease);
      const name = lease.slice(2);
      this.#settle(lease === seatLease(name) ? this.#giveUp(name) : this.#members.get(name), now);
    }
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
      this.#log.writeOf(member.sender, 'state.set', { key: 'hand', value: null, userId }, now);
    }
    this.#tell('member.leave', member, now);
  }

  #tell(type: 'member.join' | 'member.drop' | 'member.leave', member: MemberRecord, now: number): void {
    member.devices = member.connectionIds.size;
    this.#log.writeOf(member.sender, type, memberOf(member), now);
  }
}
