import { expect, expectTypeOf, test } from 'vitest';
import * as z from 'zod/mini';
import { createClient } from './index.ts';
import { createTestServer, type TestServerOptions } from './testing/index.ts';
import type { StateDefinitions } from './protocol/index.ts';
import type { Role } from './protocol/index.ts';

const own = {
  'quiz.open': { schema: z.object({ question: z.string() }), writers: ['teacher'] },
  score: { schema: z.number(), perMember: true },
} as const satisfies StateDefinitions;

/** Members of one classroom that share `own`, and whatever Chalkline shares. */
function prepare(options: TestServerOptions = {}) {
  const server = createTestServer({ state: own, ...options });
  const enter = async (userId: string, role: Role = 'student') => {
    const token = server.token({ userId, name: userId, role });
    const client = createClient({ url: server.url, token, env: server.env, state: own });
    const classroom = client.classroom('math-101');
    const heard: unknown[] = [];
    await classroom.join();
    classroom.state.on('change', ({ key, userId: whose, value }) => heard.push([key, whose, value]));
    return { client, classroom, state: classroom.state, heard };
  };
  return { server, enter };
}

test('everyone has what was set last, and a newcomer gets it with the join', async () => {
  const { server, enter } = prepare();
  const ada = await enter('ada', 'teacher');
  const ben = await enter('ben');
  await ada.state.set('quiz.open', { question: 'Why?' });
  await ada.state.set('quiz.open', { question: 'How?' });
  await ben.state.set('score', 3);
  await server.settled();
  const chen = await enter('chen');
  for (const { state } of [ada, ben, chen]) {
    expect(state.get('quiz.open')).toEqual({ question: 'How?' });
    expect(state.get('score', 'ben')).toBe(3);
    expect(state.entries.map(({ key, userId, from }) => [key, userId, from.userId])).toEqual([
      ['quiz.open', undefined, 'ada'],
      ['score', 'ben', 'ben'],
    ]);
  }
  expect(chen.state.get('score')).toBeUndefined();
  expect(ada.heard).toEqual([
    ['quiz.open', undefined, { question: 'Why?' }],
    ['quiz.open', undefined, { question: 'How?' }],
    ['score', 'ben', 3],
  ]);
});

// Seen red: null was kept as a value.
test('null deletes, for those who are there and for those who come', async () => {
  const { server, enter } = prepare();
  const ada = await enter('ada', 'teacher');
  const ben = await enter('ben');
  await ben.state.set('hand', { raisedAt: 1 });
  await ada.state.set('hand', null, 'ben');
  await server.settled();
  const chen = await enter('chen');
  for (const { state } of [ada, ben, chen]) expect(state.entries).toEqual([]);
  expect(ben.heard).toEqual([
    ['hand', 'ben', { raisedAt: 1 }],
    ['hand', 'ben', undefined],
  ]);
});

test('what is not ours to write, not known or of the wrong shape is refused with a code', async () => {
  const { enter } = prepare();
  const { state } = await enter('ben');
  await expect(state.set('quiz.open', { question: 'Why?' })).rejects.toMatchObject({ code: 'forbidden' });
  await expect(state.set('score', 3, 'chen')).rejects.toMatchObject({ code: 'forbidden' });
  // @ts-expect-error -- a score is a number
  await expect(state.set('score', 'three')).rejects.toMatchObject({ code: 'bad-envelope' });
  // @ts-expect-error -- there is no such key
  await expect(state.set('weather', 'fine')).rejects.toMatchObject({ code: 'bad-envelope' });
  expect(state.entries).toEqual([]);
});

// Seen red: the state was not loaded anew, so what the store had lost stayed for those who were there.
test('after a discontinuity it is what the server has, and each difference is told of once', async () => {
  const { server, enter } = prepare();
  const ada = await enter('ada', 'teacher');
  await ada.state.set('timer', { endsAt: 5 });
  await ada.state.set('board.page', { pageId: 'one' });
  ada.heard.length = 0;
  server.forget('math-101');
  const ben = server.join('math-101', { userId: 'ben', role: 'teacher' });
  ben.publish('state.set', { key: 'board.page', value: { pageId: 'two' } });
  server.drop();
  server.wake('online');
  await server.settled();
  await expect.poll(() => ada.heard.length).toBe(2);
  expect(ada.state.get('timer')).toBeUndefined();
  expect(ada.heard.toSorted()).toEqual([
    ['board.page', undefined, { pageId: 'two' }],
    ['timer', undefined, undefined],
  ]);
});

test('what we set is shown at once, and what is refused gives way to what the server has', async () => {
  const { server, enter } = prepare();
  const ada = await enter('ada', 'teacher');
  const ben = await enter('ben');
  const seen: unknown[] = [];
  ben.state.on('wish', ({ key }) => seen.push(key));
  const first = ben.state.set('score', 1);
  const second = ben.state.set('score', 2);
  expect([ben.state.get('score'), ben.state.wished('score')]).toEqual([undefined, 2]);
  await ada.state.set('score', 9, 'ben');
  await Promise.all([first, second]);
  await server.settled();
  expect(ben.state.wished('score')).toBe(ben.state.get('score'));
  expect(ada.state.wished('score', 'ben')).toBe(ben.state.get('score'));
  expect(new Set(seen)).toEqual(new Set(['score']));

  const refused = ben.state.set('quiz.open', { question: 'May I?' });
  expect(ben.state.wished('quiz.open')).toEqual({ question: 'May I?' });
  await expect(refused).rejects.toMatchObject({ code: 'forbidden' });
  expect(ben.state.wished('quiz.open')).toBeUndefined();
  const deleted = ben.state.set('score', null);
  expect([ben.state.get('score') === undefined, ben.state.wished('score')]).toEqual([false, undefined]);
  await deleted;
});

test('what is set while the link is down is shown until it comes back, or until we leave', async () => {
  const { server, enter } = prepare();
  const ben = await enter('ben');
  server.isReachable = false;
  server.drop();
  const waiting = ben.state.set('score', 4);
  expect(ben.state.wished('score')).toBe(4);
  const left = expect(waiting).rejects.toMatchObject({ code: 'closed' });
  await ben.classroom.leave();
  await left;
  expect(ben.state.wished('score')).toBeUndefined();
});

test('what we may set is what the server says', async () => {
  const { enter } = prepare();
  const can = ({ state }: Awaited<ReturnType<typeof enter>>) => [
    state.can('quiz.open'),
    state.can('score'),
    state.can('score', 'dan'),
    state.can('timer'),
  ];
  expect(can(await enter('ada', 'teacher'))).toEqual([true, true, true, true]);
  expect(can(await enter('ben'))).toEqual([false, true, false, false]);
  expect(can(await enter('chen', 'observer'))).toEqual([false, false, false, false]);
});

test('values are typed by the definitions of the app and of Chalkline', () => {
  const client = createClient({ url: 'wss://rt.example.com', token: () => 'token', state: own });
  const { state } = client.classroom('math-101');
  expectTypeOf(state.get('quiz.open')).toEqualTypeOf<{ question: string } | undefined>();
  expectTypeOf(state.get('score', 'ben')).toEqualTypeOf<number | undefined>();
  expectTypeOf(state.get('timer')).toEqualTypeOf<
    { endsAt: number; label?: string | undefined } | undefined
  >();
  // @ts-expect-error -- the classroom has one
  expect(state.get('timer', 'ben')).toBeUndefined();
});
