import { isErrorCode, type ClassroomEvent, type Member, type Sender } from '@chalkline/client-sdk/protocol';
import type { Announcement, AppendResult, Draft, Projection, Reader, Seat } from '../../ports.ts';
import { bodyOf } from '../draft-body.ts';
import { effectOf } from '../effects.ts';

export const eventsOf = (texts: readonly string[]): ClassroomEvent[] =>
  texts.map((text) => JSON.parse(text) as ClassroomEvent);

/** The chat's messages as they are kept, in lines, of which the first four are not of the event. */
export const messagesOf = (texts: readonly string[]): ClassroomEvent[] =>
  eventsOf(texts.map((text) => text.split('\n').slice(4).join('\n')));

export const inOrder = (texts: readonly string[]): ClassroomEvent[] =>
  eventsOf(texts).sort((a, b) => a.seq - b.seq);

export function memberOf(text: string): Member {
  const stored = JSON.parse(text) as Pick<Member, 'status'> &
    Record<'sender' | 'joinedAt', string> & {
      devices: number;
    };
  return {
    ...(JSON.parse(stored.sender) as Sender),
    status: stored.status,
    joinedAt: Number(stored.joinedAt),
    ...(stored.devices > 1 ? { devices: stored.devices } : {}),
  };
}

export function seatOf(connectionId: string, text: string): Seat {
  const { clientId, expiresAt, sender } = JSON.parse(text) as Record<
    'clientId' | 'expiresAt' | 'sender',
    string
  >;
  return { connectionId, clientId, ...(JSON.parse(sender) as Sender), expiresAt: Number(expiresAt) };
}

/** What append.lua asks of a draft's projection: its kind, what it is named, and what comes there. */
function projectionOf(projection: Projection | undefined): [string, string, string] {
  switch (projection?.of) {
    case undefined:
      return ['', '', ''];
    case 'chat':
      return [projection.isPrivate ? 'whisper' : 'chat', projection.to ?? '', ''];
    case 'message': {
      const { change, target, value } = projection;
      const name = `${target.seq ?? ''}:${JSON.stringify(target.id)}`;
      if (change === 'edit') return [change, name, JSON.stringify(value)];
      // `delete` is of the state.
      return [change === 'delete' ? 'erase' : change, name, value];
    }
    case 'document':
      return ['document', projection.document, projection.update];
    case 'state': {
      const { key, userId, isDeleted } = projection;
      const effect = effectOf(projection);
      const kind =
        effect === 'appoint' && isDeleted ? 'dismiss' : (effect ?? (isDeleted ? 'delete' : 'state'));
      // A key has no blank in it.
      return [kind, userId === undefined ? key : `${key} ${userId}`, ''];
    }
  }
}

export function argumentsOf(draft: Draft): string[] {
  const { id, publishers, topic = '', projection } = draft;
  return [JSON.stringify(id), `,${publishers.join(',')},`, topic, ...projectionOf(projection), bodyOf(draft)];
}

/** Who sits behind each connection, of a list that names them in turn; undefined if it is empty. */
export function readersOf(connectionIdsAndSeats: readonly string[]): Announcement['readers'] {
  const readers = new Map<string, Reader>();
  for (let index = 0; index < connectionIdsAndSeats.length; index += 2) {
    const [connectionId = '', text = '{}'] = connectionIdsAndSeats.slice(index, index + 2);
    readers.set(connectionId, JSON.parse(text) as Reader);
  }
  return readers.size > 0 ? readers : undefined;
}

export function resultOf({ id }: Draft, text: string): AppendResult {
  const [outcome = '', first, second] = text.split(':');
  if (outcome === 'rate-limited') return { id, error: outcome, retryAfterMs: Number(first) };
  if (outcome === 'locked') return { id, error: 'forbidden', isClosed: true };
  if (isErrorCode(outcome)) return { id, error: outcome };
  return { id, seq: Number(first), at: Number(second), isDuplicate: outcome === 'duplicate' };
}

export const byJoining = (a: Member, b: Member): number =>
  a.joinedAt - b.joinedAt || (a.userId < b.userId ? -1 : 1);
export const othersOf = (recipients: string, except?: string): string[] =>
  (JSON.parse(recipients) as string[]).filter((recipient) => recipient !== except);
