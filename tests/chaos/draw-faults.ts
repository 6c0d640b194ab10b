import type { Faults } from '@chalkline/server/emulator';
import type { Random } from '../harness/random.ts';

/** Every kind of fault that the local gateway can make, each with a chance that leaves room for some work to be done. */
const kinds: readonly ((random: Random) => Faults)[] = [
  () => ({ connect: { refuse: 0.3 } }),
  () => ({ connect: { reset: 0.3 } }),
  () => ({ connect: { delay: { ms: [0, 200] } } }),
  () => ({ invocation: { delay: { ms: [0, 60] } } }),
  () => ({ invocation: { twice: 0.2 } }),
  () => ({ invocation: { killBefore: 0.08 } }),
  (random) => ({ invocation: { killAtPost: { chance: 0.1, post: [1, random.int(1, 4)] } } }),
  () => ({ invocation: { killAt: { chance: 0.1, point: 'stored' } } }),
  () => ({ invocation: { coldStart: { chance: 0.1, ms: [50, 200] } } }),
  () => ({ invocation: { freeze: true } }),
  () => ({ post: { delay: { chance: 0.5, ms: [0, 50] } } }),
  () => ({ post: { drop: 0.1 } }),
  () => ({ post: { gone: 0.04 } }),
  () => ({ post: { throttled: 0.15 } }),
  () => ({ post: { failed: 0.15 } }),
  () => ({ post: { reset: 0.1 } }),
  () => ({ disconnect: { lose: 0.5 } }),
  () => ({ disconnect: { delay: { ms: [0, 1_000] } } }),
  () => ({ disconnect: { repeat: 0.5 } }),
  () => ({ socket: { goAway: 0.03 } }),
  () => ({ socket: { drop: 0.03 } }),
  () => ({ socket: { halfOpen: 0.02 } }),
];

/** A mixture: each kind is in it with the given chance. */
export function drawFaults(random: Random, chance = 0.3): Faults {
  const faults: Record<string, object> = {};
  for (const kind of kinds) {
    if (!random.chance(chance)) continue;
    for (const [group, part] of Object.entries(kind(random))) {
      faults[group] = { ...faults[group], ...(part as object) };
    }
  }
  return { ...faults, seed: random.int(1, 2 ** 31) };
}
