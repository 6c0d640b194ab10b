import type { ClassroomEvent, Role } from '@chalkline/client-sdk';
import {
  accessKey,
  builtInMessages,
  isOpen,
  stateDefinition,
  type Access,
  type Kept,
  type MessageDefinition,
  type StateEntry,
} from '@chalkline/client-sdk/protocol';
import { READER, type FinalEvidence, type Invariant } from './invariants.ts';

/** What the log has made of a class, up to some place in it. */
class Replay {
  readonly #entries = new Map<string, { key: string; userId?: string; value: unknown; seq: number }>();
  readonly #tokenRoles: ReadonlyMap<string, Role>;

  constructor(id: string, { tabs }: FinalEvidence) {
    this.#tokenRoles = new Map(
      tabs.flatMap(({ userId, classrooms }) => {
        const role = classrooms[id];
        return role ? [[userId, role]] : [];
      }),
    );
  }

  apply({ type, seq, data }: ClassroomEvent): void {
    if (type !== 'state.set') return;
    const { key, userId, value } = data as StateEntry;
    const name = nameOf(key, userId);
    this.#entries.delete(name);
    if (value !== null)
      this.#entries.set(name, { key, ...(userId === undefined ? {} : { userId }), value, seq });
  }

  get entries() {
    return [...this.#entries.values()];
  }

  find(key: string, userId?: string): unknown {
    return this.#entries.get(nameOf(key, userId))?.value;
  }

  tokenRoleOf(userId: string): Role | undefined {
    return this.#tokenRoles.get(userId);
  }

  roleOf(userId: string): Role | undefined {
    const tokenRole = this.tokenRoleOf(userId);
    const given = this.find('role', userId) as { role: Role } | undefined;
    return tokenRole === 'teacher' ? tokenRole : (given?.role ?? tokenRole);
  }

  isOpen(topic: string, userId: string): boolean {
    const kept = (whose?: string) =>
      this.#entries.get(nameOf(accessKey(topic), whose)) as Kept<Access> | undefined;
    return this.roleOf(userId) === 'teacher' || isOpen(kept(), kept(userId));
  }

  isRemoved(userId: string): boolean {
    return this.tokenRoleOf(userId) !== 'teacher' && this.find('removed', userId) !== undefined;
  }
}

const nameOf = (key: string, userId?: string): string => JSON.stringify([key, userId]);

/**
 * Nothing is in the log that its sender could not publish at that place: not in the role that they had then, not on a topic that
 * was closed to them, and not once they were removed.
 */
export function* rolesAreEnforced(evidence: FinalEvidence): Iterable<string> {
  for (const [id, { log }] of evidence.classrooms) {
    const replay = new Replay(id, evidence);
    for (const [index, event] of log.entries()) {
      const { type, from, seq } = event;
      const isOfServer = type.startsWith('member.') || isHandOfLeaver(event, log[index + 1]);
      if (!isOfServer && type !== 'chat.hidden' && from.userId !== READER) {
        const who = `the ${from.role} ${from.userId} at ${seq}`;
        if (replay.roleOf(from.userId) !== from.role)
          yield `the log of ${id} calls ${from.userId} a ${from.role} at ${seq}`;
        if (!evidence.mayPublish(from.role, type)) yield `the log of ${id} has ${type} of ${who}`;
        const topic = topicOf(event);
        if (topic !== undefined && !replay.isOpen(topic, from.userId))
          yield `the log of ${id} has ${type} of ${who}, to whom ${topic} was closed`;
        if (replay.isRemoved(from.userId)) yield `the log of ${id} has ${type} of ${who}, who was removed`;
        if (type === 'state.set' && !maySet(replay, event))
          yield `the log of ${id} has ${JSON.stringify(event.data)} of ${who}`;
      }
      replay.apply(event);
    }
  }
}

/** Right before a member leaves the server lowers their hand, whatever they may do themselves. */
function isHandOfLeaver({ type, from, data }: ClassroomEvent, next: ClassroomEvent | undefined): boolean {
  if (type !== 'state.set' || next?.type !== 'member.leave' || next.from.userId !== from.userId) return false;
  const { key, value, userId } = data as StateEntry;
  return key === 'hand' && value === null && userId === from.userId;
}

function topicOf({ type, data }: ClassroomEvent): string | undefined {
  const definitions: Readonly<Record<string, MessageDefinition>> = builtInMessages;
  return definitions[type]?.topic?.(data);
}

function maySet(replay: Replay, { from, data }: ClassroomEvent): boolean {
  const { key, userId = from.userId } = data as StateEntry;
  const writers = stateDefinition({}, key)?.writers ?? ['teacher', 'student'];
  if (key === 'role' && replay.tokenRoleOf(from.userId) !== 'teacher') return false;
  return writers.includes(from.role) && (from.role === 'teacher' || userId === from.userId);
}

/** Everyone has the state that the newest writer of each entry by seq left, and knows what they themselves may do. */
export function* stateIsTheNewest(evidence: FinalEvidence): Iterable<string> {
  for (const [id, { log }] of evidence.classrooms) {
    const replay = new Replay(id, evidence);
    for (const event of log) replay.apply(event);
    const logged = sorted(replay.entries);
    for (const { name, userId, views, isClosed } of evidence.tabs) {
      const view = views.get(id);
      if (isClosed || !view?.isWanted) continue;
      const { state, presence } = view.classroom;
      const shown = sorted(
        state.entries.map(({ key, userId: owner, value, seq }) => ({
          key,
          ...(owner === undefined ? {} : { userId: owner }),
          value,
          seq,
        })),
      );
      if (shown !== logged) yield `${name} in ${id} has the state ${shown}, the log ${logged}`;
      for (const member of presence.members) {
        const role = replay.roleOf(member.userId);
        if (member.userId !== READER && member.role !== role)
          yield `${name} in ${id} takes ${member.userId} for a ${member.role}, who is a ${String(role)}`;
      }
      const role = replay.roleOf(userId);
      const may = { 'chat.announce': role === 'teacher', 'chat.send': role !== 'observer' };
      may['chat.send'] &&= replay.isOpen('chat', userId);
      for (const [type, mayIt] of Object.entries(may)) {
        if (view.classroom.can(type, 'chat') !== mayIt)
          yield `${name} in ${id}, a ${String(role)}, believes ${String(!mayIt)} of whether they may ${type}`;
      }
    }
  }
}

const sorted = (entries: readonly object[]): string =>
  JSON.stringify(entries.map((entry) => JSON.stringify(entry)).toSorted());

/** Checked once, at the end. */
export const classControlInvariants = {
  rolesAreEnforced,
  stateIsTheNewest,
} satisfies Record<string, Invariant<FinalEvidence>>;
