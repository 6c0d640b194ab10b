import {
  ChalklineError,
  byteLength,
  encode,
  PROTOCOL_VERSION,
  SERVER_FRAME_BYTES,
  type EventOf,
  type Join,
} from '@chalkline/client-sdk/protocol';
import type { Backend } from '../backend.ts';
import { ENVELOPE_BYTES, eventFrames, newestThatFit, runsOf } from '../frames.ts';
import { countGhosts } from '../ghosts.ts';
import { permissionsOf, roleIn } from '../permissions.ts';
import type { Announcement, Claims } from '../ports.ts';
import type { CommandHandler } from '../router.ts';
import { currentClaims } from './claims.ts';

/** Takes a seat in a classroom, or takes it again to fetch what was missed. */
export const join: CommandHandler<'join'> = async (backend, speaker, command) => {
  const claims = await currentClaims(backend, speaker, command.token);
  const { joined, tail, announcement, trace } = await takeSeat(backend, {
    connectionId: speaker.connectionId,
    clientId: command.clientId,
    turn: command.turn,
    claims,
    join: command,
  });
  return {
    answers: [encode({ ...joined, ref: command.ref }), ...tail],
    announcements: [announcement],
    trace: { joins: [trace] },
  };
};

/** A `joined` that may stand alone or inside a `welcome`. */
export type JoinedFrame = EventOf<'joined'>;

interface SeatRequest {
  connectionId: string;
  clientId: string;
  turn: number | undefined;
  claims: Claims;
  join: Join;
}

/** What the log tells of a seat that was taken: which events its member has now, and whether there was a gap. */
export interface JoinTrace {
  classroomId: string;
  /** The seq after which they came; absent for a newcomer. */
  after?: number;
  head: number;
  recovered: boolean;
}

/** The `joined` answer, the frames that must follow it, and what the others hear. */
export async function takeSeat(
  backend: Pick<Backend, 'store' | 'messages' | 'state' | 'meter'>,
  { connectionId, clientId, turn, claims, join: { classroomId, position } }: SeatRequest,
): Promise<{ joined: JoinedFrame; tail: string[]; announcement: Announcement; trace: JoinTrace }> {
  const tokenRole = roleIn(claims, classroomId);
  if (!tokenRole)
    throw new ChalklineError('forbidden', `unable to join; the token does not name classroom ${classroomId}`);
  const { userId, name, expiresAt } = claims;
  const outcome = await backend.store.join({
    classroomId,
    seat: { connectionId, clientId, turn, userId, name, role: tokenRole, expiresAt },
    position,
  });
  const { role } = outcome;
  countGhosts(backend.meter, [outcome.announcement]);
  backend.meter.add('members', outcome.members.length);
  if (position) backend.meter.add(outcome.recovered ? 'recoveries' : 'discontinuities');
  const base: Omit<JoinedFrame, 'events' | 'chat' | 'hasOlderChat' | 'state'> = {
    v: PROTOCOL_VERSION,
    action: 'joined',
    classroomId,
    head: outcome.head,
    role,
    permissions: permissionsOf(backend, role, tokenRole),
    members: [...outcome.members],
    recovered: outcome.recovered,
    graceMs: outcome.graceMs,
    leaseMs: outcome.leaseMs,
  };
  const room = SERVER_FRAME_BYTES - ENVELOPE_BYTES - byteLength(JSON.stringify(base));
  // What is recovered must all arrive, so what does not fit follows; of the chat, the newest page is enough.
  const [events = [], ...rest] = runsOf(outcome.events, room);
  const chat = newestThatFit(outcome.chat, room);
  return {
    joined: {
      ...base,
      events,
      chat,
      hasOlderChat: outcome.hasOlderChat || chat.length < outcome.chat.length,
      // All of it, too; a frame that grows too large by it travels in chunks.
      ...(outcome.recovered ? {} : { state: [...outcome.state] }),
    },
    tail: rest.flatMap((run) => eventFrames(classroomId, outcome.head.epoch, run)),
    announcement: outcome.announcement,
    trace: {
      classroomId,
      ...(position ? { after: position.seq } : {}),
      head: outcome.head.seq,
      recovered: outcome.recovered,
    },
  };
}
