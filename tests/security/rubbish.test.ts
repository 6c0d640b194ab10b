import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startRedis, type RedisProcess } from '../harness/redis.ts';
import { nodeEnv, signIn } from '../harness/sdk-client.ts';
import { until } from '../harness/until.ts';
import { AUDIENCE, Lesson, tokenOf } from './lesson.ts';

let redis: RedisProcess;
beforeAll(async () => (redis = await startRedis()));
afterAll(() => redis.stop());

describe.each(['in this process', 'in Redis'])('a socket that keeps sending rubbish, counted %s', (where) => {
  it('hears bye and is closed; those beside it notice nothing but that its user is gone', async () => {
    // Seen red: without the count, the socket stayed open.
    const lesson = await Lesson.begin(where === 'in Redis' ? { redisUrl: redis.url } : {});
    try {
      const [ada, ben] = [await lesson.enter('ada'), await lesson.enter('ben')];
      // All at once: the frames of one socket are handled side by side, as in AWS.
      for (let index = 0; index < 20; index += 1) ben.send(`rubbish ${index}`);
      const bye = await ben.hears('bye', ({ action }) => action === 'bye');
      expect(bye).toMatchObject({ code: 'bad-envelope' });
      expect(await ben.closed).toBe(1000);
      // One of his frames may still be under way when his socket is gone, and then he counts as dropped.
      await ada.hears('that he is gone', (event) => {
        return 'events' in event && event.events.some(({ type }) => /^member\.(leave|drop)$/.test(type));
      });
      const { results } = await ada.chat('maths', 'alone');
      expect(results).toMatchObject([{ id: 'alone', seq: 4 }]);
    } finally {
      await lesson.end();
    }
  });
});

describe('an SDK client that is told bye', () => {
  it('does not come back by itself', async () => {
    const lesson = await Lesson.begin();
    const sockets: { send(text: string): void }[] = [];

    const env = nodeEnv();
    class Watched extends env.WebSocket {
      constructor(url: string | URL, protocols?: string | string[]) {
        super(url, protocols);
        sockets.push(this);
      }
    }
    const client = signIn('ada', {
      url: lesson.server.url,
      classrooms: {},
      token: () => tokenOf('ada', { audience: AUDIENCE }),
      env: { ...env, WebSocket: Watched },
    });
    try {
      await client.classroom('maths').join();
      for (let index = 0; index < 20; index += 1) sockets[0]?.send('rubbish');
      await until(
        'the client gives up',
        (look) => client.on('status', look),
        () => client.status === 'closed',
      );
      expect(client.cause).toMatchObject({ code: 'bad-envelope', retryable: false });
      expect(sockets).toHaveLength(1);
    } finally {
      client.close();
      await lesson.end();
    }
  });
});
