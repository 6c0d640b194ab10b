import { ChalklineError, encode } from '@chalkline/client-sdk/protocol';
import type { CommandHandler } from '../router.ts';

/** Each classroom costs the store a call, and a frame has room for a thousand. */
const CLASSROOMS = 100;

/** Keeps the seats alive and tells the heads: a client that is behind one recovers. */
export const ping: CommandHandler<'ping'> = async ({ store }, { connectionId }, { ref, positions }) => {
  const classroomIds = Object.keys(positions);
  if (classroomIds.length > CLASSROOMS) {
    throw new ChalklineError('bad-envelope', `unable to ping; it names more than ${CLASSROOMS} classrooms`);
  }
  const { heads, announcements } = await store.touch(connectionId, classroomIds);
  return { answers: [encode({ action: 'pong', ref, heads: { ...heads } })], announcements };
};
