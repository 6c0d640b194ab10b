import type {
  BuiltInMessages,
  ChalklineError,
  ClassroomEvent,
  MessageData,
  Sender,
} from './protocol/index.ts';

/** One message of the timeline. */
export interface ChatMessage {
  id: string;
  /** `pending`: not acked yet; `failed`: refused, with `error`, and `retry` may send it again. */
  status: 'pending' | 'sent' | 'failed';
  /** The place in the classroom's log; absent until sent. */
  seq?: number;
  /** ms since 1970: the server's time once sent. */
  at: number;
  from: Sender;
  /** As it was edited last; empty once it is deleted. */
  text: string;
  isOwn: boolean;
  error?: ChalklineError;
  /** When its text was edited last, in ms since 1970. */
  editedAt?: number;
  /** When it was deleted, in ms since 1970: it keeps its place, and nothing else is left of it. */
  deletedAt?: number;
  deletedBy?: Sender;
  /** The id of the message that it answers, which may not be loaded, or be hidden from us. */
  replyTo?: string;
  /** The userIds of those whom it mentions. */
  mentions: readonly string[];
  /** In the order in which each emoji was chosen first. */
  reactions: readonly ChatReaction[];
  isAnnouncement: boolean;
  /** Only the teachers see it, its sender, and the member `to`. */
  isPrivate: boolean;
  /** The userId of the member whom a teacher wrote it to in private. */
  to?: string;
}

/** The members who chose one emoji. */
export interface ChatReaction {
  emoji: string;
  userIds: readonly string[];
  /** Whether we are among them. */
  isOwn: boolean;
}

/** What a message of ours is beside its text. */
export interface SendOptions {
  /** The id of the message that it answers. */
  replyTo?: string | undefined;
  /** The userIds of those whom it mentions: at most 50. */
  mentions?: readonly string[] | undefined;
  /**
   * For the teachers alone, where the backend allows it: `can('chat.whisper')` tells. A teacher's is also for the member `to`.
   * @default false
   */
  isPrivate?: boolean | undefined;
  /**
   * The userId of whom a teacher writes to in private, who need not be there. @default of an answer, the member with whom the
   * private talk is; else the other teachers alone
   */
  to?: string | undefined;
  /** For teachers. @default false */
  isAnnouncement?: boolean | undefined;
}

type Said = MessageData<BuiltInMessages, 'chat.whisper'>;
type EventData = Partial<Said> & Partial<{ deletedAt: number; deletedBy: Sender }>;

/** The userId of the member with whom the teachers have the private talk that this message is a part of. */
export function partnerOf(message: ChatMessage | undefined): string | undefined {
  if (!message?.isPrivate) return undefined;
  return message.to ?? (message.isOwn || message.from.role === 'teacher' ? undefined : message.from.userId);
}

/** What is published of a message. */
export function draftOf(
  text: string,
  { replyTo, mentions = [], isPrivate = false, to, isAnnouncement = false }: SendOptions,
): { type: string; data: Said } {
  const data: Said = { text };
  if (replyTo !== undefined) data.replyTo = replyTo;
  if (mentions.length > 0) data.mentions = [...mentions];
  if (to !== undefined) data.to = to;
  return { type: isPrivate ? 'chat.whisper' : isAnnouncement ? 'chat.announce' : 'chat.send', data };
}

/** What becomes of a message that stands in the timeline. */
export type ChangeType = 'chat.edit' | 'chat.delete' | 'chat.react' | 'chat.unreact';
export interface Change extends ClassroomEvent<ChangeType> {
  data: { target: { id: string; seq?: number | undefined }; text?: string; emoji?: string };
}

export function isChange(event: { type: string }): event is Change {
  return /^chat\.(edit|delete|(un)?react)$/.test(event.type);
}

/** The message that an event tells of, as `self` sees it; undefined for an event that is no message of the chat. */
export function messageOf(
  event: Omit<ClassroomEvent, 'seq'> & { seq?: number | undefined },
  self: string,
): ChatMessage | undefined {
  const { id, type, seq, at, from, to: readers, editedAt, reactions = [] } = event;
  if (!/^chat\.(send|announce|whisper|gone)$/.test(type)) return undefined;
  const { text = '', replyTo, mentions = [], to, deletedAt, deletedBy } = event.data as EventData;
  return {
    id,
    status: seq === undefined ? 'pending' : 'sent',
    ...(seq === undefined ? {} : { seq }),
    at,
    from,
    text,
    isOwn: from.userId === self,
    ...(editedAt === undefined ? {} : { editedAt }),
    ...(deletedAt === undefined || deletedBy === undefined ? {} : { deletedAt, deletedBy }),
    ...(replyTo === undefined ? {} : { replyTo }),
    mentions,
    reactions: reactions.map(([emoji, userIds]) => reactionOf(emoji, userIds, self)),
    isAnnouncement: type === 'chat.announce',
    isPrivate: type === 'chat.whisper' || readers !== undefined,
    ...(to === undefined ? {} : { to }),
  };
}

/** A message of ours, pending as long as it has no seq. */
export function ownMessage(event: Parameters<typeof messageOf>[0]): ChatMessage {
  // Before the first welcome nobody knows who we are.
  return { ...messageOf(event, ''), isOwn: true } as ChatMessage;
}

/** The message after a change; the same where it changes nothing. */
export function changed(message: ChatMessage, { type, at, from, data }: Change, self: string): ChatMessage {
  if (message.deletedAt !== undefined) return message;
  const { text = '', emoji = '' } = data;
  if (type === 'chat.edit') return { ...message, text, editedAt: at };
  if (type === 'chat.delete') {
    const { id, seq, from: author, isPrivate } = message;
    const gone = { deletedAt: at, deletedBy: from };
    const to = isPrivate ? [] : undefined;
    // Just what is told to those who come later.
    const event = { id, seq, type: 'chat.gone', at: message.at, from: author, to, data: gone };
    return messageOf(event, self) ?? message;
  }
  const known = message.reactions.find((reaction) => reaction.emoji === emoji);
  const others = (known?.userIds ?? []).filter((userId) => userId !== from.userId);
  if ((known?.userIds.includes(from.userId) ?? false) === (type === 'chat.react')) return message;
  const userIds = type === 'chat.react' ? [...others, from.userId] : others;
  const reaction = reactionOf(emoji, userIds, self);
  const reactions = known
    ? message.reactions.map((other) => (other === known ? reaction : other))
    : [...message.reactions, reaction];
  return { ...message, reactions: reactions.filter((other) => other.userIds.length > 0) };
}

function reactionOf(emoji: string, userIds: readonly string[], self: string): ChatReaction {
  return { emoji, userIds, isOwn: userIds.includes(self) };
}
