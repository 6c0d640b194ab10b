import * as z from 'zod/mini';
import { Emitter } from './emitter.ts';
import { asError } from './errors.ts';
import type { Receipt } from './outbox.ts';
import {
  accessKey,
  checkState,
  stateDefinition,
  type BuiltInState,
  type ClassroomEvent,
  type Kept,
  type Sender,
  type StateDefinitions,
  type StateEntry,
  type StateValue,
} from './protocol/index.ts';

/** One value of the shared state, and who set it. */
export interface StateRecord extends Kept {
  key: string;
  /** Whose value it is, of a key that each member has for themselves. */
  userId?: string | undefined;
  from: Sender;
  /** The server's time in ms since 1970. */
  at: number;
}

/** `value` is undefined where it was deleted. */
export interface StateChange {
  key: string;
  userId: string | undefined;
  value: unknown;
}

/** Above every seq of a log: the seqs of what is not kept yet, in the order in which it was set. */
const NOT_KEPT = 2 ** 52;

interface StateEvents {
  change: StateChange;
  wish: Pick<StateChange, 'key' | 'userId'>;
}

export interface StateOptions {
  definitions: StateDefinitions;
  self(): string;
  /** Whether the server says that we may do this. */
  may(permission: string): boolean;
  publish(entry: StateEntry): Promise<Receipt>;
  warn(message: string): void;
}

/** A userId goes with the keys that each member has for themselves, and with no other. @default our own */
export type Whose<S extends StateDefinitions, K extends keyof S> = S[K] extends { perMember: true }
  ? [userId?: string]
  : [];

type KeyOf<S extends StateDefinitions> = Extract<keyof S, string>;

/** Named values that the members share: a newcomer gets the newest of each, and the last who writes one wins. */
export class State<S extends StateDefinitions = BuiltInState> {
  readonly #options: StateOptions;
  readonly #emitter = new Emitter<StateEvents>();
  /** By key and member, in the order of their seqs. */
  #records = new Map<string, StateRecord>();
  /** What we have set and is not in `#records` yet, by key and member, oldest first; its seq is 0 once it is refused. */
  readonly #wishes = new Map<string, Kept[]>();
  #lastWish = NOT_KEPT;
  /** Up to where the log is known. */
  #seq = 0;

  /** @internal */
  constructor(options: StateOptions) {
    this.#options = options;
  }

  /** All that is set, the newest last. */
  get entries(): readonly StateRecord[] {
    return [...this.#records.values()];
  }

  /** As the server has it: what we set ourselves counts from when it was kept; see `wished`. */
  get<K extends KeyOf<S>>(key: K, ...[userId]: Whose<S, K>): StateValue<S, K> | undefined {
    return this.find(key, userId)?.value as StateValue<S, K> | undefined;
  }

  /** What we set ourselves, before the server has kept it, and again what the server has if it refuses. */
  wished<K extends KeyOf<S>>(key: K, ...[userId]: Whose<S, K>): StateValue<S, K> | undefined {
    return this.wish(key, userId)?.value as StateValue<S, K> | undefined;
  }

  /** Whether we may set it now. The server enforces it. */
  can<K extends KeyOf<S>>(key: K, ...[userId]: Whose<S, K>): boolean {
    return this.may(key, userId);
  }

  /**
   * Resolves when the server has kept it; `null` deletes.
   * @throws ChalklineError `bad-envelope` for an unknown key or a value of the wrong shape, `forbidden` for what is not
   * ours to write, `payload-too-large`, else as `publish` does.
   */
  async set<K extends KeyOf<S>>(
    key: K,
    value: StateValue<S, K> | null,
    ...[userId]: Whose<S, K>
  ): Promise<Receipt> {
    return await this.write(key, value, userId);
  }

  /** `change`: the server has another value. `wish`: what `wished` returns is, or may be, another. */
  on<K extends keyof StateEvents>(event: K, listener: (payload: StateEvents[K]) => void): () => void {
    return this.#emitter.on(event, listener);
  }

  /** @internal */
  find(key: string, userId = this.#whose(key)): Kept | undefined {
    return this.#records.get(nameOf(key, userId));
  }

  /** @internal */
  wish(key: string, userId = this.#whose(key)): Kept | undefined {
    const wish = this.#wishes.get(nameOf(key, userId))?.at(-1);
    if (!wish) return this.find(key, userId);
    return wish.value === null ? undefined : wish;
  }

  /** @internal */
  may(key: string, userId?: string): boolean {
    const isOwn = userId === undefined || userId === this.#options.self();
    const permission = `state.set ${key.startsWith(ACCESS) ? `${ACCESS}*` : key}`;
    return this.#options.may(isOwn ? permission : `${permission} *`);
  }

  /** @internal */
  async write(key: string, value: unknown, userId = this.#whose(key)): Promise<Receipt> {
    const entry = checkState(this.#options.definitions, { key, value, userId });
    const sent = this.#options.publish(entry);
    const wish: Kept = { value: entry.value, seq: (this.#lastWish += 1) };
    const name = nameOf(key, userId);
    this.#wishes.set(name, [...(this.#wishes.get(name) ?? []), wish]);
    this.#emitter.emit('wish', { key, userId });
    try {
      const receipt = await sent;
      wish.seq = receipt.seq;
      return receipt;
    } catch (error) {
      wish.seq = 0;
      throw asError(error);
    } finally {
      // What was kept may still wait for its turn in the log.
      if (wish.seq <= this.#seq) this.#forget(name, key, userId);
    }
  }

  /** @internal The newest of each; what is not among them is deleted. */
  reset(events: readonly ClassroomEvent[] = [], seq = 0): void {
    this.#seq = seq;
    for (const name of this.#wishes.keys()) this.#drop(name);
    const before = this.#records;
    this.#records = new Map();
    for (const event of events) this.#take(event);
    this.#seq = seq;
    for (const [name, { key, userId, seq }] of new Map([...before, ...this.#records])) {
      const record = this.#records.get(name);
      if (record?.seq !== before.get(name)?.seq || record?.seq !== seq)
        this.#tell({ key, userId, value: record?.value });
    }
  }

  /** @internal */
  apply(event: ClassroomEvent): void {
    const change = this.#take(event);
    if (!change) return;
    this.#drop(nameOf(change.key, change.userId));
    this.#tell(change);
  }

  #tell(change: StateChange): void {
    this.#emitter.emit('change', change);
    this.#emitter.emit('wish', { key: change.key, userId: change.userId });
  }

  #forget(name: string, key: string, userId: string | undefined): void {
    this.#drop(name);
    this.#emitter.emit('wish', { key, userId });
  }

  /** Drops the wishes that are in the log, or that were refused. */
  #drop(name: string): void {
    const left = (this.#wishes.get(name) ?? []).filter((wish) => wish.seq > this.#seq);
    if (left.length > 0) this.#wishes.set(name, left);
    else this.#wishes.delete(name);
  }

  #take({ type, data, from, at, seq }: ClassroomEvent): StateChange | undefined {
    this.#seq = seq;
    if (type !== 'state.set') return undefined;
    const { key, value, userId } = data as StateEntry;
    const definition = stateDefinition(this.#options.definitions, key);
    // A key that we do not know may be one of a newer version of the app.
    if (definition && value !== null && !z.safeParse(definition.schema, value).success) {
      this.#options.warn(`the value of the state "${key}" at seq ${seq} is not valid`);
      return undefined;
    }
    const name = nameOf(key, userId);
    this.#records.delete(name);
    if (value === null) return { key, userId, value: undefined };
    this.#records.set(name, { key, userId, value, from, at, seq });
    return { key, userId, value };
  }

  #whose(key: string): string | undefined {
    const isOwn = stateDefinition(this.#options.definitions, key)?.perMember;
    return isOwn === true ? this.#options.self() : undefined;
  }
}

const ACCESS = accessKey('');

/** Keys have no spaces. */
function nameOf(key: string, userId = ''): string {
  return `${key} ${userId}`;
}
