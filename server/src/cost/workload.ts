import type { Prices } from './prices.ts';
import type { Traffic } from './traffic.ts';

/** What members do in a class, and how often it is sent. */
export interface Workload {
  members: number;
  /** Chat messages a minute of each member. */
  chatPerMinute: number;
  /** Share of the time in which somebody draws. */
  drawShare: number;
  /** Frames a second of whoever draws. */
  flushesPerSecond: number;
  /** Strokes a second of whoever draws; each is kept, and its frame takes the place of a preview. */
  strokesPerSecond: number;
  /** Share of the time in which a member's pointer moves without drawing. */
  pointerShare: number;
  /** Frames a second of a pointer that moves. */
  cursorsPerSecond: number;
  /** Every flush is kept and acked, the sender hears an echo besides the ack, and who draws sends their cursor by itself. */
  isNaive: boolean;
}

const common = {
  members: 4,
  chatPerMinute: 2,
  drawShare: 0.3,
  strokesPerSecond: 79 / 60,
  pointerShare: 0.1,
};

/**
 * What each quality of the whiteboard sends (frames of a minute of handwriting, divided by 60), and what an integration
 * sends that flushes 20 times a second and sends each cursor by itself.
 */
export const presets = {
  smooth: { ...common, flushesPerSecond: 558 / 60, cursorsPerSecond: 3, isNaive: false },
  balanced: { ...common, flushesPerSecond: 387 / 60, cursorsPerSecond: 3, isNaive: false },
  frugal: { ...common, flushesPerSecond: 206 / 60, cursorsPerSecond: 2, isNaive: false },
  naive: { ...common, flushesPerSecond: 20, cursorsPerSecond: 10, isNaive: true },
} as const satisfies Record<string, Workload>;

export type Preset = keyof typeof presets;

/** Up to so many members everyone sees the cursors of students; above it only the teacher does. */
const MOST_CURSORS = 6;
/** Signals of typing that go before one chat message, which most take less than six seconds to write. */
const TYPING_PER_CHAT = 1;
const PINGS_PER_HOUR = 120;

/** What one month of a workload sends. */
export function trafficOf(workload: Workload, classHours: number, { assumptions }: Prices): Traffic {
  const { members, isNaive } = workload;
  const others = members - 1;
  const chats = workload.chatPerMinute * 60 * members;
  const drawnS = workload.drawShare * 3600;
  const flushes = drawnS * Math.max(workload.flushesPerSecond, workload.strokesPerSecond);
  const strokes = drawnS * workload.strokesPerSecond;
  // A naive integration keeps every flush, as each is a message like any other.
  const kept = isNaive ? flushes : strokes;
  const previews = flushes - kept;
  const pointing = workload.pointerShare * 3600 * workload.cursorsPerSecond;
  const cursors = pointing * members + (isNaive ? drawnS * workload.cursorsPerSecond : 0);
  const watched = members <= MOST_CURSORS || isNaive;
  const cursorsOut = watched ? cursors * others : pointing * (others + others);
  const typing = chats * TYPING_PER_CHAT;
  const pings = PINGS_PER_HOUR * members;
  const acked = chats + kept;
  const hourly: Record<string, number> = {
    'in publish chat.send': chats,
    'in publish board.update': kept,
    'in signal board.ink': previews,
    'in signal board.cursor': cursors,
    'in signal chat.typing': typing,
    'in ping': pings,
    'in hello': members,
    'out events chat.send': chats * others,
    'out events board.update': kept * others,
    'out events member.join': (members * others) / 2,
    'out events member.leave': (members * others) / 2,
    'out signals board.ink': previews * others,
    'out signals board.cursor': cursorsOut,
    'out signals chat.typing': typing * others,
    'out ack': acked,
    'out echo': isNaive ? acked : 0,
    'out pong': pings,
    'out welcome': members,
  };
  const sum = (start: string): number =>
    Object.entries(hourly).reduce(
      (total, [kind, count]) => (kind.startsWith(start) ? total + count : total),
      0,
    );
  const framesOut = sum('out ');
  return {
    classHours,
    members,
    kinds: Object.fromEntries(
      Object.entries(hourly).flatMap(([kind, count]) => (count > 0 ? [[kind, count * classHours]] : [])),
    ),
    framesIn: sum('in ') * classHours,
    framesOut: framesOut * classHours,
    bytesOut: framesOut * assumptions.frameBytes * classHours,
    connects: members * classHours,
    connectionMinutes: members * 60 * classHours,
    publishes: (sum('in publish') + sum('in signal')) * classHours,
    deliveries: (sum('out events') + sum('out signals')) * classHours,
    echoes: acked * classHours,
  };
}
