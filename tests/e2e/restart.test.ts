import { afterAll, beforeAll, expect, it } from 'vitest';
import { startBackendProcess } from '../harness/backend-process.ts';
import { startRedis, type RedisProcess } from '../harness/redis.ts';
import { SECRET, signIn } from '../harness/sdk-client.ts';
import { until } from '../harness/until.ts';

let redis: RedisProcess;
beforeAll(async () => (redis = await startRedis()));
afterAll(() => redis.stop());

// Seen red: with the outbox's `close` on a lost link left out of Classroom.onLost, what was typed meanwhile is rejected.
it('comes back by itself after the backend was killed mid-chat; what was typed meanwhile arrives once and in order', async () => {
  const classrooms = { 'math-101': 'teacher' } as const;
  let backend = await startBackendProcess({ secret: SECRET, redisUrl: redis.url });
  const { url, port } = backend;
  const timing = { backoffCapMs: 500 };
  const ada = signIn('ada', { url, classrooms, timing });
  const ben = signIn('ben', { url, classrooms, timing });
  const [hers, his] = [ada.classroom('math-101'), ben.classroom('math-101')];
  try {
    await Promise.all([hers.join(), his.join()]);
    await hers.chat.send('before');

    // Killed with messages under way: some of them are in the log, and their acks are lost.
    const underWay = Array.from({ length: 20 }, (_, index) => hers.chat.send(`under way ${index}`));
    await backend.kill();
    await until(
      'both notice',
      (look) => ada.on('status', look),
      () => ada.status === 'reconnecting',
    );
    const typed = Array.from({ length: 5 }, (_, index) =>
      (index % 2 === 0 ? hers : his).chat.send(`typed ${index}`),
    );
    expect(hers.chat.messages.at(-1)).toMatchObject({ status: 'pending' });

    backend = await startBackendProcess({ secret: SECRET, redisUrl: redis.url, port });
    await Promise.all([...underWay, ...typed]);
    await until(
      'Ben has all',
      (look) => his.on('event', look),
      () => his.chat.messages.length === 26,
    );
    await until(
      'Ada has all',
      (look) => hers.on('event', look),
      () => hers.chat.messages.length === 26,
    );
    expect(hers.chat.messages).toEqual(
      his.chat.messages.map((message) => ({ ...message, isOwn: message.from.userId === 'ada' })),
    );
    const texts = hers.chat.messages.map(({ text }) => text);
    expect(texts.filter((text) => text.startsWith('under way'))).toEqual(
      Array.from({ length: 20 }, (_, index) => `under way ${index}`),
    );
    expect(texts.filter((text) => /typed [024]/.test(text))).toEqual(['typed 0', 'typed 2', 'typed 4']);
    expect([ada.status, ben.status]).toEqual(['connected', 'connected']);
  } finally {
    ada.close();
    ben.close();
    await backend.kill();
  }
});
