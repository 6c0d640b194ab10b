import { createClient, type Sender } from '@chalkline/client-sdk';
import { createTestServer } from '@chalkline/client-sdk/testing';
import { effectScope, shallowRef } from 'vue';
import { expect, it } from 'vitest';
import * as z from 'zod/mini';
import { useClassroomState, useMessages, type ClassroomState, type ClassroomStateOptions } from '../index.ts';
import type { AnyClassroom } from '../any-client.ts';

const messages = {
  'poll.vote': { schema: z.object({ choice: z.number() }), keepsNewest: true },
  'poll.hint': { schema: z.object({ text: z.string() }), publishers: ['teacher'] },
} as const;
const state = {
  material: { schema: z.object({ url: z.string() }), writers: ['teacher'] },
  mood: { schema: z.string(), perMember: true },
} as const;

// As an app has them that registers its own: the types of an app are tested where one is, in tests/browser/poll.test.ts.
const useState = useClassroomState as unknown as (
  key: string,
  options: ClassroomStateOptions,
) => ClassroomState<unknown>;
const useOwn = useMessages as unknown as (
  type: string,
  listener: ((message: { from: Sender; data: { choice?: number; text?: string } }) => void) | undefined,
  classroom: AnyClassroom,
) => ReturnType<typeof useMessages<'chat.send'>> & { send(data: unknown): Promise<unknown> };

async function enter(
  server: ReturnType<typeof createTestServer>,
  userId: string,
  role: 'teacher' | 'student',
) {
  const token = server.token({ userId, name: userId, role });
  const client = createClient({ url: server.url, token, env: server.env, messages, state });
  const classroom = client.classroom('math-101');
  await classroom.join();
  return classroom;
}

function inScope<T>(run: () => T): { result: T; end: () => void } {
  const scope = effectScope(true);
  return { result: scope.run(run) as T, end: () => scope.stop() };
}

it('a value of the state is there at once when set, and back where it was when that is refused', async () => {
  const server = createTestServer({ messages, state });
  const ada = await enter(server, 'ada', 'teacher');
  const ben = await enter(server, 'ben', 'student');
  const use = (classroom: AnyClassroom) => inScope(() => useState('material', { classroom })).result;
  const [teachers, students] = [use(ada), use(ben)];
  expect([teachers.canSet.value, students.canSet.value]).toEqual([true, false]);
  const kept = teachers.set({ url: '/a' });
  expect(teachers.value.value).toEqual({ url: '/a' });
  await kept;
  await server.settled();
  expect(students.value.value).toEqual({ url: '/a' });
  const refused = students.set({ url: '/b' });
  expect(students.value.value).toEqual({ url: '/b' });
  await expect(refused).rejects.toMatchObject({ code: 'forbidden' });
  expect(students.value.value).toEqual({ url: '/a' });
  await expect(teachers.set({ url: 1 })).rejects.toMatchObject({ code: 'bad-envelope' });
});

it('a value that each member has is that of whoever is asked for, also when that is another one later', async () => {
  const server = createTestServer({ messages, state });
  const classroom = await enter(server, 'ada', 'teacher');
  const ben = server.join('math-101', { userId: 'ben' });
  ben.publish('state.set', { key: 'mood', userId: 'ben', value: 'well' });
  await server.settled();
  const userId = shallowRef<string>();
  const { result: mood, end } = inScope(() => useState('mood', { classroom, userId }));
  expect(mood.value.value).toBeUndefined();
  userId.value = 'ben';
  expect(mood.value.value).toBe('well');
  await mood.set('better');
  expect(classroom.state.get('mood', 'ben')).toBe('better');
  end();
  await mood.set('best');
  expect(mood.value.value).toBe('better');
});

it('own messages are sent, heard once each, and kept as their type says', async () => {
  const server = createTestServer({ messages, state });
  const ada = await enter(server, 'ada', 'teacher');
  const ben = await enter(server, 'ben', 'student');
  const heard: string[] = [];
  const { result: votes } = inScope(() =>
    useOwn('poll.vote', ({ from, data }) => heard.push(`${from.userId} ${data.choice}`), ada),
  );
  const { result: hint, end } = inScope(() =>
    useOwn('poll.hint', ({ data }) => heard.push(data.text ?? ''), ben),
  );
  expect([votes.canSend.value, hint.canSend.value]).toEqual([true, false]);
  const own = inScope(() => useOwn('poll.vote', undefined, ben)).result;
  await own.send({ choice: 1 });
  await own.send({ choice: 2 });
  await votes.send({ choice: 1 });
  await ada.publish('poll.hint', { text: 'page 3' });
  await server.settled();
  expect(heard).toEqual(['ben 1', 'ben 2', 'ada 1', 'page 3']);
  const choices = () => votes.newest.value.map(({ from, data }) => [from.userId, data]);
  expect(choices()).toEqual([
    ['ben', { choice: 2 }],
    ['ada', { choice: 1 }],
  ]);
  end();
  await ada.publish('poll.hint', { text: 'page 4' });
  await server.settled();
  expect(heard).not.toContain('page 4');
  await expect(own.send({ choice: 'one' })).rejects.toMatchObject({ code: 'bad-envelope' });
});
