import { connectRedis, createRedisStore, startDevServer } from '@chalkline/server';
import type { Cluster } from 'ioredis';
import { afterEach, expect, it } from 'vitest';
import { faultsOf, startChatter, watchAcks, wholeChat } from '../harness/chatter.ts';
import { poll } from '../harness/poll.ts';
import { startRedisCluster } from '../harness/redis-cluster.ts';
import type { RedisProcess } from '../harness/redis.ts';
import { SECRET, signIn } from '../harness/sdk-client.ts';
import { until } from '../harness/until.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

it(
  'goes on when the node that has the classroom is killed and its replica takes its slots; other classrooms do not notice',
  { timeout: 40_000, retry: 1 },
  async () => {
    // Seen red: the epoch without the replication id, so that nobody reloaded; `replicated` said without waiting.
    const cluster = await startRedisCluster({ replicas: 1, nodeTimeoutMs: 1000 });
    closing.push(() => cluster.stop());
    const redis = connectRedis(cluster.url, { isCluster: true }) as Cluster;
    const store = createRedisStore({
      redis,
      clock: Date.now,
      replicas: 1,
      replicaTimeoutMs: 300,
      limits: { rateBurst: Infinity },
    });
    const acks = watchAcks(store);
    const server = await startDevServer({ secret: SECRET, port: 0, store });
    closing.push(() => server.close());
    const client = signIn('ada', {
      url: server.url,
      classrooms: { '*': 'teacher' },
      timing: { backoffBaseMs: 50, reconnectBaseMs: 50, backoffCapMs: 300, pingMs: 500, requestMs: 3000 },
    });
    closing.push(() => client.close());

    const doomed = client.classroom('maths');
    const [node] = await cluster.nodesOf('{maths}');
    const other = await classroomElsewhere();
    const reloads = { doomed: 0, other: 0 };
    doomed.on('discontinuity', () => (reloads.doomed += 1));
    other.on('discontinuity', () => (reloads.other += 1));
    await Promise.all([doomed.join(), other.join()]);
    const chatters = [startChatter(doomed, 'doomed'), startChatter(other, 'other')] as const;
    const talkOn = (what: string) =>
      Promise.all(
        chatters.map((chatter) => {
          const goal = chatter.count + 25;
          return until(what, chatter.on, () => chatter.count >= goal, 15_000);
        }),
      );
    await talkOn('everybody talks');
    let replica: RedisProcess | undefined;
    await poll('the replica is known', async () => {
      [, replica] = await cluster.nodesOf('{maths}');
      return replica !== undefined;
    });
    await replica?.kill('SIGSTOP');
    const isWarned = () => [...acks.unreplicated].some((text) => text.startsWith('doomed'));
    await until('the acks of its classroom warn', acks.on, isWarned);
    await replica?.kill('SIGCONT');
    await until('the replica is trusted', acks.on, () => acks.streak >= 5);
    await node?.kill();
    await talkOn('everybody talks after the failover');
    await Promise.all(chatters.map((chatter) => chatter.stop()));

    for (const [index, classroom] of [doomed, other].entries()) {
      const faults = faultsOf(await wholeChat(classroom), chatters.slice(index, index + 1));
      expect({ ...faults, lost: faults.lost.filter((text) => !acks.unreplicated.has(text)) }).toEqual({
        lost: [],
        doubled: [],
        reordered: [],
      });
    }
    expect(reloads).toEqual({ doomed: 1, other: 0 });

    async function classroomElsewhere() {
      for (let index = 0; ; index++) {
        if ((await cluster.nodesOf(`{art-${index}}`))[0] !== node) return client.classroom(`art-${index}`);
      }
    }
  },
);
