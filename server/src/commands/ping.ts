import { encode, type EventOf } from '@chalkline/client-sdk/protocol';
import { itemBytes } from '../frames.ts';
import { countGhosts } from '../ghosts.ts';
import type { TouchOutcome } from '../ports.ts';
import type { CommandHandler } from '../router.ts';

/** Room for what a pong says of links: with the heads it stays within the 32 KB that count as one message. */
const HEALTH_BYTES = 4096;

/** Keeps the seats alive and tells the heads: a client that is behind one recovers. */
export const ping: CommandHandler<'ping'> = async (
  { store, meter, clock },
  { connectionId },
  { ref, positions, rttMs },
) => {
  const { heads, health, announcements } = await store.touch(connectionId, Object.keys(positions), rttMs);
  countGhosts(meter, announcements);
  return {
    answers: [encode({ action: 'pong', ref, heads: { ...heads }, at: clock(), health: thatFits(health) })],
    announcements,
  };
};

/** Nothing where all is well, which is nearly always. */
function thatFits(health: TouchOutcome['health']): EventOf<'pong'>['health'] {
  let room = HEALTH_BYTES;
  const bad = Object.entries(health).filter(([, links]) => Object.keys(links).length > 0);
  const told = bad.filter((entry) => (room -= itemBytes(entry)) >= 0);
  return told.length === 0 ? undefined : Object.fromEntries(told);
}
