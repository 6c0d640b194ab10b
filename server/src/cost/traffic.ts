import type { Prices } from './prices.ts';

/** What a month of classes sends, whoever carries it. */
export interface Traffic {
  classHours: number;
  members: number;
  /** Messages as API Gateway bills them (one for each 32 KB begun, either way), by kind: `in publish chat.send`. */
  kinds: Readonly<Record<string, number>>;
  /** Frames from clients, each of which runs a function. */
  framesIn: number;
  /** Frames to clients, each of which is a call to `@connections`. */
  framesOut: number;
  bytesOut: number;
  /** Times that somebody connected. */
  connects: number;
  connectionMinutes: number;
  /** What a provider counts: messages and signals that members sent … */
  publishes: number;
  /** … that others received … */
  deliveries: number;
  /** … and the sender's own copy: our ack, a provider's echo. */
  echoes: number;
}

/** All that a month sends if it has so many class-hours. */
export type TrafficAt = (classHours: number) => Traffic;

/** Messages that API Gateway bills. */
export function billedOf({ kinds }: Traffic): number {
  return Object.values(kinds).reduce((sum, count) => sum + count, 0);
}

/** The most connections at one time. */
export function peakConnections({ classHours, members }: Traffic, { assumptions }: Prices): number {
  return ((classHours * members) / assumptions.busyHoursAMonth) * assumptions.peakOverMean;
}

/** `traffic`, so many times over. */
export function times(traffic: Traffic, factor: number): Traffic {
  const { members, kinds, ...amounts } = traffic;
  const scaled = Object.fromEntries(Object.entries(amounts).map(([name, amount]) => [name, amount * factor]));
  return {
    ...(scaled as typeof amounts),
    members,
    kinds: Object.fromEntries(Object.entries(kinds).map(([kind, count]) => [kind, count * factor])),
  };
}
