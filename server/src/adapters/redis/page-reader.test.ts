import { Redis } from 'ioredis';
import { afterEach, expect, it, vi } from 'vitest';
import { startReplica } from '../../../../tests/harness/redis-replica.ts';
import { startRedis } from '../../../../tests/harness/redis.ts';
import { openWire } from '../../../../tests/harness/wire.ts';
import { change, kinds, Lesson } from '../lesson.ts';
import { connectRedis } from './connect-redis.ts';
import { createRedisStore } from './redis-store.ts';

// A replica asks for its primary once a second.
vi.setConfig({ testTimeout: 20_000 });

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A lesson whose pages are read from a replica that hears of the primary by `wire`, with a, b and c in its chat. */
async function begin() {
  const primary = await startRedis();
  closing.push(() => primary.stop());
  const wire = await openWire(primary.port);
  closing.push(() => wire.close());
  const replica = await startReplica(wire.port);
  closing.push(() => replica.stop());
  const [toPrimary, toReplica] = [new Redis(primary.url), new Redis(replica.url)];
  for (const client of [toPrimary, toReplica]) closing.push(() => client.disconnect());
  const reader = connectRedis(replica.url, { isReader: true });
  const lesson = await Lesson.begin((options) =>
    createRedisStore({ redis: connectRedis(primary.url), reader, ...options }),
  );
  closing.push(() => lesson.store.close());
  await lesson.join('ada');
  await lesson.say('ada', 'a', 'b', 'c');
  await toPrimary.set('mark', '');
  expect(await toPrimary.wait(1, 1000)).toBe(1);

  /** A page of history, and who read it: a replica reads chat for nobody else. */
  const page = async (limit: number, before?: number): Promise<unknown> => {
    for (const client of [toPrimary, toReplica]) await client.config('RESETSTAT');
    const { events, hasOlder } = await lesson.store.history('maths', 'ada', { limit, before });
    const isPrimary = (await toPrimary.info('commandstats')).includes('cmdstat_zrevrangebyscore');
    return [kinds(events).join(''), hasOlder, isPrimary ? 'primary' : 'replica'];
  };
  return { lesson, wire, replica, toPrimary, toReplica, page };
}

it('reads pages from the replica, the newest and older ones', async () => {
  const { page } = await begin();
  expect(await page(2)).toEqual(['bc', true, 'replica']);
  expect(await page(2, 3)).toEqual(['a', false, 'replica']);
  expect(await page(9, 10_000)).toEqual(['abc', false, 'replica']);
});

it('reads from the primary an old page of which a lagging replica may not have the last change', async () => {
  // Seen red: only the seqs of the page compared: what was deleted was there to be read.
  const { lesson, wire, page } = await begin();
  wire.lagMs = 60_000;
  await lesson.say('ada', change('d', 'delete', { id: 'a' }));
  expect(await page(2, 3)).toEqual(['a', false, 'primary']);
});

it('reads from the primary what a lagging replica may not have yet, and from the replica what it has', async () => {
  // Seen red: the replica's seq not compared: the newest page lacked d and e.
  const { lesson, wire, page } = await begin();
  wire.lagMs = 60_000;
  await lesson.say('ada', 'd', 'e');
  expect(await page(3)).toEqual(['cde', true, 'primary']);
  expect(await page(2, 6)).toEqual(['cd', true, 'primary']);
  expect(await page(2, 5)).toEqual(['bc', true, 'replica']);
});

it('gives no page to whoever was removed, though the replica does not know yet', async () => {
  // Seen red: an empty page in the place of the refusal.
  const { lesson, wire } = await begin();
  wire.lagMs = 60_000;
  await lesson.store.leave('maths', 'ada');
  const late = lesson.store.history('maths', 'ada', { limit: 2 });
  await expect(late).rejects.toMatchObject({ code: 'not-joined' });
});

it('reads from the primary when the replica hangs, and leaves it alone for a while', async () => {
  // Seen red: the doubt left out.
  const { replica, toReplica, page, lesson } = await begin();
  await replica.kill('SIGSTOP');
  const read = async (): Promise<string> =>
    kinds((await lesson.store.history('maths', 'ada', { limit: 2 })).events).join('');
  expect(await read()).toBe('bc');
  await replica.kill('SIGCONT');
  await toReplica.ping();
  expect(await page(2)).toEqual(['bc', true, 'primary']);
});

it('reads from the primary when the replica is gone', async () => {
  const { lesson, replica } = await begin();
  await replica.kill();
  const { events } = await lesson.store.history('maths', 'ada', { limit: 2 });
  expect(kinds(events).join('')).toBe('bc');
});

it('does not take a page from a server that went its own way, however far it got', async () => {
  // Seen red: the epochs not compared.
  const { lesson, toReplica, page } = await begin();
  await toReplica.replicaof('NO', 'ONE');
  const stray = await Lesson.begin((options) =>
    createRedisStore({ redis: connectRedis(`redis://127.0.0.1:${toReplica.options.port}`), ...options }),
  );
  closing.push(() => stray.store.close());
  stray.now = lesson.now;
  await stray.say('ada', 'x', 'y');
  await lesson.say('ada', 'd');
  expect(await page(9)).toEqual(['abcd', false, 'primary']);
});
