import { startDevServer, type DevServer } from '@chalkline/server';
import type { Faults } from '@chalkline/server/emulator';
import * as z from 'zod/mini';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startRedis, type RedisProcess } from '../harness/redis.ts';
import { SECRET, signIn } from '../harness/sdk-client.ts';
import { until } from '../harness/until.ts';

const own = { 'note.take': { schema: z.string() } } as const;
/** Quotes are escaped twice on the way, and no slice may end inside an emoji. */
const large = `start ${'é😀"'.repeat(38_000)} end`;
const bytes = Buffer.byteLength(JSON.stringify(large));

let redis: RedisProcess;
beforeAll(async () => (redis = await startRedis()));
afterAll(() => redis.stop());

describe.each(['in this process', 'in Redis'])('messages larger than a frame, kept %s', (where) => {
  let server: DevServer;
  const closing: (() => void)[] = [];
  /** How patient a client is decides how soon it sends again. */
  const timing = {
    requestMs: 1_000,
    pongMs: 2_000,
    backoffBaseMs: 20,
    reconnectBaseMs: 20,
    gapMs: 100,
    pingMs: 500,
  };
  const enter = async (userId: string, role: 'teacher' | 'student') => {
    const classrooms = { 'math-101': role };
    const client = signIn(userId, { url: server.url, classrooms, messages: own, timing });
    closing.push(() => client.close());
    const classroom = client.classroom('math-101');
    const notes: string[] = [];
    classroom.on('note.take', ({ data }) => notes.push(data));
    await classroom.join();
    const heard = (count: number): Promise<void> =>
      until(
        `${userId} hears ${count} notes`,
        (look) => classroom.on('note.take', look),
        () => notes.length >= count,
        20_000,
      );
    return { client, classroom, notes, heard };
  };
  const setFaults = (faults: Faults): void => {
    server.gateway.faults = faults;
  };
  beforeAll(async () => {
    const redisUrl = where === 'in Redis' ? redis.url : undefined;
    server = await startDevServer({ secret: SECRET, port: 0, redisUrl, messages: own });
  });
  afterEach(() => {
    setFaults({});
    closing.splice(0).forEach((close) => close());
  });
  afterAll(() => server.close());

  it('reach the others intact, in order with the small ones', async () => {
    expect(bytes).toBeGreaterThan(290 * 1024);
    const [ada, ben] = [await enter('ada', 'teacher'), await enter('ben', 'student')];
    const received: number[] = [];
    ben.client.on('progress', (progress) => received.push(progress.done / progress.count));
    await Promise.all(['one', large, 'two', 'three'].map((note) => ada.classroom.publish('note.take', note)));
    await ben.heard(4);
    expect(ben.notes).toEqual(['one', large, 'two', 'three']);
    expect(received).toEqual([1 / 3, 2 / 3, 1]);
  });

  // Seen red: frames above the limit posted whole, which the gateway refuses.
  it('are recovered after a drop', async () => {
    const [ada, ben] = [await enter('ada', 'teacher'), await enter('ben', 'student')];
    const discontinuities: unknown[] = [];
    ben.classroom.on('discontinuity', (change) => discontinuities.push(change));
    // Each event that is posted from now on is said to be delivered and is not; then Ben's link breaks, too.
    setFaults({ post: { drop: 1 } });
    const sent = ada.classroom.publish('note.take', large);
    setFaults({ socket: { drop: { times: 1 } } });
    ben.client.reconnect();
    await sent;
    await ada.classroom.publish('note.take', 'after');
    await ben.heard(2);
    expect(ben.notes).toEqual([large, 'after']);
    expect(discontinuities).toEqual([]);
  });

  // Seen red: the parts joined in the order in which they came.
  it.each([
    ['reordered', { invocation: { delay: { ms: [0, 80] } } }],
    ['doubled on the way up', { invocation: { twice: 1 } }],
    ['doubled on the way down', { post: { reset: 0.3 } }],
    ['lost on the way up', { invocation: { killBefore: { after: 3, times: 2 } } }],
    ['lost on the way down', { post: { drop: { after: 1, times: 3 } } }],
  ] as const)('arrive once and in order though their chunks are %s', async (_, faults) => {
    const [ada, ben] = [await enter('ada', 'teacher'), await enter('ben', 'student')];
    setFaults({ seed: 7, ...faults });
    const notes = [large, 'small', `${large} again`, 'last'];
    await Promise.all(notes.map((note) => ada.classroom.publish('note.take', note)));
    for (const tab of [ben, ada]) {
      await tab.heard(4);
      expect(tab.notes).toEqual(notes);
    }
  });

  it('are refused at once where they are too large: a million emoji', async () => {
    const ada = await enter('ada', 'teacher');
    await expect(ada.classroom.publish('note.take', '😀'.repeat(1_000_000))).rejects.toMatchObject({
      code: 'payload-too-large',
    });
    const most = '😀'.repeat(130_000);
    await ada.classroom.publish('note.take', most);
    expect(ada.notes).toEqual([most]);
  });
});
