import { startRedis } from '../harness/redis.ts';
import type { Benchmark } from './benchmark.ts';
import type { MembersQuestion } from './latency/members.ts';
import { byName, percentile, round } from './statistics.ts';
import { table } from './table.ts';
import { startWorker, type Worker } from './worker.ts';

const systems = ['ours', 'socketio', 'socketioNodes', 'relay'] as const;
type System = (typeof systems)[number];
const sizes = [6, 30] as const;
type Size = (typeof sizes)[number];

const titles: Record<System, string> = {
  ours: 'ours: SDK, local gateway, handlers, Redis',
  socketio: 'socket.io + redis-streams + recovery',
  socketioNodes: 'the same on two nodes, members on both',
  relay: 'bare ws relay, keeps nothing (the limit)',
};

interface Running {
  /** One for each node. */
  servers: Worker<{ redisUrl: string }, string>[];
  members: Worker<MembersQuestion, number[]>;
}

/**
 * How long from the send until the last member has the message, the sender's own copy included. Each node of a system is
 * one process, and its members are another; the systems take turns in short rounds, so that noise of the machine hits all alike.
 *
 * What is compared does not do the same. Ours keeps a message before anyone has it, and tells the sender's position; its one
 * process is API Gateway, Lambda and the Redis client, and each copy is a signed HTTP call between them, as on AWS. socket.io
 * sends to the members of its own node at once, while Redis is told; the members of another node get it by way of Redis.
 */
export const latency: Benchmark = {
  summary: 'ms from a send until every member has it, beside socket.io and a bare relay',
  async run({ isQuick, profileFolder, progress }) {
    const rounds = isQuick ? 1 : 20;
    const samplesPerRound = isQuick ? 5 : 50;
    const warmUp = isQuick ? 2 : 400;
    const redis = await startRedis();
    const running = {} as Record<System, Running>;
    try {
      progress('latency: starting the servers and their members');
      for (const system of systems) running[system] = start(system, profileFolder);
      const urls = await Promise.all(
        systems.map(async (system) => {
          const { servers } = running[system];
          return [system, await Promise.all(servers.map((server) => server.ask({ redisUrl: redis.url })))];
        }),
      );
      const urlsOf = Object.fromEntries(urls) as Record<System, string[]>;
      const samples = byName(systems, () => byName(sizes, () => [] as number[]));
      const measure = (system: System, size: Size, count: number): Promise<number[]> =>
        running[system].members.ask({ urls: urlsOf[system], size, count });

      for (const size of sizes) {
        progress(`latency: warming up with ${size} members`);
        for (const system of systems) await measure(system, size, warmUp);
      }
      for (let turn = 1; turn <= rounds; turn++) {
        progress(`latency: round ${turn} of ${rounds}`);
        // There and back, so that none is always the one after another.
        const order = turn % 2 === 1 ? systems : [...systems].reverse();
        for (const size of sizes) {
          for (const system of order) {
            samples[system][size].push(...(await measure(system, size, samplesPerRound)));
          }
        }
      }

      const figures = byName(systems, (system) => ({
        p50: byName(sizes, (size) => round(percentile(samples[system][size], 0.5), 3)),
        p99: byName(sizes, (size) => round(percentile(samples[system][size], 0.99), 3)),
      }));
      const ratioTo = (peer: System) => {
        const of = (share: 'p50' | 'p99') =>
          byName(sizes, (size) => round(figures.ours[share][size] / figures[peer][share][size], 3));
        return { p50: of('p50'), p99: of('p99') };
      };
      const ratio = ratioTo('socketio');
      const ratioToNodes = ratioTo('socketioNodes');
      const columns = sizes.flatMap((size) => [
        { share: 'p50' as const, size },
        { share: 'p99' as const, size },
      ]);
      const text = table(
        [
          `ms, ${rounds * samplesPerRound} sends each`,
          ...columns.map(({ share, size }) => `${share} of ${size}`),
        ],
        [
          ...systems.map((system) => [
            titles[system],
            ...columns.map(({ share, size }) => figures[system][share][size].toFixed(2)),
          ]),
          ['ours ÷ socket.io', ...columns.map(({ share, size }) => ratio[share][size].toFixed(2))],
          [
            'ours ÷ two nodes of it',
            ...columns.map(({ share, size }) => ratioToNodes[share][size].toFixed(2)),
          ],
        ],
      );
      return { text, figures: { ...figures, ratio, ratioToNodes } };
    } finally {
      const workers = Object.values(running).flatMap(({ members, servers }) => [members, ...servers]);
      await Promise.all(workers.map((worker) => worker.stop()));
      await redis.stop();
    }
  },
};

function start(system: System, profileFolder?: string): Running {
  const name = system === 'socketioNodes' ? 'socketio' : system;
  const startPart = <Question, Answer>(part: 'server' | 'members'): Worker<Question, Answer> =>
    startWorker(new URL(`./latency/${name}-${part}.ts`, import.meta.url), { profileFolder });
  const nodes = system === 'socketioNodes' ? 2 : 1;
  return { servers: Array.from({ length: nodes }, () => startPart('server')), members: startPart('members') };
}
