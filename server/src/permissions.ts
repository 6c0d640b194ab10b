import {
  stateDefinition,
  type CommandAction,
  type MessageDefinitions,
  type Role,
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
  const named = stateDefinition(state, key)?.writers ?? writers;
  const isOthers = userId !== undefined && userId !== self;
  return commandRoles.publish.filter((role) => named.includes(role) && (role === 'teacher' || !isOthers));
}

/** The message types that a role may publish. */
export function permissionsOf(messages: MessageDefinitions, role: Role): string[] {
  return Object.keys(messages).filter((type) => publishersOf(messages, type).includes(role));
}

/** The role that a token gives in a classroom: the exact id first, then the longest pattern that fits. */
export function roleIn(claims: Claims, classroomId: string): Role | undefined {
  if (Object.hasOwn(claims.classrooms, classroomId)) return claims.classrooms[classroomId];
  const pattern = Object.keys(claims.classrooms)
    .filter((key) => key.endsWith('*') && classroomId.startsWith(key.slice(0, -1)))
    .sort((a, b) => b.length - a.length)[0];
  return pattern === undefined ? undefined : claims.classrooms[pattern];
}
