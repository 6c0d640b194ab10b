import { randomUUID } from 'node:crypto';
import { connectRedis, createRedisStore, type ClassroomStore } from '@chalkline/server';
import { startRedis } from '../harness/redis.ts';
import type { Benchmark } from './benchmark.ts';
import { byName, median, round } from './statistics.ts';
import { table } from './table.ts';

const SEATS = 2;

/** A classroom whose seats are taken; returns what publishes a line of chat there. */
async function openClassroom(store: ClassroomStore, classroomId: string): Promise<() => Promise<void>> {
  const connectionIds = Array.from({ length: SEATS }, (_, index) => `${classroomId}-${index}`);
  for (const connectionId of connectionIds) {
    const seat = {
      connectionId,
      clientId: connectionId,
      userId: connectionId,
      name: 'Ada',
      role: 'student' as const,
      expiresAt: Date.now() + 3_600_000,
    };
    await store.join({ classroomId, seat });
  }
  let turn = 0;
  return async () => {
    const connectionId = connectionIds[(turn += 1) % SEATS] ?? '';
    const draft = {
      id: randomUUID(),
      type: 'chat.send',
      data: { text: 'Who can tell me why the sum of the angles of a triangle is always the same?' },
      publishers: ['teacher', 'student'] as const,
      topic: 'chat',
      projection: { of: 'chat' as const },
    };
    await store.append({ classroomId, connectionId, drafts: [draft] });
  };
}

/** CPU that a server has taken, and scripts that it has run: time on the clock would count what else the machine does. */
async function spent(client: ReturnType<typeof connectRedis>): Promise<{ us: number; calls: number }> {
  const info = `${await client.info('cpu')}${await client.info('commandstats')}`;
  const numberOf = (pattern: RegExp): number => Number(pattern.exec(info)?.[1] ?? 0);
  const seconds = numberOf(/used_cpu_user:([\d.]+)/) + numberOf(/used_cpu_sys:([\d.]+)/);
  return { us: seconds * 1_000_000, calls: numberOf(/cmdstat_evalsha:calls=(\d+)/) };
}

/**
 * What a publish costs the store, the more classrooms there are. Each number of classrooms has a Redis of its own; they take
 * turns in short rounds, so that a slow moment of the machine hits all alike.
 */
export const growth: Benchmark = {
  summary: 'µs of CPU of Redis for one publish, from one classroom to ten thousand',
  async run({ isQuick, progress }) {
    const sizes = isQuick ? [1, 2] : [1, 100, 10_000];
    const rounds = isQuick ? 1 : 60;
    const publishes = isQuick ? 5 : 50;
    const running = await Promise.all(
      sizes.map(async (size) => {
        const redis = await startRedis();
        const client = connectRedis(redis.url);
        const limits = { rateBurst: Infinity, readBurst: Infinity };
        const store = createRedisStore({ redis: client, clock: () => Date.now(), limits });
        return { size, redis, client, store, publishers: [] as (() => Promise<void>)[] };
      }),
    );
    try {
      for (const { size, store, publishers } of running) {
        progress(`growth: opening ${size} classrooms`);
        for (let first = 0; first < size; first += 20) {
          const ids = Array.from(
            { length: Math.min(20, size - first) },
            (_, index) => `room-${first + index}`,
          );
          publishers.push(...(await Promise.all(ids.map((id) => openClassroom(store, id)))));
        }
        // The first of a server brings the script.
        await publishers[0]?.();
      }
      const samples = byName(sizes, () => [] as number[]);
      const calls = byName(sizes, () => 0);
      for (let turn = 1; turn <= rounds; turn++) {
        if (turn % 10 === 1) progress(`growth: round ${turn} of ${rounds}`);
        for (const { size, client, publishers } of turn % 2 === 1 ? running : [...running].reverse()) {
          const before = await spent(client);
          // Classrooms far from each other: what one publish brought into the processor's caches helps no other.
          await Promise.all(
            Array.from({ length: publishes }, async (_, index) =>
              publishers[((turn * publishes + index) * 7919) % size]?.(),
            ),
          );
          const after = await spent(client);
          samples[size]?.push((after.us - before.us) / publishes);
          calls[size] = (after.calls - before.calls) / publishes;
        }
      }
      const us = byName(sizes, (size) => round(median(samples[size] ?? []), 1));
      const ratio = byName(sizes, (size) =>
        round(median((samples[size] ?? []).map((sample, turn) => sample / (samples[1]?.[turn] ?? NaN))), 2),
      );
      const text = table(
        [`classrooms of ${SEATS}`, 'µs CPU', '÷ one', 'calls'],
        sizes.map((size) => [
          size.toLocaleString('en'),
          (us[size] ?? NaN).toFixed(1),
          (ratio[size] ?? NaN).toFixed(2),
          calls[size] ?? NaN,
        ]),
      );
      return { text, figures: { us, ratio, calls } };
    } finally {
      for (const { store, redis } of running) {
        await store.close();
        await redis.stop();
      }
    }
  },
};
