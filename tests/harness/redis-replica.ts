import { Redis } from 'ioredis';
import { poll } from './poll.ts';
import { startRedis, type RedisProcess } from './redis.ts';

/** Starts a server that follows the primary at `port`, and resolves when it has caught up. */
export async function startReplica(port: number): Promise<RedisProcess> {
  const primary = new Redis({ host: '127.0.0.1', port });
  // A primary waits for more replicas by default, to serve them together.
  await primary.config('SET', 'repl-diskless-sync-delay', '0');
  const replica = await startRedis({ args: ['--replicaof', '127.0.0.1', String(port)] });
  const own = new Redis(replica.url);
  // Its own word: a primary says `online` as soon as it has sent everything.
  await poll('the replica follows', async () =>
    (await own.info('replication')).includes('master_link_status:up'),
  );
  // The first acknowledgement comes a moment later.
  await primary.set('a replica', 'follows');
  await poll('the replica acknowledges', async () => (await primary.wait(1, 100)) > 0);
  primary.disconnect();
  own.disconnect();
  return replica;
}
