import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startRedis, type RedisProcess } from '../../../tests/harness/redis.ts';
import { change, chat, draw, set } from '../adapters/lesson.ts';
import { createRedisStore } from '../adapters/redis/redis-store.ts';
import { run } from '../cli.ts';
import type { ClassroomStore, Draft } from '../ports.ts';
import { Archive } from './archive.ts';

let server: RedisProcess;
let redis: Redis;
let store: ClassroomStore;
beforeAll(async () => {
  server = await startRedis();
  redis = new Redis(server.url);
  store = createRedisStore({ redis: new Redis(server.url), clock: Date.now });
});
afterAll(async () => {
  await store.close();
  redis.disconnect();
  await server.stop();
});

async function lesson(classroomId: string): Promise<void> {
  for (const userId of ['ada', 'ben']) {
    const seat = { connectionId: `${userId}-${classroomId}`, clientId: userId, userId, name: userId };
    await store.join({ classroomId, seat: { ...seat, role: 'teacher', expiresAt: Date.now() + 60_000 } });
  }
  await store.append({
    classroomId,
    connectionId: `ada-${classroomId}`,
    drafts: [chat('good morning'), set('page', 'page', 3), draw('line', 'AAA=')],
  });
  await store.append({ classroomId, connectionId: `ben-${classroomId}`, drafts: [chat('hello')] });
}

it('exports all that is kept of a classroom, and erases it and no other', async () => {
  // Seen red: a key left out of those that are erased.
  await lesson('maths');
  await lesson('history');
  const archive = new Archive(redis);
  const kept = await archive.exportClassroom('maths');
  const text = JSON.stringify(kept);
  for (const part of ['good morning', 'hello', 'AAA=', '"page"', 'member.join']) expect(text).toContain(part);
  expect(await archive.classroomIds()).toEqual(['history', 'maths']);
  expect(await archive.eraseClassroom('maths')).toBe(true);
  expect(await redis.keys('chalkline:{maths}*')).toEqual([]);
  expect(await archive.exportClassroom('maths')).toBeUndefined();
  expect(await archive.eraseClassroom('maths')).toBe(false);
  expect((await store.audience('history', 'ada-history')).recipients).toEqual(['ben-history']);
  await expect(store.audience('maths', 'ada-maths')).rejects.toMatchObject({ code: 'not-joined' });
});

it('exports what a user published in every classroom, each event once', async () => {
  // Seen red: log and chat put one after the other, so that chat came twice.
  await lesson('maths');
  const found = await new Archive(redis).exportUser('ben');
  expect(found.map(({ classroomId, event }) => [classroomId, event.from.userId])).toEqual([
    ['history', 'ben'],
    ['history', 'ben'],
    ['maths', 'ben'],
    ['maths', 'ben'],
  ]);
});

// Meant to catch: with `hide` left out of chat.lua, the text of the edit stood in the log.
it('exports nothing of what was edited away or deleted', async () => {
  await lesson('art');
  const say = (...drafts: Draft[]) => store.append({ classroomId: 'art', connectionId: 'ben-art', drafts });
  await say(chat('a', 'first words'), change('b', 'edit', { id: 'a' }, 'second words'));
  await say(chat('c', 'third words'), change('d', 'edit', { id: 'c' }, 'fourth words'));
  await say(change('e', 'delete', { id: 'c' }));
  const archive = new Archive(redis);
  for (const found of [await archive.exportClassroom('art'), await archive.exportUser('ben')]) {
    const text = JSON.stringify(found);
    expect(text).toContain('second words');
    for (const gone of ['first', 'third', 'fourth']) expect(text).not.toContain(`${gone} words`);
  }
  for (const raw of [
    await redis.hvals('chalkline:{art}:log'),
    await redis.zrange('chalkline:{art}:chat', 0, '-1'),
  ])
    expect(raw.join()).not.toMatch(/(first|third|fourth) words/);
});

it.each([
  [['export'], 'export needs --classroom or --user'],
  [['export', '--classroom', 'a', '--user', 'b'], 'export needs --classroom or --user'],
  [['erase', '--classroom', 'a'], 'nothing brings classroom a back; say --yes if that is meant'],
  [['erase', '--classroom', 'nowhere', '--yes'], 'unable to erase; nothing is kept of classroom nowhere'],
])('refuses %j with a sentence', async (args, sentence) => {
  await expect(run([...args, '--redis', server.url])).rejects.toThrow(sentence);
});
