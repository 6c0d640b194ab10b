import { expect, test } from 'vitest';
import { createClient, type Classroom, type Role } from './index.ts';
import type { Frame } from './testing/test-backend.ts';
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
  expect([chen.status, chen.cause?.code]).toEqual(['failed', 'removed']);
  expect(lesson.classroom.state.get('removed', 'chen')).toMatchObject({ name: 'chen' });
  await expect(chen.join()).rejects.toMatchObject({ code: 'removed' });
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

const may = (classroom: Classroom) => [
  classroom.role,
  classroom.can('end'),
  classroom.state.can('timer'),
  classroom.state.can('hand', 'dan'),
  classroom.state.can('role', 'dan'),
];

test('a student who is made a teacher may what a teacher may, but make others; and no more once it is taken back', async () => {
  const lesson = await startLesson();
  const chen = await enter(lesson, 'chen');
  const told: (Role | undefined)[] = [];
  chen.on('permissions', ({ role }) => told.push(role));
  expect(may(lesson.classroom)).toEqual(['teacher', true, true, true, true]);
  expect(may(chen)).toEqual(['student', false, false, false, false]);
  await lesson.classroom.setRole('chen', 'teacher');
  await lesson.server.settled();
  expect(may(chen)).toEqual(['teacher', true, true, true, false]);
  expect(lesson.classroom.presence.members.find(({ userId }) => userId === 'chen')?.role).toBe('teacher');
  await chen.state.set('timer', { endsAt: 1 });
  await expect(chen.setRole('dan', 'teacher')).rejects.toMatchObject({ code: 'forbidden' });
  await lesson.classroom.setRole('chen', undefined);
  await lesson.server.settled();
  expect(may(chen)).toEqual(['student', false, false, false, false]);
  await expect(chen.state.set('timer', null)).rejects.toMatchObject({ code: 'forbidden' });
  await expect(chen.setRole('chen', 'teacher')).rejects.toMatchObject({ code: 'forbidden' });
  expect(told).toEqual(['teacher', 'student']);
});

// Seen red with the role that the client had when the ack came.
test('what is published before one has heard of a new role is of that role for everyone', async () => {
  const lesson = await startLesson();
  const chen = await enter(lesson, 'chen');
  const heard: Record<string, unknown[]> = { ada: [], chen: [] };
  lesson.classroom.on('chat.send', ({ from }) => heard.ada?.push(from));
  chen.on('chat.send', ({ from }) => heard.chen?.push(from));
  for (const role of ['teacher', undefined] as const) {
    // What tells of the role comes after the ack.
    const late: Frame[] = [];
    lesson.server.loses = ({ frame }) => frame.action === 'events' && late.push(frame) > 0;
    await lesson.classroom.setRole('chen', role);
    await chen.chat.send('Hello');
    lesson.server.loses = () => false;
    for (const frame of late) lesson.server.push(frame);
    await lesson.server.settled();
  }
  expect(heard.chen).toMatchObject([{ role: 'teacher' }, { role: 'student' }]);
  expect(heard.chen).toEqual(heard.ada);
});

// Seen red with the role and the name of the other device.
test('what one of several devices publishes is of its own token, for itself too', async () => {
  const lesson = await startLesson();
  const chen = await enter(lesson, 'chen', 'teacher');
  await enter(lesson, 'chen');
  const heard: Record<string, unknown[]> = { ada: [], chen: [] };
  lesson.classroom.on('chat.send', ({ from }) => heard.ada?.push(from));
  chen.on('chat.send', ({ from }) => heard.chen?.push(from));
  await chen.chat.send('Hello');
  await lesson.server.settled();
  expect(heard.chen).toEqual([{ userId: 'chen', name: 'chen', role: 'teacher' }]);
  expect(heard.chen).toEqual(heard.ada);
});

test('a role that was given outlives the link, and is there for a newcomer without being asked for again', async () => {
  const lesson = await startLesson();
  await lesson.classroom.setRole('chen', 'teacher');
  const chen = await enter(lesson, 'chen');
  expect(chen.role).toBe('teacher');
  const joins = lesson.server.received('join').length;
  lesson.server.drop();
  await lesson.clock.advance(60_000);
  expect([chen.status, chen.role]).toEqual(['joined', 'teacher']);
  expect(lesson.server.received('join')).toHaveLength(joins);
});

test('a client whose last class has ended closes its link, and one that is in another class does not', async () => {
  const lesson = await startLesson();
  const clients = ['chen', 'dan'].map((userId) =>
    createClient({
      url: lesson.server.url,
      token: lesson.server.token({ userId, name: userId }),
      env: lesson.server.env,
    }),
  );
  await Promise.all(clients.map((client) => client.classroom('math-101').join()));
  await clients[1]?.classroom('art-7').join();
  await lesson.classroom.end();
  await lesson.server.settled();
  expect([lesson.client, ...clients].map(({ status }) => status)).toEqual(['closed', 'closed', 'connected']);
  expect(clients[0]?.cause?.code).toBe('classroom-ended');
  expect(clients[1]?.classroom('art-7').status).toBe('joined');
  // Another class can be joined from there.
  await clients[0]?.classroom('art-7').join();
});

test("the server's time is told, whatever our own clock says", async () => {
  const lesson = await startLesson();
  expect(lesson.classroom.now()).toBe(lesson.server.env.now());
  const skewed = { ...lesson.server.env, now: () => lesson.server.env.now() - 3_600_000 };
  const token = lesson.server.token({ userId: 'chen', name: 'Chen' });
  const client = createClient({ url: lesson.server.url, token, env: skewed });
  await client.classroom('math-101').join();
  expect(client.now()).toBe(lesson.server.env.now());
});
