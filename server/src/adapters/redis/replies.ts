import { isErrorCode, type ClassroomEvent, type Member, type Sender } from '@chalkline/client-sdk/protocol';
import type { AppendResult, Draft, Projection, Seat } from '../../ports.ts';
import { effectOf } from '../effects.ts';

export const eventsOf = (texts: readonly string[]): ClassroomEvent[] =>
  texts.map((text) => JSON.parse(text) as ClassroomEvent);

export const inOrder = (texts: readonly string[]): ClassroomEvent[] =>
  eventsOf(texts).sort((a, b) => a.seq - b.seq);

export function memberOf(text: string): Member {
  const stored = JSON.parse(text) as { sender: string; status: Member['status']; joinedAt: string };
  return {
    ...(JSON.parse(stored.sender) as Sender),
    status: stored.status,
    joinedAt: Number(stored.joinedAt),
  };
}

export function seatOf(connectionId: string, text: string): Seat {
  const { clientId, expiresAt, sender } = JSON.parse(text) as Record<
    'clientId' | 'expiresAt' | 'sender',
    string
  >;
  return { connectionId, clientId, ...(JSON.parse(sender) as Sender), expiresAt: Number(expiresAt) };
}

/** What append.lua asks of a draft's projection: its kind, what it is named, and the update. */
function projectionOf(projection: Projection | undefined): [string, string, string] {
  switch (projection?.of) {
    case undefined:
      return ['', '', ''];
    case 'chat':
      return ['chat', '', ''];
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

export function argumentsOf({ id, type, data, publishers, topic = '', projection }: Draft): string[] {
  const body = JSON.stringify({ id, type, data }).slice(1, -1);
  return [JSON.stringify(id), `,${publishers.join(',')},`, topic, ...projectionOf(projection), body];
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
