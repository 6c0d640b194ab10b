import * as z from 'zod/mini';
import { CHAT_MENTIONS, CHAT_TEXT_LENGTH } from './limits.ts';
import { nameSchema, ordinalSchema, senderSchema, type Role, type Sender } from './names.ts';

// Fillers are letters and symbols that show nothing. A pictograph may be younger than the Unicode of whoever checks it.
const visible = /(?![\u115F\u1160\u3164\uFFA0\u2800])[\p{L}\p{N}\p{P}\p{S}\p{Extended_Pictographic}]/u;

/** Something to see, and no more than a message has room for. */
const text = z.string().check(z.maxLength(CHAT_TEXT_LENGTH), z.regex(visible));

/** Just one emoji: a flag, a keycap, or a pictograph with what colours it, tags it or is joined to it. */
const emojiPart =
  '\\p{Extended_Pictographic}\\uFE0F?\\p{Emoji_Modifier}?(?:[\\u{E0020}-\\u{E007E}]+\\u{E007F})?';
const emoji = z
  .string()
  .check(
    z.maxLength(40),
    z.regex(
      new RegExp(
        `^(?:\\p{Regional_Indicator}{2}|[\\d#*]\\uFE0F?\\u20E3|${emojiPart}(?:\\u200D${emojiPart})*)$`,
        'u',
      ),
    ),
  );

const said = {
  text,
  /** The id of the message that this one answers. */
  replyTo: z.optional(nameSchema),
  /** The userIds of those who are spoken to. */
  mentions: z.optional(z.array(nameSchema).check(z.maxLength(CHAT_MENTIONS))),
};

/** A message of the chat: by its id and its seq; without the seq, the own one that has this id. */
const target = z.object({ id: nameSchema, seq: z.optional(ordinalSchema) });
const topic = (): string => 'chat';

/** What members publish into the chat. */
export const chatMessages = {
  'chat.send': { schema: z.object(said), topic },
  'chat.announce': { schema: z.object(said), publishers: ['teacher'], topic },
  /** For the teachers alone; from a teacher also for the member `to`. A backend has to allow it. */
  'chat.whisper': { schema: z.object({ ...said, to: z.optional(nameSchema) }), topic },
  'chat.edit': { schema: z.object({ target, text }), topic },
  /** Whoever is muted may still take back what they wrote. */
  'chat.delete': { schema: z.object({ target }) },
  'chat.react': { schema: z.object({ target, emoji }), topic },
  'chat.unreact': { schema: z.object({ target, emoji }), topic },
} as const;

/** What the server puts in the place of chat events. */
export const chatRemains = {
  /** A message that was deleted. */
  'chat.gone': { schema: z.object({ deletedAt: z.number(), deletedBy: senderSchema }), publishers: [] },
  /** What the reader may not see, or what an edit or a deletion has made void. */
  'chat.hidden': { schema: z.unknown(), publishers: [] },
} as const;

/** What an event of the chat has beside its data. */
export const chatMarks = {
  /** Of what is private: the members who may read it, beside the teachers. */
  to: z.optional(z.array(nameSchema)),
  editedAt: z.optional(z.number()),
  /** Each emoji with the userIds of those who chose it. */
  reactions: z.optional(z.array(z.tuple([z.string(), z.array(nameSchema)]))),
};

/** An event as a reader may see it: of what is private to others, nothing but its place is left. */
export function visibleTo<E extends { seq: number; at: number; to?: readonly string[] | undefined }>(
  event: E,
  { userId, role }: { userId: string; role: Role },
): E | HiddenEvent {
  if (!event.to || role === 'teacher' || event.to.includes(userId)) return event;
  return hiddenEvent(event);
}

/** What is left of an event that is not to be seen: its place. */
export function hiddenEvent({ seq, at }: { seq: number; at: number }): HiddenEvent {
  return { seq, id: `hidden:${seq}`, type: 'chat.hidden', at, from: nobody, data: null };
}

export interface HiddenEvent {
  seq: number;
  id: string;
  type: 'chat.hidden';
  at: number;
  from: Sender;
  data: null;
}

const nobody: Sender = { userId: '-', name: '', role: 'observer' };
