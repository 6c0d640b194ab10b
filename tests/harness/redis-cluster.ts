import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { Redis } from 'ioredis';
import { startRedis, type RedisProcess } from './redis.ts';
import { ADMIN, startTlsRedis, type TlsRedisOptions } from './tls.ts';

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
  /** Has the nodes speak TLS alone, and know this user and no other. @default neither */
  tls?: Pick<TlsRedisOptions, 'certificate' | 'user'>;
}

/** Starts `redis-server` processes in cluster mode: three primaries with a third of the slots each, and their replicas. */
export async function startRedisCluster(options: StartClusterOptions = {}): Promise<RedisCluster> {
  const { replicas = 0, nodeTimeoutMs = 15_000, tls } = options;
  const args = [
    ...['--cluster-enabled', 'yes', '--cluster-node-timeout', String(nodeTimeoutMs)],
    ...['--repl-diskless-sync-delay', '0'],
  ];
  const nodes = await Promise.all(
    Array.from({ length: 3 * (replicas + 1) }, () =>
      tls ? startTlsRedis({ ...tls, args: [...args, '--tls-cluster', 'yes'] }) : startRedis({ args }),
    ),
  );
  const stop = async (): Promise<void> => {
    await Promise.all(nodes.map((node) => node.stop()));
  };
  const addresses = nodes.map(({ port }) => `127.0.0.1:${port}`);
  const spread = ['--cluster-replicas', String(replicas), '--cluster-yes'];
  const login = tls
    ? ['--tls', '--cacert', tls.certificate.pemFile, '--user', ADMIN, '--pass', tls.user.password]
    : [];
  try {
    // It waits until the nodes agree.
    await promisify(execFile)('redis-cli', [...login, '--cluster', 'create', ...addresses, ...spread]);
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
      const redis = tls
        ? new Redis({
            port: first?.port ?? 0,
            username: ADMIN,
            password: tls.user.password,
            tls: { ca: tls.certificate.pem },
          })
        : new Redis(first?.url ?? '');
      const slot = await redis.cluster('KEYSLOT', key);
      const ranges = await redis.cluster('SLOTS');
      redis.disconnect();
      const [, , ...holders] = ranges.find(([from, to]) => from <= slot && slot <= to) ?? [];
      return holders.flatMap(([, port]) => nodes.find((node) => node.port === port) ?? []);
    },
  };
}
