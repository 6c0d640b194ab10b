import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { Redis } from 'ioredis';
import { startRedis, type RedisProcess } from './redis.ts';

export interface RedisCluster {
  /** The address of one of the nodes; a client finds the others by it. */
  url: string;
  nodes: readonly RedisProcess[];
  /** The primary that has the slot of a key, and those of its replicas that have heard of something already. */
  nodesOf(key: string): Promise<RedisProcess[]>;
  stop(): Promise<void>;
}

export interface StartClusterOptions {
  /** Of each primary. @default 0 */
  replicas?: number;
  /** How long a node may be silent before the others replace it. @default 15000 */
  nodeTimeoutMs?: number;
}

/** Starts `redis-server` processes in cluster mode: three primaries with a third of the slots each, and their replicas. */
export async function startRedisCluster(options: StartClusterOptions = {}): Promise<RedisCluster> {
  const { replicas = 0, nodeTimeoutMs = 15_000 } = options;
  const args = ['--cluster-enabled', 'yes', '--cluster-node-timeout', String(nodeTimeoutMs)];
  const nodes = await Promise.all(
    Array.from({ length: 3 * (replicas + 1) }, () =>
      startRedis({ args: [...args, '--repl-diskless-sync-delay', '0'] }),
    ),
  );
  const stop = async (): Promise<void> => {
    await Promise.all(nodes.map((node) => node.stop()));
  };
  const addresses = nodes.map(({ port }) => `127.0.0.1:${port}`);
  const spread = ['--cluster-replicas', String(replicas), '--cluster-yes'];
  try {
    // It waits until the nodes agree.
    await promisify(execFile)('redis-cli', ['--cluster', 'create', ...addresses, ...spread]);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url: nodes[0]?.url ?? '',
    nodes,
    stop,
    async nodesOf(key) {
      const [first] = nodes;
      const redis = new Redis(first?.url ?? '');
      const slot = await redis.cluster('KEYSLOT', key);
      const ranges = await redis.cluster('SLOTS');
      redis.disconnect();
      const [, , ...holders] = ranges.find(([from, to]) => from <= slot && slot <= to) ?? [];
      return holders.flatMap(([, port]) => nodes.find((node) => node.port === port) ?? []);
    },
  };
}
