import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { poll } from './poll.ts';
import { freePort, startRedis, type RedisProcess } from './redis.ts';
import { openWire, type Wire } from './wire.ts';

export const SENTINEL_NAME = 'classrooms';

/** One Redis server and the address that everybody else knows it by. */
export interface RedisNode {
  wire: Wire;
  process: RedisProcess;
}

export interface RedisSentinel {
  /** The addresses of the Sentinels, for `connectRedis` with `SENTINEL_NAME`. */
  url: string;
  nodes: readonly RedisNode[];
  /** The node that the Sentinels name as primary. */
  primary(): Promise<RedisNode>;
  replicas(): Promise<RedisNode[]>;
  /** Kills the primary as a crash would, and resolves when the Sentinels name another. */
  killPrimary(): Promise<RedisNode>;
  /** Starts a killed node again as a replica, and resolves when it has caught up and could be promoted. */
  revive(node: RedisNode): Promise<void>;
  stop(): Promise<void>;
}

export interface StartSentinelOptions {
  /** @default 1 */
  replicas?: number;
  /** @default 3 */
  sentinels?: number;
  /** As of `Wire`, for every node. @default 0 */
  lagMs?: number;
}

/** Starts a primary, its replicas and the Sentinels that watch over them, and resolves when a failover would succeed. */
export async function startRedisSentinel(options: StartSentinelOptions = {}): Promise<RedisSentinel> {
  const { replicas = 1, sentinels = 3, lagMs = 0 } = options;
  const nodes: RedisNode[] = [];
  const watchers: Sentinel[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(watchers.map((watcher) => watcher.stop()));
    await Promise.all(nodes.map(({ process }) => process.stop()));
    await Promise.all(nodes.map(({ wire }) => wire.close()));
  };
  try {
    const primary = await startNode(lagMs);
    nodes.push(primary);
    for (let index = 0; index < replicas; index++) nodes.push(await startNode(lagMs, primary));
    await asked(primary.wire.port, async (redis) => {
      await poll('the replicas follow', async () => (await replicasOnline(redis)) === replicas);
    });
    for (let index = 0; index < sentinels; index++)
      watchers.push(await startSentinel(primary.wire.port, sentinels));
    for (const { redis } of watchers) {
      await poll('the Sentinels know each other', async () => {
        const master = fieldsOf(await redis.call('SENTINEL', 'MASTER', SENTINEL_NAME));
        return Number(master['num-other-sentinels']) === sentinels - 1;
      });
      await poll('the Sentinels know the replicas', () => hasHealthyReplicas(redis, replicas));
    }
  } catch (error) {
    await stop();
    throw error;
  }

  const [first] = watchers;
  if (!first) throw new RangeError('there has to be one Sentinel');
  const nodeAt = async (): Promise<RedisNode> => {
    const [, port] = (await first.redis.call(
      'SENTINEL',
      'GET-MASTER-ADDR-BY-NAME',
      SENTINEL_NAME,
    )) as string[];
    const node = nodes.find(({ wire }) => wire.port === Number(port));
    if (!node) throw new Error(`the Sentinels name port ${port}, which is none of ours`);
    return node;
  };
  return {
    url: `redis://${watchers.map(({ port }) => `127.0.0.1:${port}`).join(',')}`,
    nodes,
    stop,
    primary: nodeAt,
    async replicas() {
      const primary = await nodeAt();
      return nodes.filter((node) => node !== primary);
    },
    async killPrimary() {
      const old = await nodeAt();
      await old.process.kill();
      // A machine takes with it what it had not delivered.
      old.wire.cut();
      const isReplaced = async (): Promise<boolean> => (await nodeAt()) !== old;
      await poll('another primary', isReplaced, 4_000).catch(async () => {
        // An election that split its votes is held again only after a while: an operator would not wait for it either.
        await first.redis.call('SENTINEL', 'FAILOVER', SENTINEL_NAME).catch(() => undefined);
        await poll('another primary, when asked for', isReplaced, 11_000);
      });
      return old;
    },
    async revive(node) {
      const primary = await nodeAt();
      await node.process.stop();
      node.process = await startRedis({ args: argumentsOf(node.wire, primary) });
      node.wire.target = node.process.port;
      await asked(primary.wire.port, async (redis) => {
        await poll('the replica follows', async () => (await replicasOnline(redis)) >= nodes.length - 1);
      });
      await poll('the Sentinel trusts the replica', () => hasHealthyReplicas(first.redis, nodes.length - 1));
    },
  };
}

const argumentsOf = (wire: Wire, primary?: RedisNode): string[] => [
  // Everybody, the Sentinels too, comes by the wire.
  ...['--replica-announce-ip', '127.0.0.1', '--replica-announce-port', String(wire.port)],
  // A primary waits for more replicas by default, to serve them together.
  ...['--repl-diskless-sync-delay', '0'],
  ...(primary ? ['--replicaof', '127.0.0.1', String(primary.wire.port)] : []),
];

async function startNode(lagMs: number, primary?: RedisNode): Promise<RedisNode> {
  const wire = await openWire(0, lagMs);
  const process = await startRedis({ args: argumentsOf(wire, primary) });
  wire.target = process.port;
  return { wire, process };
}

interface Sentinel {
  port: number;
  redis: Redis;
  stop(): Promise<void>;
}

async function startSentinel(primaryPort: number, count: number): Promise<Sentinel> {
  const folder = await mkdtemp(join(tmpdir(), 'chalkline-sentinel-'));
  const port = await freePort();
  const file = join(folder, 'sentinel.conf');
  const lines = [
    `port ${port}`,
    'bind 127.0.0.1',
    `dir ${folder}`,
    `sentinel monitor ${SENTINEL_NAME} 127.0.0.1 ${primaryPort} ${Math.floor(count / 2) + 1}`,
    `sentinel down-after-milliseconds ${SENTINEL_NAME} 300`,
    `sentinel failover-timeout ${SENTINEL_NAME} 1000`,
  ];
  await writeFile(file, `${lines.join('\n')}\n`);
  const child = spawn('redis-server', [file, '--sentinel'], { stdio: ['ignore', 'pipe', 'pipe'] });
  const atExit = (): void => void child.kill('SIGKILL');
  process.once('exit', atExit);
  await listening(child);
  const redis = new Redis({ host: '127.0.0.1', port, enableReadyCheck: false });
  redis.on('error', () => undefined);
  // They look around every few seconds otherwise.
  const periods = ['info-period', '200', 'ping-period', '100', 'ask-period', '100', 'publish-period', '200'];
  await redis.call('SENTINEL', 'DEBUG', ...periods, 'election-timeout', '500');
  return {
    port,
    redis,
    async stop() {
      process.off('exit', atExit);
      redis.disconnect();
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGKILL');
        await once(child, 'exit');
      }
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function listening(child: ChildProcess): Promise<void> {
  let output = '';
  return new Promise((resolve, reject) => {
    child.once('exit', () => reject(new Error(`unable to start a Sentinel; ${output}`)));
    child.once('error', reject);
    child.stdout?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      if (output.includes('+monitor master')) resolve();
    });
  });
}

async function asked(port: number, question: (redis: Redis) => Promise<void>): Promise<void> {
  const redis = new Redis({ host: '127.0.0.1', port });
  redis.on('error', () => undefined);
  try {
    await question(redis);
  } finally {
    redis.disconnect();
  }
}

async function replicasOnline(redis: Redis): Promise<number> {
  return [...(await redis.info('replication')).matchAll(/state=online/g)].length;
}

/** Whether a Sentinel sees so many replicas that it could promote. */
async function hasHealthyReplicas(redis: Redis, count: number): Promise<boolean> {
  const replicas = (await redis.call('SENTINEL', 'REPLICAS', SENTINEL_NAME)) as unknown[];
  const healthy = replicas
    .map(fieldsOf)
    .filter(({ flags, 'master-link-status': link }) => flags === 'slave' && link === 'ok');
  return healthy.length >= count;
}

/** What a Sentinel says of somebody: RESP3 gives a list of names and values or a map, as the client likes. */
function fieldsOf(reply: unknown): Record<string, string> {
  if (!Array.isArray(reply)) return reply as Record<string, string>;
  const list = reply as string[];
  return Object.fromEntries(
    list.flatMap((name, index) => (index % 2 === 0 ? [[name, list[index + 1] ?? '']] : [])),
  );
}
