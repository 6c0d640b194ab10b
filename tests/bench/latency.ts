import { startRedis } from '../harness/redis.ts';
import type { Benchmark } from './benchmark.ts';
import type { MembersQuestion } from './latency/members.ts';
import { byName, percentile, round } from './statistics.ts';
import { table } from './table.ts';
import { startWorker, type Worker } from './worker.ts';

const systems = ['ours', 'socketio', 'relay'] as const;
type System = (typeof systems)[number];
const sizes = [6, 30] as const;
type Size = (typeof sizes)[number];

const titles: Record<System, string> = {
  ours: 'ours: SDK, local gateway, handlers, Redis',
  socketio: 'socket.io + redis-streams + recovery',
  relay: 'bare ws relay, keeps nothing (the limit)',
};

interface Running {
  server: Worker<{ redisUrl: string }, string>;
  members: Worker<MembersQuestion, number[]>;
}

/**
 * How long from the send until the last member has the message, the sender's own copy included. Each system has one
 * process for its servers and one for its members; they take turns in short rounds, so that noise of the machine hits
 * all alike.
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
        systems.map(async (system) => [system, await running[system].server.ask({ redisUrl: redis.url })]),
      );
      const urlOf = Object.fromEntries(urls) as Record<System, string>;
      const samples = byName(systems, () => byName(sizes, () => [] as number[]));
      const measure = (system: System, size: Size, count: number): Promise<number[]> =>
        running[system].members.ask({ url: urlOf[system], size, count });

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
      const { ours, socketio } = figures;
      const ratioOf = (share: 'p50' | 'p99') =>
        byName(sizes, (size) => round(ours[share][size] / socketio[share][size], 3));
      const ratio = { p50: ratioOf('p50'), p99: ratioOf('p99') };
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
        ],
      );
      return { text, figures: { ...figures, ratio } };
    } finally {
      const workers = Object.values(running).flatMap(({ members, server }) => [members, server]);
      await Promise.all(workers.map((worker) => worker.stop()));
      await redis.stop();
    }
  },
};

function start(system: System, profileFolder?: string): Running {
  return {
    server: startWorker(new URL(`./latency/${system}-server.ts`, import.meta.url), { profileFolder }),
    members: startWorker(new URL(`./latency/${system}-members.ts`, import.meta.url), { profileFolder }),
  };
}
