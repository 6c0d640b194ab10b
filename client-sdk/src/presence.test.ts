import { expect, test } from 'vitest';
import { createClient } from './index.ts';
import { startLesson } from './testing/lesson.ts';

test('one user is one member, however many tabs they have open, and leaves with the last', async () => {
  const { server, client, classroom } = await startLesson();
  const tab = createClient({
    url: server.url,
    token: server.token({ userId: 'ada', name: 'Ada', role: 'teacher' }),
    env: server.env,
  });
  await tab.classroom('math-101').join();
  expect(classroom.presence.members.map(({ name }) => name)).toEqual(['Ada', 'Ben']);
  client.close();
  await server.settled();
  expect(tab.classroom('math-101').presence.members.map(({ name }) => name)).toEqual(['Ada', 'Ben']);
});

// Seen red: whoever came back was put at the end.
test('members stand in the order in which they joined, also after they dropped and came back', async () => {
  const { clock, server, classroom, ben } = await startLesson();
  await clock.advance(1_000);
  const chen = server.join('math-101', { userId: 'chen', name: 'Chen' });
  ben.drop();
  ben.join();
  await server.settled();
  expect(classroom.presence.members.map(({ name, status }) => `${name} ${status}`)).toEqual([
    'Ada online',
    'Ben online',
    'Chen online',
  ]);
  chen.leave();
  await server.settled();
  expect(classroom.presence.members.map(({ name }) => name)).toEqual(['Ada', 'Ben']);
});

test('the list of members is replaced, never changed', async () => {
  const { server, classroom, ben } = await startLesson();
  const before = classroom.presence.members;
  ben.leave();
  await server.settled();
  expect(before.map(({ name }) => name)).toEqual(['Ada', 'Ben']);
  expect(classroom.presence.members).not.toBe(before);
});
