import { readFileSync } from 'node:fs';
import * as z from 'zod/mini';
import type { GatewayEvent } from '../emulator/index.ts';
import type { Traffic } from './traffic.ts';

const count = z.number().check(z.minimum(0));
const recordingSchema = z.object({
  chalkline: z.literal('recording'),
  /** When it began. */
  from: z.string(),
  durationMs: count.check(z.positive()),
  /** The most connections at one time. */
  members: count.check(z.positive()),
  connects: count,
  connectionMs: count,
  /** By way, action and message types. */
  kinds: z.record(z.string(), z.object({ frames: count, billed: count, bytes: count })),
});

/** What went over the wire of one classroom. */
export type Recording = z.infer<typeof recordingSchema>;

/** @throws Error that names the file, if it is no recording. */
export function readRecording(file: string): Recording {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new Error(`unable to read the recording ${file}; it is not there, or not JSON`, { cause });
  }
  const { success, data, error } = z.safeParse(recordingSchema, content);
  if (success) return data;
  throw new Error(
    `unable to read the recording ${file}; "${error.issues[0]?.path.join('.') ?? ''}" does not fit`,
  );
}

/** Counts what a local gateway tells its observer. */
export class TrafficRecorder {
  readonly #now: () => number;
  readonly #startedAt: number;
  readonly #kinds: Recording['kinds'] = {};
  readonly #openSince = new Map<string, number>();
  #connects = 0;
  #members = 0;
  #closedMs = 0;

  /** @param now tells the time, in ms since 1970. */
  constructor(now: () => number = Date.now) {
    this.#now = now;
    this.#startedAt = now();
  }

  readonly observe = (event: GatewayEvent): void => {
    if (event.type === 'connected') {
      this.#connects += 1;
      this.#openSince.set(event.connectionId, this.#now());
      this.#members = Math.max(this.#members, this.#openSince.size);
    } else if (event.type === 'disconnected') {
      this.#closedMs += this.#now() - (this.#openSince.get(event.connectionId) ?? this.#now());
      this.#openSince.delete(event.connectionId);
    } else if (event.type === 'frame-in' || event.type === 'frame-out') {
      const kind = `${event.type === 'frame-in' ? 'in' : 'out'} ${kindOf(String(event.data))}`;
      const sum = (this.#kinds[kind] ??= { frames: 0, billed: 0, bytes: 0 });
      sum.frames += 1;
      sum.billed += event.billed;
      sum.bytes += event.bytes;
    }
  };

  /** What was counted so far. */
  recording(): Recording {
    const now = this.#now();
    const openMs = [...this.#openSince.values()].reduce((sum, since) => sum + now - since, 0);
    return {
      chalkline: 'recording',
      from: new Date(this.#startedAt).toISOString(),
      durationMs: now - this.#startedAt,
      members: this.#members,
      connects: this.#connects,
      connectionMs: this.#closedMs + openMs,
      kinds: Object.fromEntries(Object.entries(this.#kinds).sort(([, a], [, b]) => b.billed - a.billed)),
    };
  }
}

const frameSchema = z.object({
  action: z.string(),
  messages: z.optional(z.array(z.object({ type: z.string() }))),
  signals: z.optional(z.array(z.object({ type: z.string() }))),
  events: z.optional(z.array(z.object({ type: z.string() }))),
});

/** A frame's action, and the types of what it carries if that is what it is for. */
function kindOf(text: string): string {
  let frame: unknown;
  try {
    frame = JSON.parse(text);
  } catch {
    return 'unreadable';
  }
  const { success, data } = z.safeParse(frameSchema, frame);
  if (!success) return 'unreadable';
  const { action, messages, signals, events } = data;
  const items = action === 'joined' ? [] : (messages ?? signals ?? events ?? []);
  return [action, [...new Set(items.map(({ type }) => type))].sort().join('+')].filter(Boolean).join(' ');
}

/** What a recording holds, as the traffic of so many class-hours as it lasted. */
export function trafficOfRecording(recording: Recording): Traffic {
  const { members, durationMs, connects, connectionMs, kinds } = recording;
  const sum = (amount: 'frames' | 'billed' | 'bytes', ...starts: string[]): number =>
    Object.entries(kinds).reduce(
      (total, [kind, counts]) =>
        starts.some((start) => kind.startsWith(start)) ? total + counts[amount] : total,
      0,
    );
  return {
    classHours: durationMs / 3_600_000,
    members,
    kinds: Object.fromEntries(Object.entries(kinds).map(([kind, { billed }]) => [kind, billed])),
    framesIn: sum('frames', 'in '),
    framesOut: sum('frames', 'out '),
    bytesOut: sum('bytes', 'out '),
    connects,
    connectionMinutes: connectionMs / 60_000,
    publishes: sum('frames', 'in publish', 'in signal'),
    deliveries: sum('frames', 'out events', 'out signals'),
    echoes: sum('frames', 'out ack'),
  };
}
