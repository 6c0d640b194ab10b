import {
  allowedMessages,
  byteLength,
  ChunkAssembler,
  decodeEvent,
  SERVER_FRAME_BYTES,
  type Command,
  type EventAction,
  type EventOf,
  type MessageDefinitions,
  type Role,
  type ServerEvent,
  type StateDefinitions,
} from '@chalkline/client-sdk/protocol';
import { createMemoryStore } from '../adapters/memory/memory-store.ts';
import type { Backend, LogLine } from '../backend.ts';
import type { MetricName } from '../meter.ts';
import type { Claims, ClassroomStore, Delivery } from '../ports.ts';
import type { StoreLimits } from '../store-limits.ts';
import { route, type Speaker } from '../router.ts';

type Unversioned<T> = T extends unknown ? Omit<T, 'v'> : never;

export interface TestBackendOptions {
  messages?: MessageDefinitions;
  state?: StateDefinitions;
  limits?: Partial<StoreLimits>;
  store?: ClassroomStore;
  onEnded?: Backend['onEnded'];
}

const roles: Record<string, Role> = { ada: 'teacher', ben: 'student', chen: 'observer' };

/** A backend whose sockets are lists: what was posted, and what becomes of it, is in the test's hands. */
export class TestBackend implements Backend {
  now = 1_700_000_000_000;
  readonly clock = (): number => this.now;
  readonly store: ClassroomStore;
  readonly messages: MessageDefinitions;
  readonly state: StateDefinitions;
  readonly onEnded: Backend['onEnded'];
  readonly lines: LogLine[] = [];
  readonly posts: { connectionId: string; frame: string }[] = [];
  readonly disconnected: string[] = [];
  /** What posts to a connection come to; `delivered` for those not named. */
  readonly deliveries = new Map<string, Delivery>();
  /** What the token that is its own key says. */
  readonly tokens = new Map<string, Claims>();

  constructor({ messages = {}, state = {}, limits, store, onEnded }: TestBackendOptions = {}) {
    this.messages = allowedMessages(messages);
    this.state = state;
    this.onEnded = onEnded;
    this.store = store ?? createMemoryStore({ clock: this.clock, limits });
  }

  readonly gateway = {
    post: (connectionId: string, frame: string): Promise<Delivery> => {
      this.posts.push({ connectionId, frame });
      return Promise.resolve(this.deliveries.get(connectionId) ?? 'delivered');
    },
    disconnect: (connectionId: string): Promise<void> => {
      this.disconnected.push(connectionId);
      return Promise.resolve();
    },
  };

  readonly verifier = {
    verify: (token: string): Promise<Claims> => {
      const claims = this.tokens.get(token);
      return claims ? Promise.resolve(claims) : Promise.reject(new Error('the test knows no such token'));
    },
  };

  /** What was counted: sums by name, and by name and reason. */
  readonly counted = new Map<string, number>();
  readonly meter = {
    add: (name: MetricName, value = 1, reason?: string): void => {
      for (const key of reason === undefined ? [name] : [name, `${name} ${reason}`])
        this.counted.set(key, (this.counted.get(key) ?? 0) + value);
    },
  };

  readonly log = (line: LogLine): void => {
    this.lines.push(line);
  };

  /** What the token of `userId` says: a role in `maths` and `history`. */
  claims(userId: string, change: Partial<Claims> = {}): Claims {
    const role = roles[userId] ?? 'student';
    return {
      userId,
      name: userId.slice(0, 1).toUpperCase() + userId.slice(1),
      classrooms: { maths: role, history: role },
      expiresAt: this.now + 3_600_000,
      ...change,
    };
  }

  /** Whoever sits behind a connection; its id starts with the userId: `ada`, `ada-2`. */
  speaker(connectionId: string, change: Partial<Claims> = {}): Speaker {
    return { connectionId, claims: this.claims(connectionId.split('-')[0] ?? connectionId, change) };
  }

  /** Sends one command and returns what its sender hears. */
  async say(speaker: string | Speaker, command: Unversioned<Command>): Promise<ServerEvent[]> {
    return await this.sayRaw(speaker, JSON.stringify({ v: 1, ...command }));
  }

  async sayRaw(speaker: string | Speaker, body: string): Promise<ServerEvent[]> {
    const from = typeof speaker === 'string' ? this.speaker(speaker) : speaker;
    await route(this, from, body);
    return this.heard(from.connectionId);
  }

  async join(...connectionIds: string[]): Promise<void> {
    for (const connectionId of connectionIds) {
      const command = {
        action: 'join',
        ref: 0,
        clientId: `tab-of-${connectionId}`,
        classroomId: 'maths',
      } as const;
      await this.say(connectionId, command);
    }
    this.posts.length = 0;
  }

  /** Takes what was posted to a connection, each frame checked against its schema and its size. */
  heard(connectionId: string): ServerEvent[] {
    const mine = this.posts.filter((post) => post.connectionId === connectionId);
    const others = this.posts.filter((post) => post.connectionId !== connectionId);
    this.posts.splice(0, this.posts.length, ...others);
    const assembler = new ChunkAssembler({ now: this.clock });
    const read = (frame: string): ServerEvent => {
      const event = decodeEvent(frame);
      if (!event) throw new Error(`no event has the action of ${frame.slice(0, 100)}`);
      return event;
    };
    return mine.flatMap(({ frame }) => {
      if (byteLength(frame) > SERVER_FRAME_BYTES) throw new Error(`a frame of ${byteLength(frame)} bytes`);
      const event = read(frame);
      if (event.action !== 'chunk') return [event];
      const whole = assembler.add(event);
      return whole === undefined ? [] : [read(whole)];
    });
  }
}

/** The single event of a list, which has to have this action. */
export function the<A extends EventAction>(action: A, events: readonly ServerEvent[]): EventOf<A> {
  const [event, ...others] = events;
  if (event?.action !== action || others.length > 0) {
    throw new Error(`one ${action} was expected, not ${JSON.stringify(events).slice(0, 500)}`);
  }
  return event as EventOf<A>;
}
