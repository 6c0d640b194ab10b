import { expect, test } from 'vitest';
import { createClient, type Role } from './index.ts';
import { startLesson, type Lesson } from './testing/lesson.ts';

async function enter({ server }: Lesson, userId: string, role: Role = 'student') {
  const token = server.token({ userId, name: userId, role });
  const classroom = createClient({ url: server.url, token, env: server.env }).classroom('math-101');
  await classroom.join();
  await server.settled();
  return classroom;
}

// Seen red: the seats left with the member; the join of the member let through.
test('a member who was removed is out, for the others too, until they are let in again', async () => {
  const lesson = await startLesson();
  const chen = await enter(lesson, 'chen');
  const names = () => lesson.classroom.presence.members.map(({ userId }) => userId);
  expect(names()).toContain('chen');
  await lesson.classroom.remove('chen');
  await lesson.server.settled();
  expect(names()).not.toContain('chen');
  expect([chen.status, chen.cause?.code]).toEqual(['failed', 'forbidden']);
  await expect(chen.join()).rejects.toMatchObject({ code: 'forbidden' });
  await lesson.classroom.readmit('chen');
  await chen.join();
  await lesson.server.settled();
  expect(names()).toContain('chen');
});

test('only teachers remove members and end the class', async () => {
  const lesson = await startLesson();
  const chen = await enter(lesson, 'chen');
  await expect(chen.remove('ada')).rejects.toMatchObject({ code: 'forbidden' });
  await expect(chen.end()).rejects.toMatchObject({ code: 'forbidden' });
  expect([chen.status, lesson.classroom.status]).toEqual(['joined', 'joined']);
});

test('a class that has ended is over for everyone, and for who comes late', async () => {
  const lesson = await startLesson();
  const chen = await enter(lesson, 'chen');
  await lesson.classroom.end();
  await lesson.server.settled();
  for (const classroom of [lesson.classroom, chen]) {
    expect([classroom.status, classroom.cause?.code]).toEqual(['failed', 'classroom-ended']);
  }
  await expect(enter(lesson, 'dan')).rejects.toMatchObject({ code: 'classroom-ended' });
});
