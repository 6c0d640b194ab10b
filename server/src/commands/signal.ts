import { ChalklineError, encode } from '@chalkline/client-sdk/protocol';
import { itemBytes } from '../frames.ts';
import { commandRoles } from '../permissions.ts';
import type { CommandHandler } from '../router.ts';

/** The topic of a signal: the noun of its type. */
const topicOf = ({ type }: { type: string }): string => type.split('.')[0] ?? type;

/** Tells the others what need not survive: no log, no number, and no answer but for what is refused. */
export const signal: CommandHandler<'signal'> = async (
  { store },
  { connectionId },
  { classroomId, signals },
) => {
  const topics = [...new Set(signals.map(topicOf))];
  const asksTeachers = signals.some(({ to }) => to !== undefined);
  const { seat, recipients, teachers, closed } = await store.audience(
    classroomId,
    connectionId,
    topics,
    itemBytes(signals),
    asksTeachers,
  );
  if (!commandRoles.signal.includes(seat.role)) {
    throw new ChalklineError('forbidden', 'unable to signal; your role may not');
  }
  const open = signals.filter((item) => !closed.includes(topicOf(item)));
  // Teachers hear what is for them in the one frame that has the rest.
  const [forTeachers, forOthers] = [open, open.filter(({ to }) => to === undefined)].map((heard) =>
    heard.length > 0
      ? encode({ action: 'signals', classroomId, userId: seat.userId, signals: heard })
      : undefined,
  );
  const message = `unable to signal; "${closed[0]}" is closed`;
  const refusal = encode({ action: 'error', classroomId, code: 'forbidden', message, retryable: false });
  return {
    answers: closed.length > 0 ? [refusal] : [],
    posts: recipients.flatMap((recipient) => {
      const frame = teachers.includes(recipient) ? forTeachers : forOthers;
      return frame === undefined ? [] : [{ connectionId: recipient, frame }];
    }),
  };
};
