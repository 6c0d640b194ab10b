import { expect, expectTypeOf, test } from 'vitest';
import * as z from 'zod/mini';
import { createClient } from './index.ts';
import { createTestServer } from './testing/index.ts';

const messages = {
  'poll.vote': { schema: z.object({ choice: z.string() }), keepsNewest: true },
  'poll.hint': { schema: z.object({ text: z.string() }) },
} as const;

async function enter(server: ReturnType<typeof createTestServer>, userId: string) {
  const token = server.token({ userId, name: userId });
  const client = createClient({ url: server.url, token, env: server.env, messages });
  const classroom = client.classroom('math-101');
  await classroom.join();
  const votes = () => classroom.newest('poll.vote').map(({ from, data }) => `${from.userId} ${data.choice}`);
  return { classroom, votes };
}

test('a type that keeps the newest gives a newcomer that of each member, and all the same', async () => {
  const server = createTestServer({ messages });
  const ada = await enter(server, 'ada');
  const ben = await enter(server, 'ben');
  for (const choice of ['a', 'b']) await ben.classroom.publish('poll.vote', { choice });
  await ada.classroom.publish('poll.vote', { choice: 'a' });
  await ada.classroom.publish('poll.hint', { text: 'Look at page 3' });
  await server.settled();
  const chen = await enter(server, 'chen');
  for (const { votes } of [ada, ben, chen]) expect(votes()).toEqual(['ben b', 'ada a']);
  expect(chen.classroom.newest('poll.hint')).toEqual([]);
  expect(chen.classroom.state.entries).toEqual([]);
  expectTypeOf(chen.classroom.newest('poll.vote')[0]!.data).toEqualTypeOf<{ choice: string }>();
});
