import {
  accessKey,
  builtInState,
  stateDefinition,
  type CommandAction,
  type MessageDefinitions,
  type Role,
  type StateDefinition,
  type StateDefinitions,
  type StateEntry,
} from '@chalkline/client-sdk/protocol';
import type { Claims } from './ports.ts';

const everyone: readonly Role[] = ['teacher', 'student', 'observer'];
const writers: readonly Role[] = ['teacher', 'student'];

/** Who may say what: the one table of roles. What may be published depends on the message type besides. */
export const commandRoles: Record<CommandAction, readonly Role[]> = {
  hello: everyone,
  join: everyone,
  leave: everyone,
  publish: writers,
  signal: writers,
  history: everyone,
  load: everyone,
  end: ['teacher'],
  ping: everyone,
  // What it is a part of is judged by its own row.
  chunk: everyone,
};

/** The roles that may publish a message type: of those that may publish at all, the ones that its definition names. */
export function publishersOf(messages: MessageDefinitions, type: string): readonly Role[] {
  if (!Object.hasOwn(messages, type)) return [];
  const named = messages[type]?.publishers ?? writers;
  return commandRoles.publish.filter((role) => named.includes(role));
}

/** The roles in which a user may set an entry of the state: another member's own is for teachers. */
export function writersOf(
  state: StateDefinitions,
  { key, userId }: StateEntry,
  self: string,
): readonly Role[] {
  const isOthers = userId !== undefined && userId !== self;
  return rolesFor(stateDefinition(state, key), isOthers);
}

function rolesFor({ writers: named = writers }: Partial<StateDefinition> = {}, isOthers: boolean) {
  return commandRoles.publish.filter((role) => named.includes(role) && (role === 'teacher' || !isOthers));
}

/** Keys that are only for who is a teacher by the token, not for whom a teacher made one: the store asks. */
const keysByToken = new Set(['role']);

/**
 * What a member may do, as `joined` tells it: the message types, `end`, and the keys of the state as `state.set <key>`, with ` *`
 * after it for those of every member.
 */
export function permissionsOf(
  { messages, state }: { messages: MessageDefinitions; state: StateDefinitions },
  role: Role,
  tokenRole: Role,
): string[] {
  const types = Object.keys(messages).filter((type) => publishersOf(messages, type).includes(role));
  const definitions: StateDefinitions = { ...state, ...builtInState };
  const keys = [...Object.keys(definitions), accessKey('*')].flatMap((key) => {
    const definition = stateDefinition(definitions, key);
    if (keysByToken.has(key) && tokenRole !== 'teacher') return [];
    const own = rolesFor(definition, false).includes(role) ? [`state.set ${key}`] : [];
    const isForAll = definition?.perMember && rolesFor(definition, true).includes(role);
    return isForAll ? [...own, `state.set ${key} *`] : own;
  });
  return [...types, ...(commandRoles.end.includes(role) ? ['end'] : []), ...keys];
}

/** The role that a token gives in a classroom: the exact id first, then the longest pattern that fits. */
export function roleIn(claims: Claims, classroomId: string): Role | undefined {
  if (Object.hasOwn(claims.classrooms, classroomId)) return claims.classrooms[classroomId];
  const pattern = Object.keys(claims.classrooms)
    .filter((key) => key.endsWith('*') && classroomId.startsWith(key.slice(0, -1)))
    .sort((a, b) => b.length - a.length)[0];
  return pattern === undefined ? undefined : claims.classrooms[pattern];
}
