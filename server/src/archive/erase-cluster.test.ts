import type { Cluster } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { poll } from '../../../tests/harness/poll.ts';
import { startRedisCluster, type RedisCluster } from '../../../tests/harness/redis-cluster.ts';
import { Lesson } from '../adapters/lesson.ts';
import { connectRedis } from '../adapters/redis/connect-redis.ts';
import { createRedisStore } from '../adapters/redis/redis-store.ts';
import { Archive } from './archive.ts';
import { operate, type Operation } from './operations.ts';

let cluster: RedisCluster;
let redis: Cluster;
let lesson: Lesson;
beforeAll(async () => {
  cluster = await startRedisCluster({ replicas: 1 });
  redis = connectRedis(cluster.url, { isCluster: true }) as Cluster;
  lesson = await Lesson.begin((clock) => createRedisStore({ redis, ...clock }));
  for (const classroomId of classroomIds)
    for (const userId of ['ada', 'ben']) await lesson.join(userId, {}, { classroomId });
  await poll('every primary knows its replica', async () => {
    const found = await Promise.all(classroomIds.map((id) => cluster.nodesOf(`{${id}}`)));
    return found.every((nodes) => nodes.length === 2);
  });
}, 30_000);
afterAll(async () => {
  await lesson.store.close();
  await cluster.stop();
});

/** So many that each node has some. */
const classroomIds = Array.from({ length: 12 }, (_, index) => `room-${index}`);

async function ask(asked: Operation): Promise<object[]> {
  const items: object[] = [];
  for await (const { item } of operate({ archive: new Archive(redis), gateway: { post } }, asked))
    if (item) items.push(item);
  return items;
}
const post = (): Promise<'gone'> => Promise.resolve('gone');

/** The classrooms of which a primary, or a replica, still has a word of Ben's. */
async function withBen(role: 'master' | 'slave'): Promise<string[]> {
  const found = await Promise.all(
    redis.nodes(role).map(async (node) => {
      const keys = await node.keys('*:log');
      if (role === 'slave') await node.readonly();
      const logs = await Promise.all(keys.map((key) => node.hvals(key)));
      return keys.filter((_, index) => logs[index]?.some((event) => event.includes('"ben"')));
    }),
  );
  return found.flat();
}

// Seen red: the keys of one node left out.
it('finds and erases a user on every node of a cluster, and is done when the replicas are', async () => {
  expect(await withBen('master')).toHaveLength(classroomIds.length);
  const exported = await ask({ operation: 'export-user', userId: 'ben' });
  expect(new Set(exported.map((item) => (item as { classroomId: string }).classroomId)).size).toBe(12);

  await ask({ operation: 'erase-user', userId: 'ben', isReal: true });
  expect([await withBen('slave'), await withBen('master')]).toEqual([[], []]);
  expect(await ask({ operation: 'export-user', userId: 'ben' })).toEqual([]);
  expect(await ask({ operation: 'export', classroomId: 'room-3' })).not.toEqual([]);
  await ask({ operation: 'erase', classroomId: 'room-3' });
  expect(await ask({ operation: 'export', classroomId: 'room-3' })).toEqual([]);
});

// Seen red: WAIT's answer taken for a yes, whatever it is.
it('says so where a replica does not answer', { timeout: 20_000 }, async () => {
  const [, replica] = await cluster.nodesOf('{room-5}');
  await replica?.kill('SIGSTOP');
  await expect(ask({ operation: 'erase', classroomId: 'room-5' })).rejects.toThrow('a replica has not');
  await replica?.kill('SIGCONT');
  // Seen red: only those asked that are connected.
  const archive = new Archive(redis, { replicas: 2 });
  await expect(archive.eraseClassroom('room-6')).rejects.toThrow('a replica has not');
  // There is nothing left of it, and a replica that may not have heard of that.
  expect(await ask({ operation: 'erase', classroomId: 'room-5' })).toEqual([]);
});
