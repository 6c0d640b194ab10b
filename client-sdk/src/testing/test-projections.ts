import { fromBase64, toBase64 } from '../base64.ts';
import {
  accessKey,
  builtInState,
  stateDefinition,
  type ClassroomEvent,
  type CommandOf,
  type DocumentPiece,
  type EventOf,
  type MessageDefinition,
  type MessageDefinitions,
  type Role,
  type StateDefinitions,
  type StateEntry,
} from '../protocol/index.ts';

export function mayPublish(definition: MessageDefinition | undefined, role: Role): boolean {
  return role !== 'observer' && (definition?.publishers ?? ['teacher', 'student']).includes(role);
}

/** What a join tells a member that they may do. */
export function permissionsOf(
  { messages, state }: { messages: MessageDefinitions; state: StateDefinitions },
  role: Role,
  tokenRole: Role,
): string[] {
  const types = Object.keys(messages).filter((type) => mayPublish(messages[type], role));
  const keys = [...Object.keys({ ...state, ...builtInState }), accessKey('*')].flatMap((key) => {
    const { perMember = false, writers = ['teacher', 'student'] } = stateDefinition(state, key) ?? {};
    if (role === 'observer' || !writers.includes(role)) return [];
    if (key === 'role' && tokenRole !== 'teacher') return [];
    return perMember && role === 'teacher'
      ? [`state.set ${key}`, `state.set ${key} *`]
      : [`state.set ${key}`];
  });
  return [...types, ...(role === 'teacher' ? ['end'] : []), ...keys];
}

/** The newest `state.set` of each entry that is not deleted, and the newest of each member of the types that keep it. */
export function stateOf(log: readonly ClassroomEvent[], messages: MessageDefinitions = {}): ClassroomEvent[] {
  const newest = new Map<string, ClassroomEvent>();
  for (const event of log) {
    if (event.type !== 'state.set') {
      const name = JSON.stringify([`:${event.type}`, event.from.userId]);
      newest.delete(name);
      if (messages[event.type]?.keepsNewest) newest.set(name, event);
      continue;
    }
    const { key, userId, value } = event.data as StateEntry;
    const name = JSON.stringify([key, userId]);
    newest.delete(name);
    if (value !== null) newest.set(name, event);
  }
  return [...newest.values()];
}

/** A page of a document: each of its updates is a blob, cut into pieces of `pageBytes`, which is also all that a page holds. */
export function pageOf(
  log: readonly ClassroomEvent[],
  { document, after, index = Infinity }: CommandOf<'load'>,
  pageBytes: number,
): Pick<EventOf<'document'>, 'pieces' | 'isLast' | 'bytes'> {
  const blobs = log.flatMap(({ type, seq, data }) => {
    const { document: name, update } = data as { document: string; update: string };
    return type === 'board.update' && name === document ? [{ n: seq, bytes: fromBase64(update) }] : [];
  });
  const pieces: DocumentPiece[] = [];
  let left = pageBytes;
  for (const { n, bytes } of blobs) {
    const count = Math.max(1, Math.ceil(bytes.length / pageBytes));
    for (let at = 0; at < count; at++) {
      if (n < after || (n === after && at < index)) continue;
      const part = bytes.subarray(at * pageBytes, (at + 1) * pageBytes);
      left -= part.length;
      if (left < 0) return { pieces, isLast: false, bytes: sum(blobs) };
      pieces.push({ n, index: at, count, data: toBase64(part) });
    }
  }
  return { pieces, isLast: true, bytes: sum(blobs) };
}

function sum(blobs: readonly { bytes: Uint8Array }[]): number {
  return blobs.reduce((total, { bytes }) => total + bytes.length, 0);
}
