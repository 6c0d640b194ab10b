import { startDevServer, type DevServer } from '@chalkline/server';
import * as z from 'zod/mini';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startRedis, type RedisProcess } from '../harness/redis.ts';
import { SECRET, signIn } from '../harness/sdk-client.ts';
import { until } from '../harness/until.ts';

const classrooms = { 'math-101': 'teacher', 'math-102': 'teacher' } as const;
const own = { 'quiz.answer': { schema: z.object({ choice: z.number() }), publishers: ['student'] } } as const;

let redis: RedisProcess;
beforeAll(async () => (redis = await startRedis()));
afterAll(() => redis.stop());

describe.each(['in this process', 'in Redis'])('a classroom kept %s', (where) => {
  let server: DevServer;
  const closing: (() => void)[] = [];
  const enter = (userId: string, role: 'teacher' | 'student' | 'observer') => {
    const client = signIn(userId, { url: server.url, classrooms: { 'math-101': role }, messages: own });
    closing.push(() => client.close());
    return { client, classroom: client.classroom('math-101') };
  };
  beforeAll(async () => {
    const redisUrl = where === 'in Redis' ? redis.url : undefined;
    server = await startDevServer({ secret: SECRET, port: 0, redisUrl, messages: own });
  });
  afterEach(() => closing.splice(0).forEach((close) => close()));
  afterAll(() => server.close());

  it('shows everyone who is there, and each leave at once', async () => {
    const ada = enter('ada', 'teacher');
    const ben = enter('ben', 'student');
    await ada.classroom.join();
    await ben.classroom.join();
    const names = () => ada.classroom.presence.members.map(({ name }) => name);
    await until(
      'Ada sees Ben',
      (look) => ada.classroom.presence.on('change', look),
      () => names().includes('Ben'),
    );
    ben.client.close();
    await until(
      'Ada sees Ben leave',
      (look) => ada.classroom.presence.on('change', look),
      () => !names().includes('Ben'),
      2_000,
    );
  });

  it('delivers chat to every member once and in order, the sender included', async () => {
    const ada = enter('ada', 'teacher');
    const ben = enter('ben', 'student');
    await Promise.all([ada.classroom.join(), ben.classroom.join()]);
    const heard: { ada: number[]; ben: number[] } = { ada: [], ben: [] };
    ada.classroom.on('event', ({ seq }) => heard.ada.push(seq));
    ben.classroom.on('event', ({ seq }) => heard.ben.push(seq));
    const texts = Array.from({ length: 40 }, (_, index) => `message ${index}`);
    await Promise.all(texts.map((text, index) => (index % 2 === 0 ? ada : ben).classroom.chat.send(text)));
    const last = (): number => Math.max(ada.classroom.position?.seq ?? 0, ben.classroom.position?.seq ?? 0);
    for (const { classroom } of [ada, ben]) {
      await until(
        'all are whole',
        (look) => classroom.on('event', look),
        () => classroom.position?.seq === last(),
      );
    }
    const shown = ada.classroom.chat.messages.slice(-40);
    expect(shown.map(({ text }) => text).sort()).toEqual([...texts].sort());
    expect(shown.map(({ status }) => status)).toEqual(texts.map(() => 'sent'));
    expect(ben.classroom.chat.messages.slice(-40).map(({ id }) => id)).toEqual(shown.map(({ id }) => id));
    expect(heard.ben.slice(-40)).toEqual(heard.ada.slice(-40));
    // A sender's own messages keep their order.
    const own = (name: string) => shown.filter(({ from }) => from.name === name).map(({ text }) => text);
    expect(own('Ada')).toEqual(texts.filter((_, index) => index % 2 === 0));
  });

  it('gives a newcomer what was said before, and older pages on demand', async () => {
    const ada = enter('ada', 'teacher');
    await ada.classroom.join();
    await Promise.all(Array.from({ length: 70 }, (_, index) => ada.classroom.chat.send(`page ${index}`)));
    const ben = enter('ben', 'student');
    await ben.classroom.join();
    expect(ben.classroom.chat.messages.at(-1)?.text).toBe('page 69');
    const before = ben.classroom.chat.messages.length;
    expect(ben.classroom.chat.hasOlder).toBe(true);
    await ben.classroom.chat.loadOlder();
    const { messages } = ben.classroom.chat;
    expect(messages.length).toBeGreaterThan(before);
    expect(messages.map(({ seq }) => seq)).toEqual(
      messages.map(({ seq }) => seq).toSorted((a, b) => Number(a) - Number(b)),
    );
  });

  it('carries an own message type, typed and checked on both ends, for those who may publish it', async () => {
    const ada = enter('ada', 'teacher');
    const ben = enter('ben', 'student');
    await Promise.all([ada.classroom.join(), ben.classroom.join()]);
    const answers: number[] = [];
    ada.classroom.on('quiz.answer', ({ data }) => answers.push(data.choice));
    await ben.classroom.publish('quiz.answer', { choice: 3 });
    await until(
      'Ada hears the answer',
      (look) => ada.classroom.on('quiz.answer', look),
      () => answers.length === 1,
    );
    expect(answers).toEqual([3]);
    expect([ben.classroom.can('quiz.answer'), ada.classroom.can('quiz.answer')]).toEqual([true, false]);
    await expect(ada.classroom.publish('quiz.answer', { choice: 1 })).rejects.toMatchObject({
      code: 'forbidden',
    });
    // @ts-expect-error -- a choice is a number
    await expect(ben.classroom.publish('quiz.answer', { choice: 'three' })).rejects.toMatchObject({
      code: 'bad-envelope',
    });
  });

  it('says who is typing, and stops with the message', async () => {
    const ada = enter('ada', 'teacher');
    const ben = enter('ben', 'student');
    await ada.classroom.join();
    await ben.classroom.join();
    await until(
      'Ada sees Ben',
      (look) => ada.classroom.presence.on('change', look),
      () => ada.classroom.presence.members.length === 2,
    );
    ada.classroom.typing.start();
    const typing = () => ben.classroom.typing.members.map(({ name }) => name);
    await until(
      'Ada types',
      (look) => ben.classroom.typing.on('change', look),
      () => typing().includes('Ada'),
    );
    await ada.classroom.chat.send('typed');
    await until(
      'Ada is done',
      (look) => ben.classroom.typing.on('change', look),
      () => typing().length === 0,
    );
  });

  it('recovers what was missed while the socket was down, and lets the outbox catch up', async () => {
    const ada = enter('ada', 'teacher');
    const ben = enter('ben', 'student');
    await ada.classroom.join();
    await ben.classroom.join();
    const missed: string[] = [];
    ben.classroom.on('chat.send', ({ data }) => missed.push(data.text));
    server.gateway.cut('all', 'drop');
    await until(
      'Ben notices',
      (look) => ben.client.on('status', look),
      () => ben.client.status !== 'connected',
    );
    const sent = [ada.classroom.chat.send('during the drop'), ben.classroom.chat.send('typed offline')];
    await Promise.all(sent);
    await until(
      'Ben has both',
      (look) => ben.classroom.on('chat.send', look),
      () => missed.length >= 2,
    );
    expect(missed.toSorted()).toEqual(['during the drop', 'typed offline']);
    expect(ben.client.status).toBe('connected');
  });

  it('refuses a classroom that the token does not name, with a code, and keeps the link', async () => {
    const ben = enter('ben', 'student');
    await expect(ben.client.classroom('math-999').join()).rejects.toMatchObject({
      code: 'forbidden',
      retryable: false,
    });
    await ben.classroom.join();
    expect(ben.client.status).toBe('connected');
  });
});

it('keeps classrooms apart: two at once over one link', async () => {
  const server = await startDevServer({ secret: SECRET, port: 0 });
  const ada = signIn('ada', { url: server.url, classrooms });
  try {
    const [one, two] = [ada.classroom('math-101'), ada.classroom('math-102')];
    await Promise.all([one.join(), two.join()]);
    await Promise.all([one.chat.send('to one'), two.chat.send('to two')]);
    expect(one.chat.messages.map(({ text }) => text)).toEqual(['to one']);
    expect(two.chat.messages.map(({ text }) => text)).toEqual(['to two']);
  } finally {
    ada.close();
    await server.close();
  }
});
