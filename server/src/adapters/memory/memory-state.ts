import {
  accessKey,
  isOpen,
  type Access,
  type ClassroomEvent,
  type Kept,
  type Role,
} from '@chalkline/client-sdk/protocol';
import type { Projection, Seat } from '../../ports.ts';
import type { StoreLimits } from '../../store-limits.ts';

type Entry = Extract<Projection, { of: 'state' }>;

// A key has no blank in it.
const nameOf = ({ key, userId }: Pick<Entry, 'key' | 'userId'>): string =>
  userId === undefined ? key : `${key} ${userId}`;

/** The shared state of one classroom in memory: the newest event of each entry, as JSON text. */
export class MemoryState {
  readonly #limits: StoreLimits;
  readonly #texts = new Map<string, string>();
  #bytes = 0;

  constructor(limits: StoreLimits) {
    this.#limits = limits;
  }

  /** Keeps the event of an entry, or deletes the entry. @returns false, and changes nothing, where there is no room. */
  set(entry: Entry, text: string): boolean {
    const { stateEntries, stateBytes } = this.#limits;
    const name = nameOf(entry);
    const before = this.#texts.get(name);
    const bytes = this.#bytes - sizeOf(before) + (entry.isDeleted ? 0 : sizeOf(text));
    const isFull = bytes > stateBytes || (before === undefined && this.#texts.size >= stateEntries);
    if (isFull && !entry.isDeleted) return false;
    if (entry.isDeleted) this.#texts.delete(name);
    else this.#texts.set(name, text);
    this.#bytes = bytes;
    return true;
  }

  /** Deletes an entry. @returns whether there was one. */
  drop(entry: Pick<Entry, 'key' | 'userId'>): boolean {
    const isThere = this.#texts.has(nameOf(entry));
    this.set({ of: 'state', ...entry, isDeleted: true }, '');
    return isThere;
  }

  isRemoved({ role, userId }: Seat): boolean {
    return role !== 'teacher' && this.#texts.has(nameOf({ key: 'removed', userId }));
  }

  /** What a member is in this class: what a teacher made them, or else what their token says; a teacher stays one. */
  roleOf(userId: string, tokenRole: Role): Role {
    const given = tokenRole === 'teacher' ? undefined : this.#find<{ role: Role }>({ key: 'role', userId });
    return given?.value.role ?? tokenRole;
  }

  isClosed(topic: string | undefined, { role, userId }: Seat): boolean {
    if (topic === undefined || role === 'teacher') return false;
    const key = accessKey(topic);
    return !isOpen(this.#find<Access>({ key }), this.#find<Access>({ key, userId }));
  }

  #find<V>(entry: Pick<Entry, 'key' | 'userId'>): Kept<V> | undefined {
    const text = this.#texts.get(nameOf(entry));
    if (text === undefined) return undefined;
    const { seq, data } = JSON.parse(text) as ClassroomEvent<string, { value: V }>;
    return { seq, value: data.value };
  }

  /** The newest event of each entry, oldest first. */
  get events(): ClassroomEvent[] {
    return [...this.#texts.values()]
      .map((text) => JSON.parse(text) as ClassroomEvent)
      .sort((a, b) => a.seq - b.seq);
  }
}

const sizeOf = (text = ''): number => Buffer.byteLength(text);
