import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startRedis, type RedisProcess } from '../../../../tests/harness/redis.ts';
import { describeStore } from '../contract.ts';
import { chat, draw, Lesson, set, type MakeStore } from '../lesson.ts';
import { connectRedis } from './connect-redis.ts';
import { createRedisStore } from './redis-store.ts';

let server: RedisProcess;
/** Looks into the server behind the store's back. */
let redis: Redis;
beforeAll(async () => {
  server = await startRedis();
  redis = new Redis(server.url);
});
afterAll(async () => {
  redis.disconnect();
  await server.stop();
});

/** What nobody can read, and large enough that two of them are due. */
const damaged = 'AAAA'.repeat(12_000);

const makeStore: MakeStore = (options) =>
  createRedisStore({ redis: new Redis(server.url), keyPrefix: `${randomUUID()}:`, ...options });

describeStore('redis store', makeStore);

/** A lesson under a known prefix, so that a test can look at its keys. */
async function beginAt(
  keyPrefix: string,
  limits: Parameters<MakeStore>[0]['limits'] = {},
  client = new Redis(server.url),
): Promise<Lesson> {
  return await Lesson.begin((options) => createRedisStore({ redis: client, keyPrefix, ...options }), limits);
}

// Seen red: the members to tell asked for by a command of their own.
it('appends in one round trip, however many messages the frame holds', async () => {
  const lesson = await beginAt('one:');
  for (const connectionId of ['ada', 'ben']) await lesson.join(connectionId);
  await lesson.say('ada', 'first');
  const monitor = await redis.monitor();
  const seen: string[] = [];
  const drained = new Promise<void>((resolve) => {
    monitor.on('monitor', (_time: string, [command = '']: string[], source: string) => {
      if (command.toLowerCase() === 'echo') resolve();
      else if (source !== 'lua') seen.push(command.toLowerCase());
    });
  });
  await lesson.say('ada', 'a', 'b', 'c');
  await redis.echo('that was all');
  await drained;
  monitor.disconnect();
  expect(seen).toEqual(['evalsha']);
  await lesson.store.close();
});

// Seen red: the chat left out of the keys that expire.
it('lets every key expire, so that a forgotten classroom leaves nothing behind', async () => {
  const lesson = await beginAt('end:', { retentionMs: 5000, dedupeIds: 2 });
  await lesson.store.connect({ connectionId: 'ada', userId: 'ada', classroomIds: ['maths'] });
  for (const connectionId of ['ada', 'ben']) await lesson.join(connectionId);
  for (const text of ['a', 'b']) await lesson.say('ada', text);
  await lesson.say('ada', set('c', 'page', 1), draw('d', damaged), draw('e', damaged));
  const batch = await lesson.store.collect('maths', 'board');
  if (batch) await lesson.store.replace(batch, 'AAAA', [1, 2]);
  const keys = (await redis.keys('end:*')).sort();
  expect(keys).toEqual([
    'end:connection:ada',
    'end:connection:ben',
    'end:sweeps',
    'end:{maths}:blob-order',
    'end:{maths}:blobs',
    'end:{maths}:chat',
    'end:{maths}:damaged',
    'end:{maths}:documents',
    'end:{maths}:ids',
    'end:{maths}:leases',
    'end:{maths}:log',
    'end:{maths}:members',
    'end:{maths}:meta',
    'end:{maths}:old-ids',
    'end:{maths}:rate',
    'end:{maths}:seats',
    'end:{maths}:state',
  ]);
  for (const key of keys) {
    const left = await redis.pttl(key);
    expect(left, key).toBeGreaterThan(4000);
    expect(left, key).toBeLessThanOrEqual(5000);
  }
  await lesson.store.disconnect('ada', true);
  expect(await redis.exists('end:connection:ada')).toBe(0);
  await lesson.store.close();
});

// Seen red: whoever knew its name could keep a class that was long over, with all that was said in it.
it('keeps a classroom no longer for somebody without a seat there', async () => {
  const lesson = await beginAt('kept:');
  await lesson.join('ada');
  await lesson.store.leave('maths', 'ada');
  await redis.pexpire('kept:{maths}:meta', 1000);
  await lesson.store.touch('ben', ['maths']);
  await lesson.store.leave('maths', 'ben');
  await lesson.store.disconnect('ben', false);
  await expect(lesson.say('ben', 'a')).rejects.toMatchObject({ code: 'not-joined' });
  expect(await redis.pttl('kept:{maths}:meta')).toBeLessThanOrEqual(1000);
  await lesson.store.close();
});

it('sweeps a hundred classrooms at a time, and says that there are more', async () => {
  const lesson = await beginAt('many:');
  const ids = Array.from({ length: 101 }, (_, index) => `room-${index}`);
  await Promise.all(ids.map((classroomId) => lesson.join('ada', {}, { classroomId })));
  lesson.now += 60_000;
  const first = await lesson.store.sweep();
  expect([first.announcements.length, first.hasMore]).toEqual([100, true]);
  const second = await lesson.store.sweep();
  expect([second.announcements.length, second.hasMore]).toEqual([1, false]);
  expect(await redis.exists('many:sweeps')).toBe(0);
  await lesson.store.close();
});

// Seen red: without PEXPIRE.
it('forgets the strikes of a connection by itself', async () => {
  const lesson = await beginAt('strike:');
  await lesson.store.strike('ada', 5000);
  const left = await redis.pttl('strike:strikes:ada');
  expect(left).toBeGreaterThan(4000);
  expect(left).toBeLessThanOrEqual(5000);
  await lesson.store.close();
});

it('begins a new epoch when the log is lost, and goes on with the sockets that are there', async () => {
  const lesson = await beginAt('lost:');
  const { head } = await lesson.join('ada');
  await lesson.say('ada', 'a');
  await redis.del('lost:{maths}:meta', 'lost:connection:ada');
  await expect(lesson.say('ada', 'b')).rejects.toMatchObject({ code: 'not-joined' });
  const back = await lesson.join('ada', {}, { position: head });
  expect(back).toMatchObject({ recovered: false, head: { seq: 1 }, chat: [] });
  expect(back.head.epoch).not.toBe(head.epoch);
  expect((await lesson.say('ada', 'a')).results).toMatchObject([{ seq: 2, isDuplicate: false }]);
  expect(await lesson.store.disconnect('ada', true)).toHaveLength(1);
  await lesson.store.close();
});

it('does not say recovered when the head is there and the log is not', async () => {
  const lesson = await beginAt('half:');
  const { head } = await lesson.join('ada');
  await lesson.say('ada', 'a');
  await redis.del('half:{maths}:log');
  expect((await lesson.join('ada', {}, { position: head })).recovered).toBe(false);
  expect((await lesson.say('ada', 'b')).results).toMatchObject([{ seq: 3 }]);
  await lesson.store.close();
});

it('goes on when the server forgets the scripts', async () => {
  const lesson = await beginAt('script:');
  await lesson.join('ada');
  await lesson.say('ada', 'a');
  await redis.script('FLUSH');
  expect((await lesson.say('ada', 'b')).results).toMatchObject([{ seq: 3 }]);
  await lesson.store.close();
});

it('serves stores with different limits on one client', async () => {
  const client = new Redis(server.url);
  const strict = await beginAt('strict:', { rateBurst: 1 }, client);
  const generous = await beginAt('generous:', { rateBurst: Infinity }, client);
  const drafts = [chat('a'), chat('b')];
  for (const [lesson, second] of [
    [strict, { error: 'rate-limited' }],
    [generous, { seq: 3 }],
  ] as const) {
    await lesson.join('ada');
    expect((await lesson.say('ada', ...drafts)).results).toMatchObject([{ seq: 2 }, second]);
  }
  await strict.store.close();
});

// Seen red: the error of ioredis let through.
it('rejects with `internal` and the cause when Redis does not answer', async () => {
  const dying = await startRedis();
  const client = new Redis(dying.url, { maxRetriesPerRequest: 0, retryStrategy: () => null });
  client.on('error', () => undefined);
  const lesson = await beginAt('dead:', {}, client);
  await lesson.join('ada');
  await dying.kill();
  const dead = { code: 'internal', retryable: true, cause: expect.any(Error) as unknown };
  const { store } = lesson;
  for (const verb of [
    () => store.connect({ connectionId: 'ada', userId: 'ada', classroomIds: [] }),
    () => lesson.join('ada'),
    () => lesson.say('ada', 'a'),
    () => store.audience('maths', 'ada'),
    () => store.load('maths', 'ada', { document: 'board', after: 0 }),
    () => store.collect('maths', 'board'),
    () => store.touch('ada', ['maths']),
    () => store.history('maths', 'ada', { limit: 1 }),
    () => store.leave('maths', 'ada'),
    () => store.disconnect('ada', true),
    () => store.strike('ada', 1000),
  ]) {
    await expect(verb()).rejects.toMatchObject(dead);
  }
  await store.close();
  await dying.stop();
});

// Seen red: no deadline. ioredis keeps the commands of a cluster until it is up, however long that takes.
it.each([
  ['a cluster that is down', ['--cluster-enabled', 'yes'], true],
  [
    'a replica that lost its primary',
    ['--replicaof', '127.0.0.1', '1', '--replica-serve-stale-data', 'no'],
    false,
  ],
])('rejects with `internal` in time when it is connected to %s', async (_, args, isCluster) => {
  const useless = await startRedis({ args });
  const client = connectRedis(useless.url, { isCluster });
  const lesson = await Lesson.begin((options) =>
    createRedisStore({ redis: client, deadlineMs: 500, ...options }),
  );
  for (const verb of [() => lesson.join('ada'), () => lesson.store.disconnect('ada', true)]) {
    await expect(verb()).rejects.toMatchObject({ code: 'internal', retryable: true });
  }
  await lesson.store.close();
  await useless.stop();
});
