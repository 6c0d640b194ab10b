import { describe, expect, test } from 'vitest';
import { createClient, type Client, type Role } from './index.ts';
import { prepareLesson, startLesson, type Lesson } from './testing/lesson.ts';

/** Ben's own client in Ada's classroom, and what it hears from now on. */
async function enterBen({ server }: Lesson): Promise<{ client: Client; heard: string[] }> {
  const client = createClient({ url: server.url, token: server.token({ userId: 'ben' }), env: server.env });
  const classroom = client.classroom('math-101');
  await classroom.join();
  await server.settled();
  const heard: string[] = [];
  classroom.on('event', ({ type, from, data }) =>
    heard.push(`${from.userId} ${(data as { text?: string }).text ?? type}`),
  );
  return { client, heard };
}

describe('while a client moves to its next socket', () => {
  // Seen red: the old socket was closed before the new one had said hello.
  test('each message comes once and in order, both ways, and nobody sees a member go', async () => {
    const lesson = await startLesson();
    const { clock, server, client, classroom, heard } = lesson;
    const ben = await enterBen(lesson);
    heard.length = 0;
    const changes: string[] = [];
    client.on('status', ({ status }) => changes.push(status));
    server.goAway(100);
    const sent: Promise<unknown>[] = [];
    for (let number = 0; number < 60; number++) {
      sent.push(classroom.chat.send(`a${number}`));
      sent.push(ben.client.classroom('math-101').chat.send(`b${number}`));
      await clock.advance(2);
    }
    await clock.advance(20_000);
    await Promise.all(sent);
    // Both were asked to move.
    expect(server.received('hello').length).toBe(4);
    const ownOf = (letter: string, lines: string[]) => lines.filter((line) => line.includes(letter));
    const numbers = (letter: string) => Array.from({ length: 60 }, (_, number) => `${letter}${number}`);
    expect(heard).toHaveLength(120);
    expect(ownOf('a', heard)).toEqual(numbers('a'));
    expect(ownOf('b', heard)).toEqual(numbers('b'));
    expect(ben.heard.map((line) => line.split(' ')[1])).toEqual(heard);
    expect(changes).toEqual([]);
    expect(classroom.chat.messages.slice(-120).every(({ status }) => status === 'sent')).toBe(true);
  });
});

// Seen red: the role and the permissions were there, but no event told of them.
test('a role that a fresh token changes is told of once, and not that which is as before', async () => {
  let role: Role = 'teacher';
  const lesson: Lesson = prepareLesson({
    client: { token: () => lesson.server.token({ userId: 'ada', name: 'Ada', role })() },
  });
  const { clock, server, classroom } = lesson;
  await classroom.join();
  const changes: unknown[] = [];
  classroom.on('permissions', (change) => changes.push(change, classroom.role, classroom.can('chat.send')));
  const move = async (): Promise<void> => {
    server.goAway(1);
    await clock.advance(100);
  };
  await move();
  expect(changes).toEqual([]);
  role = 'observer';
  await move();
  await move();
  expect(changes).toEqual([{ role: 'observer', permissions: [] }, 'observer', false]);
});
