import { startDevServer, type DevServer } from '@chalkline/server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startRedis, type RedisProcess } from '../harness/redis.ts';
import { nodeEnv, SECRET, signIn } from '../harness/sdk-client.ts';
import { until } from '../harness/until.ts';

let redis: RedisProcess;
beforeAll(async () => (redis = await startRedis()));
afterAll(() => redis.stop());

describe.each(['in this process', 'in Redis'])('a classroom kept %s', (where) => {
  let server: DevServer;
  beforeAll(async () => {
    const redisUrl = where === 'in Redis' ? redis.url : undefined;
    server = await startDevServer({ secret: SECRET, port: 0, redisUrl });
  });
  afterAll(() => server.close());

  // Seen red: the old socket was closed before the new one had said hello.
  it('shows nobody that a member moves from socket to socket, and loses nothing on the way', async () => {
    const { WebSocket, ...env } = nodeEnv();
    let sockets = 0;
    class CountedSocket extends WebSocket {
      constructor(url: string | URL, protocols?: string | string[]) {
        super(url, protocols);
        sockets += 1;
      }
    }
    const classrooms = { 'math-101': 'teacher' } as const;
    const timing = { swapMs: 60 };
    const ada = signIn('ada', {
      url: server.url,
      classrooms,
      env: { ...env, WebSocket: CountedSocket },
      timing,
    });
    const ben = signIn('ben', { url: server.url, classrooms });
    const [hers, his] = [ada.classroom('math-101'), ben.classroom('math-101')];
    await Promise.all([hers.join(), his.join()]);
    for (const { presence } of [hers, his]) {
      await until(
        'both see each other',
        (look) => presence.on('change', look),
        () => presence.members.length === 2,
      );
    }
    const heard: { ada: string[]; ben: string[] } = { ada: [], ben: [] };
    const statuses: string[] = [];
    hers.on('event', ({ type, data }) => heard.ada.push((data as { text?: string }).text ?? type));
    his.on('event', ({ type, data }) => heard.ben.push((data as { text?: string }).text ?? type));
    ada.on('status', ({ status }) => statuses.push(status));

    const sent: string[] = [];
    while (sockets < 8) {
      const [fromAda, fromBen] = [`Ada ${sent.length}`, `Ben ${sent.length}`];
      sent.push(fromAda, fromBen);
      await Promise.all([hers.chat.send(fromAda), his.chat.send(fromBen)]);
    }
    await until(
      'all is heard',
      (look) => {
        const removers = [hers.on('event', look), his.on('event', look)];
        return () => removers.forEach((remove) => remove());
      },
      () => heard.ada.length >= sent.length && heard.ben.length >= sent.length,
    );
    // Each once, no `member.drop` nor `member.join` between them, in one order for both.
    expect(heard.ben.toSorted()).toEqual(sent.toSorted());
    expect(heard.ada).toEqual(heard.ben);
    expect(statuses).toEqual([]);

    // A close after all that is still a goodbye, seen at once.
    ada.close();
    await until(
      'Ben sees Ada leave',
      (look) => his.presence.on('change', look),
      () => his.presence.members.length === 1,
      2_000,
    );
    ben.close();
  });
});
