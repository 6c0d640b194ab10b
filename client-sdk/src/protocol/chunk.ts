import * as z from 'zod/mini';
import { ChalklineError } from './errors.ts';
import { byteLength, CHUNKED_BYTES, CHUNKED_FRAMES, CHUNKED_MS, PROTOCOL_VERSION } from './limits.ts';
import { countSchema, nameSchema, ordinalSchema } from './names.ts';

/** One part of a frame that is too large to travel whole; the same in both directions. */
export const chunkSchema = z.object({
  v: z.literal(PROTOCOL_VERSION),
  action: z.literal('chunk'),
  /** The same in all parts of a frame, another for each frame of a connection. */
  id: nameSchema,
  /** From 0. */
  index: countSchema,
  count: ordinalSchema,
  /** A slice of the frame's JSON text. Half a surrogate pair would be lost on its way through UTF-8. */
  data: z.string().check(z.regex(/^\P{Surrogate}+$/u)),
});
export type Chunk = z.infer<typeof chunkSchema>;

/** How many parts of a large frame have come, or have gone. */
export interface Progress {
  way: 'up' | 'down';
  /** Tells frames apart that travel side by side the same way. */
  id: string;
  done: number;
  count: number;
}

/** The least that a chunk has room for: more than any one character takes. */
const CHARACTER_BYTES = 12;

const textOf = (id: string, index: number, count: number, data: string): string =>
  JSON.stringify({ v: PROTOCOL_VERSION, action: 'chunk', id, index, count, data } satisfies Chunk);

/**
 * The frames that carry the frame `text`, each of at most `limitBytes`: itself if it fits, else its chunks in order. Limits
 * that leave no room for a single character are exceeded by it.
 */
export function splitFrame(text: string, limitBytes: number, id: string): string[] {
  // No character has more than three bytes; a pair of them has four.
  if (text.length * 3 <= limitBytes || byteLength(text) <= limitBytes) return [text];
  const envelopeBytes = byteLength(textOf(id, text.length, text.length, ''));
  const room = Math.max(limitBytes - envelopeBytes, CHARACTER_BYTES);
  const slices: string[] = [];
  for (let start = 0; start < text.length; start += slices.at(-1)?.length ?? 0) {
    slices.push(sliceAt(text, start, room));
  }
  return slices.map((slice, index) => textOf(id, index, slices.length, slice));
}

/** What comes next of `text`, of at most `room` bytes when it is written into JSON. */
function sliceAt(text: string, start: number, room: number): string {
  let length = room;
  for (;;) {
    // No half of a surrogate pair.
    if (Number(text.codePointAt(start + length - 1)) > 0xffff) length += length > 1 ? -1 : 1;
    const slice = text.slice(start, start + length);
    const bytes = byteLength(JSON.stringify(slice)) - 2;
    if (bytes <= room) return slice;
    length = Math.max(1, Math.floor((slice.length * room) / bytes));
  }
}

export interface ChunkAssemblerOptions {
  /** ms since 1970. */
  now: () => number;
  /** The most that a frame, and all that are not whole together, may have. @default CHUNKED_BYTES */
  bytes?: number;
  /** How long a frame is waited for, in ms. @default CHUNKED_MS */
  forgetMs?: number;
  /** Hears of each part that is new. */
  onProgress?: (progress: Progress) => void;
}

interface Gathering {
  since: number;
  count: number;
  bytes: number;
  /** How many parts are still to come; 0 also once the frame was refused: what still comes of it is passed over. */
  missing: number;
  parts: string[];
}

/** Puts frames together from chunks, in whatever order and however often they come. What it holds is bounded. */
export class ChunkAssembler {
  readonly #options: ChunkAssemblerOptions;
  /** Oldest first. */
  readonly #frames = new Map<string, Gathering>();

  constructor(options: ChunkAssemblerOptions) {
    this.#options = options;
  }

  /**
   * Returns the frame's text with the last of its parts, and once only. Where all frames together become too large, those
   * begun first are given up.
   * @throws ChalklineError `bad-envelope` for a part that contradicts the others, `payload-too-large`.
   */
  add({ id, index, count, data }: Chunk): string | undefined {
    const { now, bytes = CHUNKED_BYTES, forgetMs = CHUNKED_MS, onProgress } = this.#options;
    const since = now();
    for (const [old, frame] of this.#frames) if (since - frame.since >= forgetMs) this.#frames.delete(old);
    const frame = this.#frames.get(id) ?? { since, count, bytes: 0, missing: count, parts: [] };
    const known = frame.parts[index];
    if (index >= count || frame.count !== count || (known ?? data) !== data) {
      throw chunkRefusal('bad-envelope');
    }
    if (frame.missing === 0 || known !== undefined) return undefined;
    this.#frames.set(id, frame);
    frame.parts[index] = data;
    frame.bytes += byteLength(data);
    const missing = (frame.missing -= 1);
    const isTooLarge = frame.bytes > bytes;
    const whole = missing === 0 ? frame.parts.join('') : undefined;
    if (isTooLarge || missing === 0) Object.assign(frame, { bytes: 0, missing: 0, parts: [] });
    let held = frame.bytes;
    let room = CHUNKED_FRAMES;
    for (const [old, other] of [...this.#frames].reverse()) {
      if (other !== frame && ((room -= 1) < 1 || (held += other.bytes) > bytes)) this.#frames.delete(old);
    }
    if (isTooLarge) throw chunkRefusal('payload-too-large');
    onProgress?.({ way: 'down', id, done: count - missing, count });
    return whole;
  }
}

/** A chunk is not taken. */
export function chunkRefusal(code: 'bad-envelope' | 'payload-too-large'): ChalklineError {
  return new ChalklineError(code, 'unable to read frame; its chunks do not add up');
}
