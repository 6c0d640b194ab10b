import {
  byteLength,
  encode,
  PROTOCOL_VERSION,
  SERVER_FRAME_BYTES,
  type EventOf,
} from '@chalkline/client-sdk/protocol';
import { asChalklineError } from '../failure.ts';
import type { Announcement } from '../ports.ts';
import type { CommandHandler } from '../router.ts';
import { currentClaims } from './claims.ts';
import { takeSeat } from './join.ts';

type Answer = EventOf<'welcome'>['classrooms'][number];

/** The first frame of a socket, and later the one that brings a fresh token: says who we are and takes every seat. */
export const hello: CommandHandler<'hello'> = async (backend, speaker, command) => {
  const claims = await currentClaims(backend, speaker, command.token);
  const { connectionId } = speaker;
  const classrooms: Answer[] = [];
  const tail: string[] = [];
  const announcements: Announcement[] = [];
  let room = SERVER_FRAME_BYTES - 1024;
  await Promise.all(
    (command.joins ?? []).map(async (join) => {
      const { classroomId } = join;
      try {
        const seat = await takeSeat(backend, { connectionId, clientId: command.clientId, claims, join });
        const bytes = byteLength(JSON.stringify(seat.joined)) + 1;
        if (bytes <= room) classrooms.push(seat.joined);
        else tail.push(encode(seat.joined));
        room -= bytes <= room ? bytes : 0;
        tail.push(...seat.tail);
        announcements.push(seat.announcement);
      } catch (error) {
        const { code, message, retryable } = asChalklineError(error);
        classrooms.push({ v: PROTOCOL_VERSION, action: 'error', classroomId, code, message, retryable });
      }
    }),
  );
  const welcome = encode({
    action: 'welcome',
    ref: command.ref,
    connectionId,
    userId: claims.userId,
    name: claims.name,
    expiresAt: claims.expiresAt,
    classrooms,
  });
  return { answers: [welcome, ...tail], announcements };
};
