import { ChalklineError, encode } from '@chalkline/client-sdk/protocol';
import { commandRoles } from '../permissions.ts';
import type { CommandHandler } from '../router.ts';

/** Fans out what need not survive: no answer, no log, no number. */
export const signal: CommandHandler<'signal'> = async (
  { store },
  { connectionId },
  { classroomId, signals },
) => {
  const { seat, recipients } = await store.audience(classroomId, connectionId);
  if (!commandRoles.signal.includes(seat.role)) {
    throw new ChalklineError('forbidden', 'unable to signal; your role may not');
  }
  const frame = encode({ action: 'signals', classroomId, userId: seat.userId, signals });
  return { answers: [], posts: recipients.map((recipient) => ({ connectionId: recipient, frame })) };
};
