import type { ChatMessage } from '@chalkline/client-sdk';

/** One message as a row of the list, and what stands above it. */
export interface MessageRow {
  message: ChatMessage;
  /** Whether the author's name stands above: the messages before are someone else's, older, or of another kind. */
  isFirstOfGroup: boolean;
  /** Whether a divider naming the day stands above. */
  isFirstOfDay: boolean;
  /** Whether the divider of what is unread stands above. */
  isFirstUnread: boolean;
}

const MINUTE_MS = 60_000;

const dayOf = (at: number) => new Date(at).setHours(0, 0, 0, 0);

/**
 * A row for each of `messages`, which are in order. Grouped is what one author wrote within a minute of the group's first.
 *
 * @param firstUnreadId the message above which the divider of what is unread stands.
 */
export function messageRows(messages: readonly ChatMessage[], firstUnreadId?: string): MessageRow[] {
  const rows: MessageRow[] = [];
  let day = NaN;
  let groupAt = 0;
  for (const message of messages) {
    const before = rows.at(-1)?.message;
    const ownDay = dayOf(message.at);
    const isFirstOfDay = ownDay !== day;
    const isFirstUnread = message.id === firstUnreadId;
    const isFirstOfGroup =
      isFirstOfDay ||
      isFirstUnread ||
      before?.from.userId !== message.from.userId ||
      Math.abs(message.at - groupAt) >= MINUTE_MS;
    if (isFirstOfGroup) groupAt = message.at;
    day = ownDay;
    rows.push({ message, isFirstOfGroup, isFirstOfDay, isFirstUnread });
  }
  return rows;
}
