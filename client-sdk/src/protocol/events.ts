import * as z from 'zod/mini';
import { chunkSchema } from './chunk.ts';
import { PROTOCOL_VERSION } from './limits.ts';
import {
  classroomEventSchema,
  classroomIdSchema,
  documentSchema,
  memberSchema,
  positionSchema,
  signalSchema,
} from './messages.ts';
import { countSchema, nameSchema, ordinalSchema, roleSchema } from './names.ts';

const v = z.literal(PROTOCOL_VERSION);
const ref = countSchema;
const classroomId = classroomIdSchema;
const events = z.array(classroomEventSchema);

/** The server's clock, in ms since 1970. */
const at = z.optional(z.number());

/** `code` is a string, not our enum: a newer server may know more codes. */
const problem = { code: z.string(), message: z.string(), retryAfterMs: z.optional(z.number()) };

const joined = z.object({
  v,
  action: z.literal('joined'),
  ref: z.optional(ref),
  classroomId,
  /** The newest position: what this answer and the `events` frames after it bring the client up to. */
  head: positionSchema,
  role: roleSchema,
  /**
   * What this member may do: message types, `end`, and keys of the state as `state.set <key>`; with ` *` after it, those of every
   * member.
   */
  permissions: z.array(z.string()),
  members: z.array(memberSchema),
  /** How long a dropped member keeps their place, in ms: then a `ping` of anyone makes the server let them go. */
  graceMs: z.optional(z.number()),
  /** How long a silent seat is kept, in ms: the same. */
  leaseMs: z.optional(z.number()),
  /** True only if every event after the client's position follows, in `events` here and in frames after it. */
  recovered: z.boolean(),
  events,
  /** The newest chat messages, oldest first; only if not `recovered`. */
  chat: events,
  hasOlderChat: z.boolean(),
  /**
   * The newest `state.set` of each entry that is not deleted, and the newest of each member of the types that keep it; only if
   * not `recovered`.
   */
  state: z.optional(events),
});

/** A part of a document's blob `n`, which is a Yjs update. `data` is base64 of the part alone, or anything if it is damaged. */
const piece = z.object({
  n: ordinalSchema,
  index: countSchema,
  count: ordinalSchema,
  data: z.string(),
});

const error = z.object({
  v,
  action: z.literal('error'),
  ref: z.optional(ref),
  classroomId: z.optional(classroomId),
  ...problem,
  retryable: z.boolean(),
});

/** Server → client, by `action`. */
export const eventSchemas = {
  welcome: z.object({
    v,
    action: z.literal('welcome'),
    ref,
    connectionId: nameSchema,
    userId: nameSchema,
    name: z.string(),
    /** When the token ends, in ms since 1970. */
    expiresAt: z.number(),
    at,
    /** The answers to the `joins` of the hello, where they fit into this frame; the others follow. */
    classrooms: z.array(z.union([joined, error])),
  }),
  joined,
  left: z.object({ v, action: z.literal('left'), ref, classroomId }),
  events: z.object({ v, action: z.literal('events'), classroomId, epoch: nameSchema, events }),
  ack: z.object({
    v,
    action: z.literal('ack'),
    ref,
    classroomId,
    epoch: nameSchema,
    /** One for each message of the publish, in its order. */
    results: z.array(
      z.union([
        z.object({ id: nameSchema, seq: countSchema, at: z.number() }),
        z.object({
          id: nameSchema,
          /** `retryable` is asked where the client does not know the code. */
          error: z.object({ ...problem, retryable: z.optional(z.boolean()) }),
        }),
      ]),
    ),
    /** Whether replicas of the store have it too; only where the backend waits for them. */
    replicated: z.optional(z.boolean()),
  }),
  signals: z.object({
    v,
    action: z.literal('signals'),
    classroomId,
    userId: nameSchema,
    signals: z.array(signalSchema),
  }),
  page: z.object({ v, action: z.literal('page'), ref, classroomId, events, hasOlderChat: z.boolean() }),
  document: z.object({
    v,
    action: z.literal('document'),
    ref,
    classroomId,
    document: documentSchema,
    /** In the order of `n` and `index`. */
    pieces: z.array(piece),
    isLast: z.boolean(),
    /** The size of all that is kept of the document, base64 undone. */
    bytes: countSchema,
  }),
  ended: z.object({ v, action: z.literal('ended'), ref, classroomId }),
  pong: z.object({
    v,
    action: z.literal('pong'),
    ref,
    heads: z.record(classroomId, positionSchema),
    at,
    /** By classroom and userId, of the others whose link is not good: `[silentMs, rttMs?]`. */
    health: z.optional(z.record(classroomId, z.record(nameSchema, z.array(z.number())))),
  }),
  error,
  /** The socket is about to be closed: the client moves to another one, at a random moment within so many ms. */
  goaway: z.object({ v, action: z.literal('goaway'), withinMs: z.number().check(z.refine((ms) => ms >= 0)) }),
  /** The connection is about to be closed for good: the client must not come back by itself. */
  bye: z.object({ v, action: z.literal('bye'), ...problem }),
  chunk: chunkSchema,
} as const;

export type DocumentPiece = z.infer<typeof piece>;
export type EventAction = keyof typeof eventSchemas;
export type EventOf<A extends EventAction> = z.infer<(typeof eventSchemas)[A]>;
export type ServerEvent = { [A in EventAction]: EventOf<A> }[EventAction];
