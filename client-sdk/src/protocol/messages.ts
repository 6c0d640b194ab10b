import * as z from 'zod/mini';
import { chatMarks, chatMessages, chatRemains } from './chat.ts';
import { countSchema, nameSchema, ordinalSchema, senderSchema, type Role, type Sender } from './names.ts';
import { stateEntrySchema } from './state.ts';

/** Letters, digits and `_ . : ~ -`: safe in a URL, in a log line and as a Redis hash tag. */
export const classroomIdSchema = z.string().check(z.regex(/^[\w.:~-]{1,128}$/));

/** Names a shared document; `chat` is none, as its topic is that of the chat. */
export const documentSchema = z.string().check(
  z.regex(/^[\w-]{1,64}$/),
  z.refine((name) => name !== 'chat'),
);

/** A place in a classroom's log. Seqs of different epochs cannot be compared: the store lost the log in between. */
export const positionSchema = z.object({ epoch: nameSchema, seq: countSchema });
export type Position = z.infer<typeof positionSchema>;

/**
 * A member of a classroom: a user, however many tabs they have open. `reconnecting` means that the server lost their
 * last connection and gives them a while to come back. `joinedAt` is in ms since 1970. `devices` is told where they are here with
 * more than one: each tab counts.
 */
export const memberSchema = z.object({
  ...senderSchema.shape,
  status: z.literal(['online', 'reconnecting']),
  joinedAt: z.number(),
  devices: z.optional(countSchema),
});
export type Member = z.infer<typeof memberSchema>;

/**
 * One entry of a classroom's log. `seq` counts from 1 without a gap; `at` is the server's time in ms since 1970;
 * `id` is the publisher's idempotency key.
 */
export const classroomEventSchema = z.object({
  seq: ordinalSchema,
  id: nameSchema,
  type: nameSchema,
  at: z.number(),
  from: senderSchema,
  data: z.unknown(),
  ...chatMarks,
});

export interface ClassroomEvent<T extends string = string, D = unknown> {
  seq: number;
  id: string;
  type: T;
  at: number;
  from: Sender;
  data: D;
  /** Of what is private in the chat: the members who may read it, beside the teachers. */
  to?: string[] | undefined;
  /** Of a chat message as it is now: when it was edited last, in ms since 1970 … */
  editedAt?: number | undefined;
  /** … and each emoji with the userIds of those who chose it. */
  reactions?: [emoji: string, userIds: string[]][] | undefined;
}

/** One item of a `publish`: `id` is made by the client and is the same on every resend. */
export const messageSchema = z.object({ id: nameSchema, type: nameSchema, data: z.unknown() });
export type Message = z.infer<typeof messageSchema>;

/** A kind of message: the shape of its `data`, checked on both ends, and the roles that may publish it. */
export interface MessageDefinition<S extends z.core.$ZodType = z.core.$ZodType> {
  schema: S;
  /** @default ['teacher', 'student'] */
  publishers?: readonly Role[];
  /** What a teacher closes and opens, for all or for one: `chat`, a document's name. @default it is always open */
  topic?(data: z.infer<S>): string;
  /**
   * Whether a newcomer gets the newest of each member, as with votes. It counts as an entry of the state then.
   * @default false: who comes later does not hear of it
   */
  keepsNewest?: boolean;
}

/** Message types by name (`noun.verb`). An app writes one such object and gives it to both ends. */
export type MessageDefinitions = Readonly<Record<string, MessageDefinition>>;

/** The `data` of the message type `T`. */
export type MessageData<M extends MessageDefinitions, T extends keyof M> = z.infer<M[T]['schema']>;

/** What Chalkline itself lets members publish. */
export const builtInMessages = {
  ...chatMessages,
  /** A Yjs update (version 1, in base64) of a shared document; the whiteboard's is `board`. */
  'board.update': {
    schema: z.object({ document: documentSchema, update: z.base64() }),
    topic: ({ document }: { document: string }) => document,
  },
  /** An entry of the shared state: the last writer by seq wins. Its key's definition says what it may be, and whose. */
  'state.set': { schema: stateEntrySchema },
} as const satisfies MessageDefinitions;

export type BuiltInMessages = typeof builtInMessages;

/** All that members of a backend may publish: an app's own messages and Chalkline's, the private ones if they are allowed. */
export function allowedMessages(own: MessageDefinitions = {}, privateMessages = false): MessageDefinitions {
  const whisper = builtInMessages['chat.whisper'];
  return {
    ...own,
    ...builtInMessages,
    'chat.whisper': privateMessages ? whisper : { ...whisper, publishers: [] },
  };
}

/** What the server itself writes. `member.drop`: the link is lost and the member may come back. */
export const serverMessages = {
  'member.join': { schema: memberSchema, publishers: [] },
  'member.drop': { schema: memberSchema, publishers: [] },
  'member.leave': { schema: memberSchema, publishers: [] },
  ...chatRemains,
} as const satisfies MessageDefinitions;

/** An ephemeral item: fanned out to the others, never stored, never numbered. */
export const signalSchema = z.object({
  type: nameSchema,
  data: z.unknown(),
  /** Whom it is for. @default all others */
  to: z.optional(z.literal('teachers')),
});
export type Signal = z.infer<typeof signalSchema>;
