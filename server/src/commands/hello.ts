import {
  encode,
  PROTOCOL_VERSION,
  SERVER_FRAME_BYTES,
  type EventOf,
  type Join,
} from '@chalkline/client-sdk/protocol';
import type { Backend } from '../backend.ts';
import { asChalklineError, causesOf } from '../failure.ts';
import { ENVELOPE_BYTES, itemBytes } from '../frames.ts';
import type { Announcement } from '../ports.ts';
import type { CommandHandler } from '../router.ts';
import { currentClaims } from './claims.ts';
import { takeSeat, type JoinTrace } from './join.ts';

type Answer = EventOf<'welcome'>['classrooms'][number];

/** The first frame of a socket, and later the one that brings a fresh token: says who we are and takes every seat. */
export const hello: CommandHandler<'hello'> = async (backend, speaker, command) => {
  const claims = await currentClaims(backend, speaker, command.token);
  const { connectionId } = speaker;
  const { clientId, turn, joins = [] } = command;
  const seats = await Promise.all(
    joins.map((join) =>
      takeSeat(backend, { connectionId, clientId, turn, claims, join }).catch((error: unknown) =>
        refused(backend, connectionId, join, error),
      ),
    ),
  );
  const classrooms: Answer[] = [];
  const welcome = {
    action: 'welcome',
    ref: command.ref,
    connectionId,
    userId: claims.userId,
    name: claims.name,
    expiresAt: claims.expiresAt,
    at: backend.clock(),
    classrooms,
  } as const;
  const followers: string[] = [];
  let room = SERVER_FRAME_BYTES - ENVELOPE_BYTES - itemBytes(welcome);
  for (const { joined, tail } of seats) {
    const bytes = itemBytes(joined);
    if (bytes > room) followers.push(encode(joined));
    else {
      classrooms.push(joined);
      room -= bytes;
    }
    followers.push(...tail);
  }
  return {
    answers: [encode(welcome), ...followers],
    announcements: seats.flatMap(({ announcement }) => announcement ?? []),
    trace: { joins: seats.flatMap(({ trace }) => trace ?? []) },
  };
};

/** One classroom that is not to be had keeps nobody from the others. */
function refused(
  { log }: Pick<Backend, 'log'>,
  connectionId: string,
  { classroomId }: Join,
  error: unknown,
): { joined: Answer; tail: string[]; announcement?: Announcement; trace?: JoinTrace } {
  const problem = asChalklineError(error);
  const { code, message, retryable, retryAfterMs } = problem;
  log({
    action: 'hello',
    outcome: code,
    connectionId,
    classroomId,
    ...(code === 'internal' ? { cause: causesOf(problem) } : {}),
  });
  return {
    joined: { v: PROTOCOL_VERSION, action: 'error', classroomId, code, message, retryable, retryAfterMs },
    tail: [],
  };
}
