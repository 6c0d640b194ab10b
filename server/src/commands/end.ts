import { encode } from '@chalkline/client-sdk/protocol';
import { openEndedClassroom } from '../ended-classroom.ts';
import { asChalklineError, causesOf } from '../failure.ts';
import { commandRoles } from '../permissions.ts';
import type { CommandHandler } from '../router.ts';

/**
 * Ends the class: everyone is told and loses their seat, sockets without a seat elsewhere are closed, and the platform gets what it
 * wants to keep.
 */
export const end: CommandHandler<'end'> = async (backend, { connectionId }, { ref, classroomId }) => {
  const { store, gateway, onEnded, log } = backend;
  const { recipients, idle, readerId, ...found } = await store.end(
    classroomId,
    connectionId,
    commandRoles.end,
  );
  const message = 'unable to go on; the class is over';
  const over = encode({ action: 'error', classroomId, code: 'classroom-ended', message, retryable: false });
  return {
    answers: [encode({ action: 'ended', ref, classroomId })],
    posts: recipients.map((recipient) => ({ connectionId: recipient, frame: over })),
    afterwards: async () => {
      try {
        await Promise.all(idle.map((connection) => gateway.disconnect(connection)));
        await onEnded?.(openEndedClassroom(store, classroomId, readerId, found));
        await store.leave(classroomId, readerId);
      } catch (error) {
        const problem = asChalklineError(error);
        log({ action: 'export', outcome: problem.code, classroomId, cause: causesOf(problem) });
      }
    },
  };
};
