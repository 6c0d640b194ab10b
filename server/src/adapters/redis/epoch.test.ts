import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterEach, expect, it, vi } from 'vitest';
import { startReplica } from '../../../../tests/harness/redis-replica.ts';
import { startRedis, type RedisProcess } from '../../../../tests/harness/redis.ts';
import { openWire } from '../../../../tests/harness/wire.ts';
import { kinds, Lesson, seqs } from '../lesson.ts';
import { connectRedis } from './connect-redis.ts';
import { createRedisStore } from './redis-store.ts';

// A replica asks for its primary once a second.
vi.setConfig({ testTimeout: 20_000 });

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function start(options?: Parameters<typeof startRedis>[0]): Promise<RedisProcess> {
  const server = await startRedis(options);
  closing.push(() => server.stop());
  return server;
}

/** A lesson behind one address, as behind the name of a cache in ElastiCache, and a hand on each of its servers. */
async function beginBehindOneName() {
  const primary = await start();
  const replica = await startReplica(primary.port);
  closing.push(() => replica.stop());
  const name = await openWire(primary.port);
  closing.push(() => name.close());
  const lesson = await beginAt(name.url);
  const toPrimary = clientOf(primary.url);
  const toReplica = clientOf(replica.url);
  return { primary, replica, name, lesson, toPrimary, toReplica };
}

async function beginAt(url: string): Promise<Lesson> {
  const lesson = await Lesson.begin((options) => createRedisStore({ redis: connectRedis(url), ...options }));
  closing.push(() => lesson.store.close());
  return lesson;
}

function clientOf(url: string): Redis {
  const client = new Redis(url);
  client.on('error', () => undefined);
  closing.push(() => client.disconnect());
  return client;
}

/** Resolves when the replica has everything. WAIT looks no further than its own connection's last command. */
async function caughtUp(toPrimary: Redis): Promise<void> {
  await toPrimary.set('mark', '');
  expect(await toPrimary.wait(1, 1000)).toBe(1);
}

/** Does it again while the store cannot answer, as every client does; gives up after some seconds. */
async function persist<T>(verb: () => Promise<T>): Promise<T> {
  const end = performance.now() + 4000;
  for (;;) {
    try {
      return await verb();
    } catch (error) {
      expect(error).toMatchObject({ code: 'internal', retryable: true });
      if (performance.now() > end) throw error;
    }
  }
}

// Seen red: the replication id left out of the epoch, so that Ben was told `recovered` and kept a message that is in no log
// in the place of another one.
it('begins a new epoch when a replica is promoted, and keeps everything that it has', async () => {
  const { primary, name, replica, lesson, toPrimary, toReplica } = await beginBehindOneName();
  await lesson.join('ada');
  const { head } = await lesson.join('ben');
  await lesson.say('ada', 'kept');
  await caughtUp(toPrimary);
  // The replica hears no more; what is acked from now on is lost with the primary.
  await toReplica.replicaof('NO', 'ONE');
  const lost = await lesson.say('ada', 'lost');
  expect(lost.results).toMatchObject([{ seq: 4 }]);
  await primary.kill();
  name.target = replica.port;
  name.cut();

  const resent = await persist(() => lesson.say('ada', 'kept'));
  expect(resent.results).toMatchObject([{ seq: 3, isDuplicate: true }]);
  const { results, announcement } = await lesson.say('ada', 'instead');
  expect(results).toMatchObject([{ seq: 4 }]);
  expect([...announcement.recipients]).toEqual(['ben']);
  expect(announcement.epoch).not.toBe(head.epoch);

  const position = { epoch: head.epoch, seq: 4 };
  const ben = await lesson.join('ben', {}, { position });
  expect(ben).toMatchObject({ recovered: false, head: { epoch: announcement.epoch, seq: 4 } });
  expect(kinds(ben.chat)).toEqual(['kept', 'instead']);
  expect(ben.members.map(({ userId }) => userId)).toEqual(['ada', 'ben']);
  expect(ben.announcement.events).toEqual([]);
  // Also whoever saw nothing of what was lost: nobody can know that. But only once.
  expect(await lesson.join('ada', {}, { position: head })).toMatchObject({ recovered: false });
  const again = await lesson.join('ben', {}, { position: { epoch: ben.head.epoch, seq: 3 } });
  expect(again.recovered).toBe(true);
  expect(seqs(again.events)).toEqual([4]);
});

// Seen red: as above.
it('begins a new epoch when the primary comes back from an older file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'chalkline-file-'));
  closing.push(() => rm(folder, { recursive: true, force: true }));
  const args = ['--dir', folder];
  const server = await start({ args });
  const lesson = await beginAt(server.url);
  const { head } = await lesson.join('ada');
  await clientOf(server.url).save();
  await lesson.say('ada', 'lost');
  await server.kill();
  await start({ args, port: server.port });
  const back = await persist(() => lesson.join('ada', {}, { position: { epoch: head.epoch, seq: 1 } }));
  expect(back).toMatchObject({ recovered: false, head: { seq: 1 }, chat: [] });
  expect(back.head.epoch).not.toBe(head.epoch);
});

// Seen red: `recovered` said without a look at the epoch.
it('begins a new epoch with an empty classroom when Redis was flushed', async () => {
  const server = await start();
  const lesson = await beginAt(server.url);
  const { head } = await lesson.join('ada');
  await lesson.say('ada', 'a');
  await clientOf(server.url).flushall();
  await expect(lesson.say('ada', 'b')).rejects.toMatchObject({ code: 'not-joined' });
  expect((await lesson.store.touch('ada', ['maths'])).heads).toEqual({});
  const back = await lesson.join('ada', {}, { position: head });
  expect(back).toMatchObject({ recovered: false, head: { seq: 1 }, chat: [] });
  expect(back.head.epoch).not.toBe(head.epoch);
});

// Seen red: the number of replicas in the place of the replication id.
it('keeps the epoch while the primary is the same: for every store, after a lost link, with another replica', async () => {
  const { primary, name, lesson } = await beginBehindOneName();
  const { head } = await lesson.join('ada');
  const other = await beginAt(primary.url);
  expect((await other.join('ben')).head.epoch).toBe(head.epoch);
  name.cut();
  const second = await startReplica(primary.port);
  closing.push(() => second.stop());
  const back = await persist(() => lesson.join('ada', {}, { position: head }));
  expect(back).toMatchObject({ recovered: true, head: { epoch: head.epoch, seq: 2 } });
});

// Seen red: the look at the role left out: `touch` and `leave` found an old classroom, or none, and said so.
it('a replica decides nothing, neither what it has nor what it lacks', async () => {
  const { replica, lesson, toPrimary } = await beginBehindOneName();
  await lesson.join('ada');
  await caughtUp(toPrimary);
  const stale = await beginAt(replica.url);
  const cause: unknown = expect.objectContaining({ message: expect.stringMatching(/^READONLY/) as unknown });
  for (const verb of [
    () => stale.join('ada'),
    () => stale.say('ada', 'a'),
    () => stale.store.audience('maths', 'ada'),
    () => stale.store.touch('ada', ['maths']),
    () => stale.store.touch('ada', ['art']),
    () => stale.store.history('maths', 'ada', { limit: 1 }),
    () => stale.store.leave('art', 'ada'),
  ]) {
    // The command after a READONLY may find the connection on its way to what might be another server by now.
    await expect(verb()).rejects.toMatchObject({ code: 'internal', retryable: true, cause });
  }
});

// Seen red: `reconnectOnError` left out, so that the client stayed with the old primary for as long as that lived.
it('follows the name to the new primary though the old one lives on as a replica', async () => {
  const { primary, name, replica, lesson, toPrimary, toReplica } = await beginBehindOneName();
  const { head } = await lesson.join('ada');
  await lesson.say('ada', 'a');
  await caughtUp(toPrimary);
  await toReplica.replicaof('NO', 'ONE');
  await toPrimary.replicaof('127.0.0.1', replica.port);
  name.target = replica.port;
  await expect(lesson.say('ada', 'b')).rejects.toMatchObject({ code: 'internal', retryable: true });
  expect((await persist(() => lesson.say('ada', 'b'))).results).toMatchObject([{ seq: 3 }]);
  expect((await lesson.join('ada', {}, { position: head })).recovered).toBe(false);
  expect(primary.port).not.toBe(name.target);
});

// Seen red: no `socketTimeout`: each command timed out, and the connection to the dead server stayed.
it('leaves a primary that hangs with its connections open', async () => {
  const { primary, name, replica, lesson, toPrimary, toReplica } = await beginBehindOneName();
  await lesson.join('ada');
  await caughtUp(toPrimary);
  await toReplica.replicaof('NO', 'ONE');
  await primary.kill('SIGSTOP');
  name.target = replica.port;
  await expect(lesson.say('ada', 'a')).rejects.toMatchObject({ code: 'internal', retryable: true });
  expect((await persist(() => lesson.say('ada', 'a'))).results).toMatchObject([{ seq: 2 }]);
});
