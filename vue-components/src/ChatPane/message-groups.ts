import type { ChatMessage } from '@chalkline/client-sdk';

/** Messages of one author that stand together under one name. */
export interface MessageGroup {
  /** The id of its first message. */
  key: string;
  from: ChatMessage['from'];
  isOwn: boolean;
  /** When its first message was written, in ms since 1970. */
  at: number;
  /** Whether a divider naming the day stands above. */
  isFirstOfDay: boolean;
  messages: [ChatMessage, ...ChatMessage[]];
}

const MINUTE_MS = 60_000;

const dayOf = (at: number) => new Date(at).setHours(0, 0, 0, 0);

/** Groups `messages`, which are in order: same author, same day, and within a minute of the group's first. */
export function groupMessages(messages: readonly ChatMessage[]): MessageGroup[] {
  const groups: MessageGroup[] = [];
  for (const message of messages) {
    const last = groups.at(-1);
    const isFirstOfDay = last === undefined || dayOf(last.at) !== dayOf(message.at);
    if (
      last !== undefined &&
      !isFirstOfDay &&
      last.from.userId === message.from.userId &&
      Math.abs(message.at - last.at) < MINUTE_MS
    ) {
      last.messages.push(message);
    } else {
      const { from, isOwn, at, id } = message;
      groups.push({ key: id, from, isOwn, at, isFirstOfDay, messages: [message] });
    }
  }
  return groups;
}
