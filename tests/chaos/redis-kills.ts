import type { ClassroomEvent } from '@chalkline/client-sdk';
import { parseArgs } from 'node:util';
import { connectRedis, createRedisStore, startDevServer } from '@chalkline/server';
import { Redis } from 'ioredis';
import { faultsOf, startChatter, watchAcks } from '../harness/chatter.ts';
import { SENTINEL_NAME, startRedisSentinel } from '../harness/redis-sentinel.ts';
import { SECRET, signIn } from '../harness/sdk-client.ts';
import { until } from '../harness/until.ts';

/**
 * Kills the primary of Redis again and again while a class chats, first with WAIT before each ack, then without, and counts
 * what was acked and is in no log afterwards. The last line on stdout is the report; progress goes to stderr.
 */
const { values } = parseArgs({
  options: {
    times: { type: 'string', default: '50' },
    // What a primary in one zone has told a replica in another is under way for so long, and dies with the primary.
    lag: { type: 'string', default: '10' },
    json: { type: 'boolean', default: false },
  },
});
const kills = Number(values.times);
const lagMs = Number(values.lag);

interface Tally {
  acked: number;
  lost: number;
  /** Of those lost, how many had an ack that said so: `replicated: false`. Without WAIT no ack says anything. */
  lostAsWarned: number;
  doubled: number;
  reordered: number;
}

async function killUnderLoad(name: string, replicas: number): Promise<Tally> {
  const sentinel = await startRedisSentinel({ lagMs });
  const redis = connectRedis(sentinel.url, { sentinelName: SENTINEL_NAME });
  const store = createRedisStore({
    redis,
    clock: Date.now,
    replicas,
    replicaTimeoutMs: 300,
    limits: { rateBurst: Infinity, chatEvents: 1_000_000 },
  });
  const acks = watchAcks(store);
  const server = await startDevServer({ secret: SECRET, port: 0, store });
  const timing = { backoffBaseMs: 50, reconnectBaseMs: 50, backoffCapMs: 300, pingMs: 500, requestMs: 3000 };
  const clients = ['ada', 'ben', 'chen'].map((userId) =>
    signIn(userId, { url: server.url, classrooms: { maths: 'student' }, timing }),
  );
  try {
    const chatters = await Promise.all(
      clients.map(async (client, index) => {
        const classroom = client.classroom('maths');
        await classroom.join();
        return startChatter(classroom, ['ada', 'ben', 'chen'][index] ?? '');
      }),
    );
    const talkOn = (what: string) =>
      Promise.all(
        chatters.map((chatter) => {
          const goal = chatter.count + 15;
          return until(what, chatter.on, () => chatter.count >= goal, 30_000);
        }),
      );
    for (let kill = 1; kill <= kills; kill++) {
      await talkOn('everybody talks');
      if (replicas > 0) await until('the replica is trusted', acks.on, () => acks.streak >= 5, 30_000);
      const old = await sentinel.killPrimary();
      await talkOn('everybody talks after a failover');
      await sentinel.revive(old);
      const said = chatters.reduce((sum, { count }) => sum + count, 0);
      process.stderr.write(`${name}: ${kill} of ${kills} kills, ${said} acked\n`);
    }
    await Promise.all(chatters.map((chatter) => chatter.stop()));
    const { lost, doubled, reordered } = faultsOf(
      await textsOf((await sentinel.primary()).wire.url),
      chatters,
    );
    return {
      acked: chatters.reduce((sum, { count }) => sum + count, 0),
      lost: lost.length,
      lostAsWarned: replicas === 0 ? 0 : lost.filter((text) => acks.unreplicated.has(text)).length,
      doubled: doubled.length,
      reordered: reordered.length,
    };
  } finally {
    clients.forEach((client) => client.close());
    await server.close();
    await sentinel.stop();
  }
}

/** The chat of the classroom, as the primary has it. */
async function textsOf(url: string): Promise<string[]> {
  const redis = new Redis(url);
  const messages = await redis.zrange('chalkline:{maths}:chat', 0, '-1');
  redis.disconnect();
  // The event begins with the fifth line.
  const events = messages.map((lines) => JSON.parse(lines.split('\n').slice(4).join('\n')) as ClassroomEvent);
  return events.map(({ data }) => (data as { text: string }).text);
}

const startedAt = performance.now();
const withWait = await killUnderLoad('with WAIT', 1);
const withoutWait = await killUnderLoad('without WAIT', 0);
const report = {
  kills,
  lagMs,
  withWait,
  withoutWait,
  seconds: Math.round((performance.now() - startedAt) / 1000),
};
if (values.json) process.stdout.write(`${JSON.stringify(report)}\n`);
else {
  process.stdout.write(`${kills} kills each, replicas ${lagMs} ms behind, ${report.seconds} s\n`);
  for (const [name, tally] of Object.entries({ 'with WAIT': withWait, 'without WAIT': withoutWait })) {
    process.stdout.write(`${name.padEnd(13)} ${JSON.stringify(tally)}\n`);
  }
}
process.exitCode = withWait.lost > withWait.lostAsWarned || withWait.doubled + withWait.reordered > 0 ? 1 : 0;
