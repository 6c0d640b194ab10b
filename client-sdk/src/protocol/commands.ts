import * as z from 'zod/mini';
import { chunkSchema } from './chunk.ts';
import { HELLO_JOINS, HISTORY_PAGE, PING_CLASSROOMS, PROTOCOL_VERSION, PUBLISH_MESSAGES } from './limits.ts';
import {
  classroomIdSchema,
  documentSchema,
  messageSchema,
  positionSchema,
  signalSchema,
} from './messages.ts';
import { countSchema, nameSchema, ordinalSchema } from './names.ts';

const v = z.literal(PROTOCOL_VERSION);
const ref = countSchema;

/** A fresher token than the one that opened the socket: a seat lasts as long as the token it was taken with. */
const token = z.optional(z.string());

/**
 * Rises with each hello and join of a client. The platform may carry out an older one after a newer: it does not take the
 * seat away from the connection that the newer gave it to.
 */
const turn = z.optional(ref);

const joinSchema = z.object({ classroomId: classroomIdSchema, position: z.optional(positionSchema) });
/** A classroom to join, and the last position seen there, if any. */
export type Join = z.infer<typeof joinSchema>;

/** Client → server, by `action`. `ref` comes back on the answer. */
export const commandSchemas = {
  hello: z.object({
    v,
    action: z.literal('hello'),
    ref,
    /** One browser tab: a newer connection of the same tab takes the place of the older. */
    clientId: nameSchema,
    turn,
    token,
    joins: z.optional(z.array(joinSchema).check(z.maxLength(HELLO_JOINS))),
  }),
  join: z.object({
    v,
    action: z.literal('join'),
    ref,
    clientId: nameSchema,
    turn,
    token,
    ...joinSchema.shape,
  }),
  leave: z.object({ v, action: z.literal('leave'), ref, classroomId: classroomIdSchema }),
  publish: z.object({
    v,
    action: z.literal('publish'),
    ref,
    classroomId: classroomIdSchema,
    messages: z.array(messageSchema).check(z.minLength(1), z.maxLength(PUBLISH_MESSAGES)),
  }),
  signal: z.object({
    v,
    action: z.literal('signal'),
    classroomId: classroomIdSchema,
    signals: z.array(signalSchema).check(z.minLength(1), z.maxLength(PUBLISH_MESSAGES)),
  }),
  history: z.object({
    v,
    action: z.literal('history'),
    ref,
    classroomId: classroomIdSchema,
    /** Entries below this seq; without it, the newest. */
    before: z.optional(ordinalSchema),
    limit: ordinalSchema.check(z.refine((limit) => limit <= HISTORY_PAGE)),
  }),
  load: z.object({
    v,
    action: z.literal('load'),
    ref,
    classroomId: classroomIdSchema,
    document: documentSchema,
    /** The blob up to which the client has the document: 0 at first. */
    after: countSchema,
    /** The piece of that blob from which on it has not; without it, the client has all of them. */
    index: z.optional(countSchema),
  }),
  end: z.object({ v, action: z.literal('end'), ref, classroomId: classroomIdSchema }),
  ping: z.object({
    v,
    action: z.literal('ping'),
    ref,
    /** The seq that the client has, by classroom. */
    positions: z
      .record(classroomIdSchema, positionSchema)
      .check(z.refine((positions) => Object.keys(positions).length <= PING_CLASSROOMS)),
    /** How long the last ping waited for its pong, in ms. */
    rttMs: z.optional(ref),
  }),
  chunk: chunkSchema,
} as const;

export type CommandAction = keyof typeof commandSchemas;
export type CommandOf<A extends CommandAction> = z.infer<(typeof commandSchemas)[A]>;
export type Command = { [A in CommandAction]: CommandOf<A> }[CommandAction];
