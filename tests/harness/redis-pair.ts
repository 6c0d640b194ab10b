import { Redis } from 'ioredis';
import { poll } from './poll.ts';
import { startRedis, type RedisProcess } from './redis.ts';
import type { StoreHost } from './store-host.ts';
import { openWire } from './wire.ts';

/** How long what the primary tells its replica is under way, in ms, and lost with the primary. */
const LAG_MS = 5;

/**
 * Starts a primary and its replica behind one address that leads to whichever is the primary, as that of ElastiCache does.
 * After a failover a new replica follows, in its own time.
 */
export async function startRedisPair(): Promise<StoreHost> {
  const wire = await openWire(0, LAG_MS);
  let primary = await startRedis({ args: quickly });
  wire.target = primary.port;
  let replica = await startRedis({ args: [...quickly, '--replicaof', '127.0.0.1', String(wire.port)] });
  await poll('the replica follows', () => isFollowing(replica));
  return {
    url: wire.url,
    primary: () => primary,
    replica: {
      get isHeld() {
        return wire.holdsReplicas;
      },
      set isHeld(isHeld) {
        wire.holdsReplicas = isHeld;
      },
      async promote() {
        // One that is not there yet would not be chosen.
        if (!(await isFollowing(replica))) wire.holdsReplicas = false;
        await poll('the replica follows', () => isFollowing(replica));
        await primary.stop();
        wire.cut();
        await asked(replica, (redis) => redis.replicaof('NO', 'ONE'));
        primary = replica;
        wire.target = primary.port;
        wire.holdsReplicas = false;
        replica = await startRedis({ args: [...quickly, '--replicaof', '127.0.0.1', String(wire.port)] });
      },
    },
    async stop() {
      await Promise.all([primary.stop(), replica.stop()]);
      await wire.close();
    },
  };
}

/** A primary waits for more replicas by default, to serve them together. */
const quickly = ['--repl-diskless-sync-delay', '0'];

/** Whether it has had all of the primary's data once, and hears what is new. */
function isFollowing(replica: RedisProcess): Promise<boolean> {
  return asked(replica, async (redis) => (await redis.info('replication')).includes('master_link_status:up'));
}

async function asked<T>({ url }: RedisProcess, question: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(url);
  try {
    return await question(redis);
  } finally {
    redis.disconnect();
  }
}
