import { startDevServer, type LogLine } from '@chalkline/server';
import { afterEach, expect, it } from 'vitest';
import { startRedis, type RedisProcess } from '../harness/redis.ts';
import { SECRET, signIn } from '../harness/sdk-client.ts';
import { until } from '../harness/until.ts';
import { Lesson } from './lesson.ts';

const closing: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function redisThatEnds(port?: number): Promise<RedisProcess> {
  const redis = await startRedis(port === undefined ? {} : { port });
  closing.push(() => redis.stop());
  return redis;
}

it('answers `internal` with retryable to every command while Redis is down, and goes on when it is back', async () => {
  // Seen red: `internal` marked as not retryable; the client of Redis giving up for good; the cause left out of the log.
  const redis = await redisThatEnds();
  const lesson = await Lesson.begin({ redisUrl: redis.url });
  closing.push(() => lesson.end());
  const ben = await lesson.enter('ben');
  await redis.kill();
  const messages = [{ id: 'a', type: 'chat.send', data: { text: 'a' } }];
  for (const frame of [
    { action: 'publish', classroomId: 'maths', messages },
    { action: 'join', clientId: 'tab', classroomId: 'maths' },
    { action: 'history', classroomId: 'maths', limit: 1 },
    { action: 'ping', positions: { maths: { epoch: 'e', seq: 0 } } },
    { action: 'leave', classroomId: 'maths' },
  ]) {
    const error = await ben.ask('error', frame);
    expect(error).toMatchObject({ code: 'internal', retryable: true });
    expect(error.message).toMatch(/^unable to .+; the store did not answer$/);
  }
  const { classrooms } = await ben.ask('welcome', {
    action: 'hello',
    clientId: 'tab',
    joins: [{ classroomId: 'maths' }],
  });
  expect(classrooms).toMatchObject([{ action: 'error', code: 'internal', retryable: true }]);
  expect(ben.isOpen).toBe(true);
  expect(lesson.lines.find(({ outcome }) => outcome === 'internal')).toMatchObject({
    cause: [expect.stringContaining('the store did not answer'), expect.stringMatching(/\w/)],
  });

  await redisThatEnds(redis.port);
  const rejoin = async (): Promise<void> => {
    const ref = ben.send({ action: 'join', clientId: 'tab', classroomId: 'maths' });
    const answer = await ben.hears('the answer to join', (event) => 'ref' in event && event.ref === ref);
    if (answer.action !== 'joined') await rejoin();
  };
  await rejoin();
  await ben.chat('maths', 'back');
});

it('keeps what a user says while Redis is down, and delivers it once, in order, when Redis is back', async () => {
  // Seen red: `internal` marked as not retryable, upon which the outbox rejected the message.
  const redis = await redisThatEnds();
  const refusals: LogLine[] = [];
  let onRefusal = (): void => undefined;
  const log = (line: LogLine): void => {
    if (line.action !== 'publish' || line.connectionId === undefined || line.outcome !== 'internal') return;
    refusals.push(line);
    onRefusal();
  };
  const server = await startDevServer({ secret: SECRET, port: 0, redisUrl: redis.url, log });
  closing.push(() => server.close());
  const enter = (userId: string) => {
    const timing = { backoffBaseMs: 50, reconnectBaseMs: 50, backoffCapMs: 200, pingMs: 500 };
    const client = signIn(userId, { url: server.url, classrooms: { maths: 'student' }, timing });
    closing.push(() => client.close());
    return client.classroom('maths');
  };
  const [ada, ben] = [enter('ada'), enter('ben')];
  await Promise.all([ada.join(), ben.join()]);
  await redis.kill();

  const sent = ['one', 'two', 'three'].map((text) => ada.chat.send(text));
  const statuses = (): string[] => ada.chat.messages.map(({ status }) => status);
  expect(statuses()).toEqual(['pending', 'pending', 'pending']);
  let isSettled = false;
  void Promise.race(sent).finally(() => (isSettled = true));
  await until(
    'the store has refused the message twice',
    (look) => {
      onRefusal = look;
      return () => (onRefusal = () => undefined);
    },
    () => refusals.length >= 2,
  );
  expect(isSettled).toBe(false);

  await redisThatEnds(redis.port);
  await Promise.all(sent);
  const texts = (classroom: typeof ada): string[] => classroom.chat.messages.map(({ text }) => text);
  await until(
    'Ben has all three',
    (look) => ben.chat.on('change', look),
    () => texts(ben).length >= 3,
  );
  expect(texts(ben)).toEqual(['one', 'two', 'three']);
  expect(texts(ada)).toEqual(['one', 'two', 'three']);
  expect(statuses()).toEqual(['sent', 'sent', 'sent']);
});
