import * as z from 'zod/mini';
import { ChalklineError } from './errors.ts';
import { byteLength, STATE_VALUE_BYTES } from './limits.ts';
import { nameSchema, roleSchema, type Role } from './names.ts';

/** The data of a `state.set`: `value: null` deletes; with `userId` the entry is that member's own. */
export const stateEntrySchema = z.object({
  key: z.string().check(z.regex(/^[\w.-]{1,128}$/)),
  value: z.unknown(),
  userId: z.optional(nameSchema),
});
export type StateEntry = z.infer<typeof stateEntrySchema>;

/** A key of the shared state: the shape of its value, checked on both ends, and the roles that may write it. */
export interface StateDefinition<S extends z.core.$ZodType = z.core.$ZodType> {
  schema: S;
  /** @default ['teacher', 'student'] */
  writers?: readonly Role[];
  /** Each member has a value of their own, which they and teachers write. @default the classroom has one */
  perMember?: boolean;
}

/** Keys of the shared state. An app writes one such object and gives it to both ends. */
export type StateDefinitions = Readonly<Record<string, StateDefinition>>;

/** The value of the key `K`. */
export type StateValue<S extends StateDefinitions, K extends keyof S> = z.infer<S[K]['schema']>;

const member = z.object({ userId: nameSchema });
const at = z.number().check(z.refine((ms) => ms >= 0));

/** The keys of Chalkline itself, beside one `access.<topic>` for each topic. Times are in ms since 1970. */
export const builtInState = {
  'board.page': { schema: z.object({ pageId: nameSchema }), writers: ['teacher'] },
  /** Whose view of the board the others follow. */
  'board.leader': { schema: member, writers: ['teacher'] },
  hand: { schema: z.object({ raisedAt: at }), perMember: true },
  timer: {
    schema: z.object({ endsAt: at, label: z.optional(z.string().check(z.maxLength(200))) }),
    writers: ['teacher'],
  },
  spotlight: { schema: member, writers: ['teacher'] },
  /**
   * What a member is in this class, whatever their token says; who is a teacher by their token stays one, and nobody else may
   * write it.
   */
  role: { schema: z.object({ role: roleSchema }), writers: ['teacher'], perMember: true },
  /** Whoever has such an entry gives up their seats, and takes none until it is deleted; teachers may come back. */
  removed: {
    schema: z.object({ removedAt: at, name: z.optional(z.string().check(z.maxLength(200))) }),
    writers: ['teacher'],
    perMember: true,
  },
} as const satisfies StateDefinitions;

export type BuiltInState = typeof builtInState;

/** Whether students may publish on a topic, or the one whose entry it is. Teachers always may. */
const accessSchema = z.object({ isOpen: z.boolean() });
export type Access = z.infer<typeof accessSchema>;

const ACCESS_PREFIX = 'access.';
const accessDefinition: StateDefinition = { schema: accessSchema, writers: ['teacher'] };

/** The key of the state that says who may publish on a topic; nobody is kept from it while there is no such entry. */
export function accessKey(topic: string): string {
  return ACCESS_PREFIX + topic;
}

/** An entry of the state as it is kept. */
export interface Kept<V = unknown> {
  value: V;
  seq: number;
}

/** Whether a topic is open for a student: of what was set for all and what was set for them, the later counts. */
export function isOpen(forAll: Kept<Access> | undefined, own: Kept<Access> | undefined): boolean {
  const later = own && own.seq > (forAll?.seq ?? 0) ? own : forAll;
  return later?.value.isOpen ?? true;
}

/** The definition of a key: Chalkline's own go before the app's. */
export function stateDefinition(definitions: StateDefinitions, key: string): StateDefinition | undefined {
  if (key.startsWith(ACCESS_PREFIX)) return accessDefinition;
  const table: StateDefinitions = Object.hasOwn(builtInState, key) ? builtInState : definitions;
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

/**
 * Checks an entry against the definition of its key and returns it with the value as the schema read it.
 * @throws ChalklineError `bad-envelope` for an unknown key, a value of the wrong shape, or a `userId` where the key has none
 * or the other way round; `payload-too-large` for a value of more than `STATE_VALUE_BYTES`.
 */
export function checkState(
  definitions: StateDefinitions,
  { key, value = null, userId }: StateEntry,
): StateEntry {
  const refuse = (code: 'bad-envelope' | 'payload-too-large', reason: string): never => {
    throw new ChalklineError(code, `unable to set the state "${key}"; ${reason}`);
  };
  const definition = stateDefinition(definitions, key) ?? refuse('bad-envelope', 'there is no such key');
  const { perMember = false, schema } = definition;
  // A topic is closed for all or for one.
  if (definition !== accessDefinition && perMember !== (userId !== undefined)) {
    refuse(
      'bad-envelope',
      perMember ? 'each member has their own, so it needs a `userId`' : 'it has no `userId`',
    );
  }
  const result = z.safeParse(schema, value);
  const checked =
    value === null ? null : result.success ? result.data : refuse('bad-envelope', 'its value is not valid');
  if (byteLength(JSON.stringify(checked)) > STATE_VALUE_BYTES) {
    refuse('payload-too-large', `its value has more than ${STATE_VALUE_BYTES} bytes`);
  }
  return userId === undefined ? { key, value: checked } : { key, value: checked, userId };
}
