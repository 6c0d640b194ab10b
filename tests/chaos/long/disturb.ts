import type { Faults } from '@chalkline/server/emulator';
import { Redis } from 'ioredis';
import type { Random } from '../../harness/random.ts';
import { startRedis, type RedisProcess } from '../../harness/redis.ts';
import { drawFaults } from '../draw-faults.ts';
import type { Auditor } from './auditor.ts';
import type { BackendLink } from './backend-link.ts';
import type { LoadMember } from './load-member.ts';

/** What the disturbances of a long run may touch. */
export interface Victims {
  random: Random;
  backend: BackendLink;
  redis: RedisProcess;
  auditor: Auditor;
  members: LoadMember[];
  count: (kind: string) => void;
}

const weights = {
  mixture: 40,
  calm: 6,
  cutSome: 8,
  cutAll: 3,
  halfOpen: 4,
  offline: 6,
  rejoin: 6,
  stall: 4,
  killConnections: 5,
};

/** Does one harmful thing; resolves when it is done, which says nothing of its consequences. */
export async function disturb(victims: Victims): Promise<void> {
  const { random, backend, redis, members, count } = victims;
  const cut = (manner: 'go-away' | 'drop' | 'half-open', share: number): void =>
    backend.order({ type: 'cut', manner, share, seed: random.int(1, 2 ** 31) });
  const kind = random.weighted(weights);
  if (kind !== 'mixture' && kind !== 'calm') count(`run.${kind}`);
  switch (kind) {
    case 'mixture':
      backend.order({ type: 'faults', faults: drawFaults(random) });
      break;
    case 'calm':
      backend.order({ type: 'faults', faults: {} satisfies Faults });
      break;
    case 'cutSome':
      cut(random.pick(['go-away', 'drop']), 0.3);
      break;
    case 'cutAll':
      cut(random.pick(['go-away', 'drop']), 1);
      break;
    case 'halfOpen':
      cut('half-open', 0.2);
      break;
    case 'offline': {
      const { env } = random.pick(members);
      env.goOffline();
      const ends = random.pick(['later', 'broken'] as const);
      // How long the network is away is the fault itself, and nobody waits for it.
      setTimeout(() => env.goOnline(ends), random.int(50, 2_000));
      break;
    }
    case 'rejoin':
      random.pick(members.filter(({ options }) => options.role === 'observer')).rejoin();
      break;
    case 'stall':
      await redis.kill('SIGSTOP');
      setTimeout(() => void redis.kill('SIGCONT'), random.int(100, 1_500));
      break;
    case 'killConnections':
      await killConnections(redis.url);
      break;
    default:
      kind satisfies never;
  }
}

async function killConnections(url: string): Promise<void> {
  const redis = new Redis(url);
  try {
    await redis.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
  } finally {
    redis.disconnect();
  }
}

/** Ends Redis and starts it empty in the same place, once the auditor has read what the epoch ends with. */
export async function emptyStore({ redis, auditor, count }: Victims): Promise<RedisProcess> {
  count('redis.restart-empty');
  await redis.kill('SIGCONT');
  await auditor.readToTheEnd();
  await redis.stop();
  const revived = await startRedis({ port: redis.port });
  auditor.beginAnew();
  return revived;
}
