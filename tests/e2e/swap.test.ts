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

  // Seen red: the late hello gave the seat to a socket that was closed; Ben saw Ada drop, and she heard nothing until the next ping.
  it('keeps a member where the hello of the next socket is carried out only after the swap was given up', async () => {
    const classrooms = { 'math-101': 'teacher' } as const;
    const { store } = server;
    const join = store.join.bind(store);
    let joins = 0;
    let giveUp = (): void => undefined;
    const isGivenUp = new Promise<void>((resolve) => (giveUp = resolve));
    let tell: (outcome: unknown) => void = () => undefined;
    const late = new Promise((resolve) => (tell = resolve));
    store.join = async (request) => {
      if (request.seat.userId !== 'ada') return await join(request);
      joins += 1;
      // The first is Ada's, the second that of the next socket, the third takes the seat back.
      const isLate = joins === 2;
      if (isLate) await isGivenUp;
      else if (joins === 3) giveUp();
      const outcome = join(request);
      if (isLate) tell(outcome.catch((error: unknown) => error));
      return await outcome;
    };
    const timing = { swapMs: 60, probeMs: 60, reconnectBaseMs: 60_000 };
    const ada = signIn('ada', {
      url: server.url,
      classrooms,
      timing,
      env: { ...nodeEnv(), random: () => 0.5 },
    });
    const ben = signIn('ben', { url: server.url, classrooms });
    try {
      const [hers, his] = [ada.classroom('math-101'), ben.classroom('math-101')];
      await his.join();
      const heard: string[] = [];
      await hers.join();
      his.on('event', ({ type }) => heard.push(type));
      expect(await late).toMatchObject({ code: 'not-joined' });
      const hears = until(
        'Ada hears Ben',
        (look) => hers.on('event', look),
        () => hers.chat.messages.at(-1)?.text === 'two',
        5_000,
      );
      for (const text of ['one', 'two']) await his.chat.send(text);
      await hears;
      expect(heard.filter((type) => type !== 'member.join')).toEqual(['chat.send', 'chat.send']);
    } finally {
      store.join = join;
      ada.close();
      ben.close();
    }
  });
});
