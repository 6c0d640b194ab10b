import { Emitter } from './emitter.ts';
import type { Env, Timer } from './env.ts';
import {
  SILENT_MS,
  silentFromMs,
  SLOW_RTT_MS,
  type ClassroomEvent,
  type EventOf,
  type Member,
} from './protocol/index.ts';

/** What is known of a member's link, as of the last heartbeat. */
export interface MemberHealth {
  /** `slow`: a round trip takes a second or longer. `lost`: reconnecting, or not heard of for 45 seconds. */
  level: 'good' | 'slow' | 'lost';
  /** How long a frame to the server and its answer take, in ms; of others known only while it is slow. */
  rttMs?: number | undefined;
  /** When the server last heard of them, in ms since 1970; of others known only while the link is not good. */
  lastSeenAt?: number | undefined;
}

/** A ping so long after a member's time finds it over, though clocks differ a little … */
const MARGIN_MS = 250;
/** … and up to so much later, each client at a moment of its own: the first lets them go, and spares the others theirs. */
const JITTER_MS = 2_750;

/** Who is in a classroom, as the server says: one member a user, however many tabs they have open. */
export class Presence {
  readonly #emitter = new Emitter<{ change: readonly Member[] }>();
  readonly #env: Env;
  readonly #self: () => string;
  readonly #ping: () => void;
  /**
   * When to ask whether a member is gone, by what they run out of: the server has no timers, it looks when it is asked
   * something. One that has fired stays, as asking once is enough.
   */
  readonly #timers = new Map<string, Timer>();
  #graceMs: number | undefined;
  #leaseMs: number | undefined;
  /** When the leases of silent members end, in ms since 1970. */
  #leaseEnds = new Map<string, number>();
  #members: readonly Member[] = [];
  #health = new Map<string, MemberHealth>();
  #isUp = true;
  #isIn = false;

  /** @internal @param self our own userId. @param ping makes the server look for members whose time is over. */
  constructor(env: Env, self: () => string, ping: () => void) {
    this.#env = env;
    this.#self = self;
    this.#ping = ping;
  }

  /** In the order of joining; replaced, never mutated. */
  get members(): readonly Member[] {
    return this.#members;
  }

  /** How well a member is connected, ourselves included; undefined for who is not in. A new level is a `change`. */
  healthOf(userId: string): MemberHealth | undefined {
    const status = this.#members.find((member) => member.userId === userId)?.status;
    const known = this.#health.get(userId);
    const isUp = status === 'online' && (this.#isUp || userId !== this.#self());
    return status && { ...known, level: isUp ? (known?.level ?? 'good') : 'lost' };
  }

  on(event: 'change', listener: (members: readonly Member[]) => void): () => void {
    return this.#emitter.on(event, listener);
  }

  /** @internal */
  reset(joined: EventOf<'joined'>): void {
    this.#graceMs = joined.graceMs;
    this.#leaseMs = joined.leaseMs;
    this.#set(joined.members);
  }

  /** @internal We are no longer in: what becomes of the others is not ours to find out. */
  rest(): void {
    this.#isIn = false;
    this.#watch();
  }

  /** @internal What a `pong` says of the others, and how long it took. */
  hear(others: Record<string, number[]> = {}, rttMs: number): void {
    const now = this.#env.now();
    const leaseMs = this.#leaseMs;
    const silent = Object.entries(others).flatMap(([userId, [silentMs = 0]]): [string, number][] =>
      leaseMs && silentMs >= silentFromMs(leaseMs) ? [[userId, now + leaseMs - silentMs]] : [],
    );
    this.#leaseEnds = new Map(silent);
    this.#watch();
    this.#update(() => {
      this.#health = new Map(
        Object.entries({ ...others, [this.#self()]: [0, rttMs] }).map(([userId, [silentMs = 0, rttMs]]) => {
          const level = silentMs >= SILENT_MS ? 'lost' : (rttMs ?? 0) >= SLOW_RTT_MS ? 'slow' : 'good';
          return [userId, { level, rttMs, lastSeenAt: now - silentMs }];
        }),
      );
    });
  }

  /** @internal Our own link is lost, or is back: we are in. */
  link(isUp: boolean): void {
    this.#isIn ||= isUp;
    this.#watch();
    this.#update(() => {
      this.#isUp = isUp;
    });
  }

  /** @internal */
  apply(event: ClassroomEvent): void {
    if (!isMemberEvent(event)) return;
    const others = this.#members.filter(({ userId }) => userId !== event.data.userId);
    this.#set(event.type === 'member.leave' ? others : [...others, event.data]);
  }

  #set(members: readonly Member[]): void {
    this.#members = members.toSorted((a, b) => a.joinedAt - b.joinedAt || (a.userId < b.userId ? -1 : 1));
    this.#watch();
    this.#emitter.emit('change', this.#members);
  }

  /** Only another level is worth a word, not each number. */
  #update(change: () => void): void {
    const levels = (): string => String(this.#members.map(({ userId }) => this.healthOf(userId)?.level));
    const before = levels();
    change();
    if (levels() !== before) this.#set(this.#members);
  }

  /** Keeps one timer for each member who dropped or is silent, until they are back, heard of or gone. */
  #watch(): void {
    const now = this.#env.now();
    const ends = new Map<string, number>();
    for (const { userId, status } of this.#isIn ? this.#members : []) {
      const leaseEnd = this.#leaseEnds.get(userId);
      if (status === 'reconnecting' && this.#graceMs) ends.set(`grace ${userId}`, now + this.#graceMs);
      else if (status === 'online' && leaseEnd) ends.set(`${leaseEnd} ${userId}`, leaseEnd);
    }
    for (const [key, timer] of this.#timers) {
      if (ends.has(key)) continue;
      this.#env.clearTimeout(timer);
      this.#timers.delete(key);
    }
    for (const [key, end] of ends) {
      if (this.#timers.has(key)) continue;
      const waitMs = end - now + MARGIN_MS + this.#env.random() * JITTER_MS;
      this.#timers.set(key, this.#env.setTimeout(this.#ping, waitMs));
    }
  }
}

type MemberEvent = ClassroomEvent<'member.join' | 'member.drop' | 'member.leave', Member>;

function isMemberEvent(event: ClassroomEvent): event is MemberEvent {
  return event.type.startsWith('member.');
}
