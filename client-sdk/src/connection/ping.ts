import { PING_CLASSROOMS, type CommandOf, type EventOf } from '../protocol/index.ts';
import type { Request } from './requests.ts';

type Positions = CommandOf<'ping'>['positions'];

/** Asks for a sign of life and for the heads, in as many pings as they need, and gives all answers as one. */
export async function ping(
  ask: (command: Request, answer: 'pong') => Promise<EventOf<'pong'>>,
  positions: Positions,
  rttMs: number | undefined,
): Promise<EventOf<'pong'>> {
  const entries = Object.entries(positions);
  const [first, ...others] = await Promise.all(
    Array.from({ length: Math.max(1, Math.ceil(entries.length / PING_CLASSROOMS)) }, (_, index) => {
      const some = entries.slice(index * PING_CLASSROOMS, (index + 1) * PING_CLASSROOMS);
      return ask({ action: 'ping', positions: Object.fromEntries(some), rttMs }, 'pong');
    }),
  );
  return others.reduce(
    (all, { heads, health }) => ({
      ...all,
      heads: { ...all.heads, ...heads },
      health: { ...all.health, ...health },
    }),
    first as EventOf<'pong'>,
  );
}
