import { Redis } from 'ioredis';
import { afterEach, expect, it, vi } from 'vitest';
import { poll } from '../../../../tests/harness/poll.ts';
import { startReplica } from '../../../../tests/harness/redis-replica.ts';
import { startRedis } from '../../../../tests/harness/redis.ts';
import { openWire } from '../../../../tests/harness/wire.ts';
import { Lesson } from '../lesson.ts';
import { connectRedis } from './connect-redis.ts';
import { createRedisStore, type RedisStoreOptions } from './redis-store.ts';

// A replica asks for its primary once a second.
vi.setConfig({ testTimeout: 20_000 });

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A primary with one replica, and its clients. */
async function startPair() {
  const primary = await startRedis();
  closing.push(() => primary.stop());
  const replica = await startReplica(primary.port);
  closing.push(() => replica.stop());
  const [toPrimary, toReplica] = [new Redis(primary.url), new Redis(replica.url)];
  for (const client of [toPrimary, toReplica]) {
    client.on('error', () => undefined);
    closing.push(() => client.disconnect());
  }
  return { primary, replica, toPrimary, toReplica };
}

/** A lesson whose store waits for a replica. Its first frame taught the server the script. */
async function begin(redis: RedisStoreOptions['redis'], options: Partial<RedisStoreOptions> = {}) {
  const lesson = await Lesson.begin((clock) =>
    createRedisStore({ redis, replicas: 1, ...clock, ...options }),
  );
  closing.push(() => lesson.store.close());
  for (const connectionId of ['ada', 'ben']) await lesson.join(connectionId);
  await lesson.say('ada', 'first');
  return lesson;
}

// Seen red: the store waiting for nobody; for the second test `true` whatever WAIT answers.
it('says that a replica has what was appended, once it has it, in the same round trip', async () => {
  const { primary, toPrimary, toReplica } = await startPair();
  const lesson = await begin(connectRedis(primary.url));
  const monitor = await toPrimary.monitor();
  closing.push(() => monitor.disconnect());
  const seen: string[][] = [];
  monitor.on('monitor', (_time: string, command: string[], source: string) => {
    if (source !== 'lua' && command[0] !== 'replconf') seen.push(command);
  });
  expect(await lesson.say('ada', 'a', 'b')).toMatchObject({
    replicated: true,
    results: [{ seq: 4 }, { seq: 5 }],
  });
  expect(await toReplica.hget('chalkline:{maths}:meta', 'seq')).toBe('5');
  await poll('the monitor is here', () => seen.length > 1);
  expect(seen.map(([name]) => name?.toLowerCase())).toEqual(['evalsha', 'wait']);
});

it('acks without a replica that does not answer, says so, and does not wait for it with every frame', async () => {
  const { primary, replica, toPrimary } = await startPair();
  const lesson = await begin(connectRedis(primary.url), { replicaTimeoutMs: 50 });
  const monitor = await toPrimary.monitor();
  closing.push(() => monitor.disconnect());
  const waits: (string | undefined)[] = [];
  monitor.on('monitor', (_time: string, [name, , ms]: string[]) => {
    if (name?.toLowerCase() === 'wait') waits.push(ms);
  });
  await replica.kill('SIGSTOP');
  for (const id of ['a', 'b', 'c']) {
    expect(await lesson.say('ada', id)).toMatchObject({
      replicated: false,
      results: [{ isDuplicate: false }],
    });
  }
  // Of a message that is sent again the replica is asked again.
  expect(await lesson.say('ada', 'a')).toMatchObject({ replicated: false, results: [{ isDuplicate: true }] });
  await poll('the monitor is here', () => waits.length === 4);
  expect(waits).toEqual(['50', '1', '1', '1']);
  await replica.kill('SIGCONT');
  await poll('the replica is trusted again', async () => (await lesson.say('ada', 'a')).replicated === true);
});

it('neither waits nor says anything where no replica is configured', async () => {
  const { primary, replica } = await startPair();
  const lesson = await begin(connectRedis(primary.url), { replicas: 0 });
  await replica.kill('SIGSTOP');
  expect(await lesson.say('ada', 'a')).not.toHaveProperty('replicated');
});

it('waits for the right thing when the server does not know the script', async () => {
  // Seen red: the script run once more by itself, and the answer of the first WAIT taken for the truth.
  const { primary, replica, toPrimary } = await startPair();
  const lesson = await begin(connectRedis(primary.url));
  await toPrimary.script('FLUSH');
  expect(await lesson.say('ada', 'a')).toMatchObject({ replicated: true, results: [{ seq: 4 }] });
  await toPrimary.script('FLUSH');
  await replica.kill('SIGSTOP');
  expect(await lesson.say('ada', 'b')).toMatchObject({ replicated: false, results: [{ seq: 5 }] });
});

it('does not ack when the primary is lost before a replica has it, nor asks another server about it', async () => {
  // Seen red: the script and WAIT as two commands: ioredis sent WAIT anew to the next server, which had nothing to wait for.
  // And the append acked as not replicated.
  const [old, other] = [await startPair(), await startPair()];
  const name = await openWire(old.primary.port);
  closing.push(() => name.close());
  const lesson = await begin(connectRedis(name.url), { replicaTimeoutMs: 900 });
  await old.replica.kill('SIGSTOP');
  const said = expect(lesson.say('ada', 'a')).rejects.toMatchObject({ code: 'internal', retryable: true });
  await poll('the append waits', async () => /blocked_clients:1/.test(await old.toPrimary.info('clients')));
  // What goes the same way later came later: the script's own answer is here.
  const probe = new Redis(name.url);
  probe.on('error', () => undefined);
  closing.push(() => probe.disconnect());
  for (let round = 0; round < 5; round++) await probe.ping();
  name.target = other.primary.port;
  name.cut();
  await said;
});

it('keeps script and wait together on a client that pipelines by itself', async () => {
  const { primary, replica } = await startPair();
  const client = new Redis(primary.url, { enableAutoPipelining: true });
  const lesson = await begin(client);
  const frames = (round: string) =>
    Promise.all(['ada', 'ben', 'ada', 'ben'].map((who, index) => lesson.say(who, `${round}${index}`)));
  for (const outcome of await frames('a')) expect(outcome.replicated).toBe(true);
  await replica.kill('SIGSTOP');
  for (const outcome of await frames('b')) expect(outcome.replicated).toBe(false);
});
