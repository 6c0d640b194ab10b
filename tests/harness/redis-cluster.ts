import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { startRedis, type RedisProcess } from './redis.ts';

export interface RedisCluster {
  /** The address of one of the nodes; a client finds the others by it. */
  url: string;
  nodes: readonly RedisProcess[];
  stop(): Promise<void>;
}

/** Starts three `redis-server` processes in cluster mode, each a primary with a third of the slots. */
export async function startRedisCluster(): Promise<RedisCluster> {
  const nodes = await Promise.all([1, 2, 3].map(() => startRedis({ args: ['--cluster-enabled', 'yes'] })));
  const stop = async (): Promise<void> => {
    await Promise.all(nodes.map((node) => node.stop()));
  };
  const addresses = nodes.map(({ port }) => `127.0.0.1:${port}`);
  try {
    // It waits until the nodes agree.
    await promisify(execFile)('redis-cli', ['--cluster', 'create', ...addresses, '--cluster-yes']);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: nodes[0]?.url ?? '', nodes, stop };
}
