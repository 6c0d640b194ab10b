import { isChange } from '../chat-message.ts';
import {
  ChalklineError,
  hiddenEvent,
  visibleTo,
  type ClassroomEvent,
  type Sender,
} from '../protocol/index.ts';

/** The chat's messages as they are now: those of the log are kept so. */
export function chatOf(log: readonly ClassroomEvent[]): ClassroomEvent[] {
  return log.filter(({ type }) => /^chat\.(send|announce|whisper|gone)$/.test(type));
}

/**
 * Prepares an event of the chat for the log: says who may read it, and does to the message what it tells of.
 * @throws ChalklineError `not-found`, `forbidden`
 */
export function changeChat(log: ClassroomEvent[], event: ClassroomEvent): void {
  const { from, at, type, data } = event;
  if (type === 'chat.whisper') {
    const { to } = data as { to?: string };
    if (to !== undefined && from.role !== 'teacher') throw refusal('forbidden');
    event.to = [from.userId, ...(to === undefined ? [] : [to])];
  }
  if (!isChange(event)) return;
  const { target, text, emoji = '' } = event.data;
  const message = chatOf(log).find(
    ({ id, seq, from: { userId } }) =>
      id === target.id && (target.seq === undefined ? userId === from.userId : seq === target.seq),
  );
  if (!message || visibleTo(message, from) !== message) throw refusal('not-found');
  if (message.to) event.to = message.to;
  const isOwn = message.from.userId === from.userId;
  if (!(isOwn || type.endsWith('react') || (type === 'chat.delete' && from.role === 'teacher')))
    throw refusal('forbidden');
  if (message.type === 'chat.gone') {
    if (type === 'chat.delete') return;
    throw refusal('not-found');
  }
  const index = message.seq - 1;
  if (type.endsWith('react')) {
    log[index] = { ...message, reactions: reacted(message, from, emoji, type === 'chat.react') };
    return;
  }
  // What was there before is to be read nowhere.
  for (const other of log.filter((earlier) => earlier.type === 'chat.edit' && isChange(earlier)))
    if ((other as typeof event).data.target.id === target.id) log[other.seq - 1] = hiddenEvent(other);
  if (type === 'chat.edit')
    log[index] = { ...message, data: { ...(message.data as object), text }, editedAt: at };
  else {
    const { seq, id, to } = message;
    const gone = { deletedAt: at, deletedBy: from };
    log[index] = { seq, id, type: 'chat.gone', at: message.at, from: message.from, to, data: gone };
  }
}

function reacted({ reactions = [] }: ClassroomEvent, { userId }: Sender, emoji: string, isAdded: boolean) {
  const known = reactions.some((reaction) => reaction[0] === emoji)
    ? reactions
    : [...reactions, reactionOf(emoji)];
  return known
    .map(([other, userIds]) => {
      const others = userIds.filter((id) => id !== userId);
      if (other !== emoji || (isAdded && userIds.includes(userId))) return reactionOf(other, userIds);
      return reactionOf(other, isAdded ? [...others, userId] : others);
    })
    .filter(([, userIds]) => userIds.length > 0);
}

function reactionOf(emoji: string, userIds: string[] = []): [string, string[]] {
  return [emoji, userIds];
}

function refusal(code: 'not-found' | 'forbidden'): ChalklineError {
  return new ChalklineError(code, `unable to publish; ${code}`);
}
