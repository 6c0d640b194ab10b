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
  const bytes = itemBytes(signals);
  const { seat, recipients, closed } = await store.audience(classroomId, connectionId, topics, bytes);
  if (!commandRoles.signal.includes(seat.role)) {
    throw new ChalklineError('forbidden', 'unable to signal; your role may not');
  }
  const open = signals.filter((item) => !closed.includes(topicOf(item)));
  const frame = encode({ action: 'signals', classroomId, userId: seat.userId, signals: open });
  const message = `unable to signal; "${closed[0]}" is closed`;
  const refusal = encode({ action: 'error', classroomId, code: 'forbidden', message, retryable: false });
  return {
    answers: closed.length > 0 ? [refusal] : [],
    posts: open.length > 0 ? recipients.map((recipient) => ({ connectionId: recipient, frame })) : [],
  };
};
