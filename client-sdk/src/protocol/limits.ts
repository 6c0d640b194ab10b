/** The wire version in every frame's `v`. */
export const PROTOCOL_VERSION = 1;

/** The WebSocket subprotocol that the server echoes; the token travels beside it, never in the URL. */
export const SUBPROTOCOL = 'chalkline.v1';

/** Marks the subprotocol that carries the token: `bearer.<jwt>`. */
export const TOKEN_SUBPROTOCOL_PREFIX = 'bearer.';

/** Largest client frame in bytes of UTF-8: API Gateway closes a socket above it with 1009, and browsers cannot fragment. */
export const CLIENT_FRAME_BYTES = 32 * 1024;

/** Largest server frame in bytes of UTF-8. */
export const SERVER_FRAME_BYTES = 128 * 1024;

/** Largest command in bytes of UTF-8, put together from chunks; a message is smaller by the envelope around it. */
export const MESSAGE_BYTES = 512 * 1024;

/** The most that an end holds of frames that are not whole yet, of one connection: a larger frame cannot be received. */
export const CHUNKED_BYTES = 8 * 1024 * 1024;

/** Frames of one connection whose chunks are remembered; more than that, and those begun first are given up. */
export const CHUNKED_FRAMES = 32;

/** How long the chunks of a frame are waited for, in ms. */
export const CHUNKED_MS = 60_000;

/** Most messages in one `publish`. */
export const PUBLISH_MESSAGES = 200;

/** A message without an ack is not sent again once so many events came after it: half of the ids that a backend knows. */
export const RESEND_EVENTS = 12_500;

/** Most classrooms that one `hello` joins. */
export const HELLO_JOINS = 20;

/** Most classrooms that one `ping` names: each costs the store a call. */
export const PING_CLASSROOMS = 100;

/** Longest chat text, in Unicode code points. */
export const CHAT_TEXT_LENGTH = 4000;

/** Most members that one chat message mentions. */
export const CHAT_MENTIONS = 50;

/** Largest value of the shared state, in bytes of UTF-8 of its JSON text. */
export const STATE_VALUE_BYTES = 16 * 1024;

/** Most entries in one `page` of history. */
export const HISTORY_PAGE = 100;

/** A link whose round trip takes so long, in ms, is slow: whoever speaks over it is heard too late for a dialogue. */
export const SLOW_RTT_MS = 1000;

/** Who was not heard for so long, in ms, is most likely lost: a ping and half of the next are overdue. */
export const SILENT_MS = 45_000;

/** From when on a silent member is told of, in ms: their ping is overdue, and their lease has not ended yet. */
export const silentFromMs = (leaseMs: number): number => Math.min(32_000, (leaseMs * 8) / 15);

/** Most members of a classroom of whose links a `pong` tells. */
export const HEALTH_MEMBERS = 20;

const encoder = new TextEncoder();

/** The UTF-8 size of `text` in bytes, which is what the frame limits count. */
export function byteLength(text: string): number {
  return encoder.encode(text).length;
}
