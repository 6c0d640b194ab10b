import type { ClassroomEvent, Role } from '@chalkline/client-sdk/protocol';
import type {
  Announcement,
  AppendOutcome,
  ClassroomStore,
  Clock,
  Draft,
  JoinOutcome,
  JoinRequest,
  MessageChange,
  Seat,
} from '../ports.ts';
import type { StoreLimits } from '../store-limits.ts';

/** Makes an empty store that tells the time from `clock`. */
export type MakeStore = (options: {
  clock: Clock;
  limits: Partial<StoreLimits>;
}) => ClassroomStore | Promise<ClassroomStore>;

const people: Record<string, { name: string; role: Role }> = {
  ada: { name: 'Ada', role: 'teacher' },
  ben: { name: 'Ben', role: 'student' },
  chen: { name: 'Chen', role: 'observer' },
};

/** A draft of a chat message that teachers and students may send. */
export function chat(id: string, text = id): Draft {
  return {
    id,
    type: 'chat.send',
    data: { text },
    publishers: ['teacher', 'student'],
    projection: { of: 'chat' },
  };
}

/** A draft of a chat message for the teachers, and for the member `to`. */
export function whisper(id: string, to?: string): Draft {
  const data = { text: id, ...(to === undefined ? {} : { to }) };
  return { ...chat(id), type: 'chat.whisper', data, projection: { of: 'chat', isPrivate: true, to } };
}

/** A draft of what is done to a chat message. */
export function change(
  id: string,
  kind: MessageChange,
  target: { id: string; seq?: number },
  value = '',
): Draft {
  const data = { target, ...(kind === 'edit' ? { text: value } : kind === 'delete' ? {} : { emoji: value }) };
  return {
    id,
    type: `chat.${kind}`,
    data,
    publishers: ['teacher', 'student'],
    projection: { of: 'message', change: kind, target, value },
  };
}

/** A draft of an entry of the state. */
export function set(id: string, key: string, value: unknown, userId?: string): Draft {
  const projection = { of: 'state' as const, key, userId, isDeleted: value === null };
  return {
    id,
    type: 'state.set',
    data: { key, value, userId },
    publishers: ['teacher', 'student'],
    projection,
  };
}

/** A draft of an update of a document. */
export function draw(id: string, update: string, document = 'board'): Draft {
  const projection = { of: 'document' as const, document, update };
  return { id, type: 'board.update', data: { document }, publishers: ['teacher', 'student'], projection };
}

/** What happened, in short: `member.join ada`, or the id of what was published. */
export const kinds = (events: readonly ClassroomEvent[]): string[] =>
  events.map(({ type, from, id }) => (type.startsWith('member.') ? `${type} ${from.userId}` : id));

export const seqs = (events: readonly ClassroomEvent[]): number[] => events.map(({ seq }) => seq);

export const told = ({ recipients }: Announcement): string[] => [...recipients].sort();

/** The single item of a list, which has to have just one. */
export function only<T>(list: readonly T[]): T {
  const [first, ...others] = list;
  if (first === undefined || others.length > 0) throw new Error(`one item was expected, not ${list.length}`);
  return first;
}

/** A store under test and the hands that move it: a clock that only the test turns, and short verbs. */
export class Lesson {
  readonly store: ClassroomStore;
  readonly #time: { now: number };

  private constructor(store: ClassroomStore, time: { now: number }) {
    this.store = store;
    this.#time = time;
  }

  static async begin(makeStore: MakeStore, limits: Partial<StoreLimits> = {}): Promise<Lesson> {
    const time = { now: 1_700_000_000_000 };
    return new Lesson(await makeStore({ clock: () => time.now, limits }), time);
  }

  get now(): number {
    return this.#time.now;
  }

  set now(ms: number) {
    this.#time.now = ms;
  }

  /** The seat that a connection would take; its id starts with the userId: `ada`, `ada-2`. */
  seat(connectionId: string, change: Partial<Seat> = {}): Seat {
    const userId = connectionId.split('-')[0] ?? connectionId;
    const person = people[userId] ?? { name: userId, role: 'student' };
    return {
      connectionId,
      clientId: `tab-of-${connectionId}`,
      userId,
      ...person,
      expiresAt: this.now + 7_200_000,
      ...change,
    };
  }

  async join(
    connectionId: string,
    change: Partial<Seat> = {},
    request: Partial<JoinRequest> = {},
  ): Promise<JoinOutcome> {
    return await this.store.join({ classroomId: 'maths', seat: this.seat(connectionId, change), ...request });
  }

  async say(connectionId: string, ...drafts: (string | Draft)[]): Promise<AppendOutcome> {
    return await this.store.append({
      classroomId: 'maths',
      connectionId,
      drafts: drafts.map((draft) => (typeof draft === 'string' ? chat(draft) : draft)),
    });
  }
}
