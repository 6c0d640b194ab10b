import * as z from 'zod/mini';
import { Emitter } from './emitter.ts';
import { asError } from './errors.ts';
import type { Receipt } from './outbox.ts';
import {
  checkState,
  stateDefinition,
  type BuiltInState,
  type ClassroomEvent,
  type Sender,
  type StateDefinitions,
  type StateEntry,
  type StateValue,
} from './protocol/index.ts';

/** One value of the shared state, and who set it. */
export interface StateRecord {
  key: string;
  /** Whose value it is, of a key that each member has for themselves. */
  userId?: string | undefined;
  value: unknown;
  from: Sender;
  /** The server's time in ms since 1970. */
  at: number;
  seq: number;
}

/** `value` is undefined where it was deleted. */
export interface StateChange {
  key: string;
  userId: string | undefined;
  value: unknown;
}

export interface StateOptions {
  definitions: StateDefinitions;
  self(): string;
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
  readonly #emitter = new Emitter<{ change: StateChange }>();
  /** By key and member, in the order of their seqs. */
  #records = new Map<string, StateRecord>();

  /** @internal */
  constructor(options: StateOptions) {
    this.#options = options;
  }

  /** All that is set, the newest last. */
  get entries(): readonly StateRecord[] {
    return [...this.#records.values()];
  }

  /** As the server has it: what we set ourselves counts from when it was kept. */
  get<K extends KeyOf<S>>(key: K, ...[userId]: Whose<S, K>): StateValue<S, K> | undefined {
    return this.find(key, userId) as StateValue<S, K> | undefined;
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

  on(event: 'change', listener: (change: StateChange) => void): () => void {
    return this.#emitter.on(event, listener);
  }

  /** @internal */
  find(key: string, userId = this.#whose(key)): unknown {
    return this.#records.get(nameOf(key, userId))?.value;
  }

  /** @internal */
  write(key: string, value: unknown, userId = this.#whose(key)): Promise<Receipt> {
    try {
      return this.#options.publish(checkState(this.#options.definitions, { key, value, userId }));
    } catch (error) {
      return Promise.reject(asError(error));
    }
  }

  /** @internal The newest of each; what is not among them is deleted. */
  reset(events: readonly ClassroomEvent[] = []): void {
    const before = this.#records;
    this.#records = new Map();
    for (const event of events) this.#take(event);
    for (const [name, { key, userId, seq }] of new Map([...before, ...this.#records])) {
      const record = this.#records.get(name);
      if (record?.seq !== before.get(name)?.seq || record?.seq !== seq)
        this.#emitter.emit('change', { key, userId, value: record?.value });
    }
  }

  /** @internal */
  apply(event: ClassroomEvent): void {
    const change = this.#take(event);
    if (change) this.#emitter.emit('change', change);
  }

  #take({ type, data, from, at, seq }: ClassroomEvent): StateChange | undefined {
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

/** Keys have no spaces. */
function nameOf(key: string, userId = ''): string {
  return `${key} ${userId}`;
}
