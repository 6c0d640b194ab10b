import { randomUUID } from 'node:crypto';
import { Cluster } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startRedisCluster, type RedisCluster } from '../../../../tests/harness/redis-cluster.ts';
import { describeStore } from '../contract.ts';
import { Lesson, type MakeStore } from '../lesson.ts';
import { connectRedis } from './connect-redis.ts';
import { createRedisStore } from './redis-store.ts';

let cluster: RedisCluster;
beforeAll(async () => {
  cluster = await startRedisCluster();
}, 30_000);
afterAll(() => cluster.stop());

const makeStore: MakeStore = (options) => {
  const redis = connectRedis(cluster.url, { isCluster: true });
  return createRedisStore({ redis, keyPrefix: `${randomUUID()}:`, ...options });
};

// Seen red: the braces left out of the keys, so that a classroom's keys fell into different slots (CROSSSLOT).
describeStore('redis store in cluster mode', makeStore);

it('spreads classrooms over the nodes and asks for them at the same time', async () => {
  const lesson = await Lesson.begin(makeStore);
  const classroomIds = Array.from({ length: 12 }, (_, index) => `room-${index}`);
  await Promise.all(classroomIds.map((classroomId) => lesson.join('ada', {}, { classroomId })));
  const { heads } = await lesson.store.touch('ada', classroomIds);
  expect(Object.keys(heads).sort()).toEqual([...classroomIds].sort());

  const redis = connectRedis(cluster.url, { isCluster: true }) as Cluster;
  await redis.ping();
  const sizes = await Promise.all(redis.nodes('master').map((node) => node.dbsize()));
  expect(sizes).toHaveLength(3);
  for (const size of sizes) expect(size).toBeGreaterThan(0);
  redis.disconnect();
  await lesson.store.close();
});
