import { connectRedis, createRedisStore, startDevServer } from '@chalkline/server';
import { Redis } from 'ioredis';
import { afterEach, expect, it } from 'vitest';
import { startReplica } from '../harness/redis-replica.ts';
import { startRedis } from '../harness/redis.ts';
import { SECRET, signIn } from '../harness/sdk-client.ts';
import { until } from '../harness/until.ts';
import { openWire } from '../harness/wire.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A class of Ada and Ben, whose store stands behind one name, and a replica of that store. */
async function beginClass() {
  const primary = await startRedis();
  closing.push(() => primary.stop());
  const replica = await startReplica(primary.port);
  closing.push(() => replica.stop());
  const name = await openWire(primary.port);
  closing.push(() => name.close());
  const [toPrimary, toReplica] = [new Redis(primary.url), new Redis(replica.url)];
  for (const client of [toPrimary, toReplica]) {
    client.on('error', () => undefined);
    closing.push(() => client.disconnect());
  }
  const store = createRedisStore({ redis: connectRedis(name.url), clock: Date.now });
  const server = await startDevServer({ secret: SECRET, port: 0, store });
  closing.push(() => server.close());
  const enter = async (userId: string) => {
    const timing = {
      backoffBaseMs: 50,
      reconnectBaseMs: 50,
      backoffCapMs: 300,
      pingMs: 300,
      requestMs: 3000,
    };
    const client = signIn(userId, { url: server.url, classrooms: { maths: 'student' }, timing });
    closing.push(() => client.close());
    const classroom = client.classroom('maths');
    const heard: string[] = [];
    const seen = { reloads: 0 };
    classroom.on('chat.send', ({ data }) => heard.push(data.text));
    classroom.on('discontinuity', () => (seen.reloads += 1));
    await classroom.join();
    const texts = (): string[] => classroom.chat.messages.map(({ text }) => text);
    const shows = (expected: string[]) =>
      until(
        `${userId} shows ${expected.join()}`,
        (look) => classroom.chat.on('change', look),
        () => texts().join() === expected.join(),
      );
    return { classroom, heard, seen, texts, shows };
  };
  return { primary, replica, name, toPrimary, toReplica, ada: await enter('ada'), ben: await enter('ben') };
}

it('when acked messages were lost with the primary, everybody reloads once and shows the same chat again', async () => {
  // Seen red: the epoch without the replication id. Ben kept showing `lost`, never saw `instead`, and nobody was told.
  const { primary, replica, name, toPrimary, toReplica, ada, ben } = await beginClass();
  await ada.classroom.chat.send('kept');
  await ben.shows(['kept']);
  await toPrimary.set('mark', '');
  expect(await toPrimary.wait(1, 1000)).toBe(1);
  await toReplica.replicaof('NO', 'ONE');
  await ada.classroom.chat.send('lost');
  await ben.shows(['kept', 'lost']);
  await primary.kill();
  name.target = replica.port;
  name.cut();

  await ada.classroom.chat.send('instead');
  for (const { shows, seen } of [ada, ben]) {
    await shows(['kept', 'instead']);
    expect(seen.reloads).toBe(1);
  }
  await ben.classroom.chat.send('and on');
  for (const { shows, seen } of [ada, ben]) {
    await shows(['kept', 'instead', 'and on']);
    expect(seen.reloads).toBe(1);
  }
  expect(ben.heard).toEqual(expect.arrayContaining(['kept', 'lost', 'and on']));
  const members = (classroom: typeof ada.classroom) =>
    classroom.presence.members.map(({ userId, status }) => `${userId} ${status}`);
  expect(members(ada.classroom)).toEqual(['ada online', 'ben online']);
  expect(members(ben.classroom)).toEqual(['ada online', 'ben online']);
});

it('when Redis was flushed, everybody reloads an empty classroom by themselves, and the class goes on', async () => {
  // Seen red: `recovered` said without a look at the epoch.
  const { toPrimary, ada, ben } = await beginClass();
  await ada.classroom.chat.send('before');
  await ben.shows(['before']);
  await toPrimary.flushall();
  for (const { shows, seen } of [ada, ben]) {
    await shows([]);
    expect(seen.reloads).toBe(1);
  }
  await ben.classroom.chat.send('after');
  for (const { shows, seen } of [ada, ben]) {
    await shows(['after']);
    expect(seen.reloads).toBe(1);
  }
});
