import { expect, test } from 'vitest';
import { createClient } from './index.ts';
import { startLesson } from './testing/lesson.ts';

const names = (members: readonly { name: string }[]): string[] => members.map(({ name }) => name);

test('shows who is typing until they stop, or have not said so for 8 s', async () => {
  const { clock, server, classroom, ben } = await startLesson();
  const changes: string[][] = [];
  classroom.typing.on('change', (members) => changes.push(names(members)));
  ben.signal('chat.typing', true);
  await server.settled();
  expect(names(classroom.typing.members)).toEqual(['Ben']);
  await clock.advance(6_000);
  ben.signal('chat.typing', true);
  await clock.advance(7_999);
  expect(names(classroom.typing.members)).toEqual(['Ben']);
  // Seen red: the word that they had stopped was lost, and they typed for ever.
  await clock.advance(2);
  ben.signal('chat.typing', true);
  ben.signal('chat.typing', false);
  await server.settled();
  expect(changes).toEqual([['Ben'], [], ['Ben'], []]);
});

test('who sends a message, drops or leaves has stopped typing', async () => {
  const { server, classroom, ben } = await startLesson();
  for (const end of [() => ben.say('done'), () => ben.drop(), () => ben.leave()]) {
    ben.join();
    ben.signal('chat.typing', true);
    await server.settled();
    expect(names(classroom.typing.members)).toEqual(['Ben']);
    end();
    await server.settled();
    expect(names(classroom.typing.members)).toEqual([]);
  }
});

test('a stream of keystrokes says so every 6 s, and a text that was cleared once', async () => {
  const { clock, server, classroom } = await startLesson();
  for (let time = 0; time < 13_000; time += 100) {
    classroom.typing.start();
    await clock.advance(100);
  }
  classroom.typing.stop();
  classroom.typing.stop();
  await clock.advance(1_000);
  const said = server.received('signal').flatMap(({ signals }) => signals.map(({ data }) => data));
  expect(said).toEqual([true, true, true, false]);
});

// Seen red: the signal waited for its turn, left after the message, and one "typed" for seconds more.
test('a message takes back the word that it was being typed, if that has not left yet', async () => {
  const { clock, server, classroom } = await startLesson();
  classroom.signals.send('pointer.move', 1);
  await clock.advance(10);
  classroom.typing.start();
  await classroom.chat.send('short');
  await clock.advance(1_000);
  const types = server.received('signal').flatMap(({ signals }) => signals.map(({ type }) => type));
  expect(types).toEqual(['pointer.move']);
});

// Seen red: one saw oneself typing.
test('what one types in another tab is no news', async () => {
  const { clock, server, classroom } = await startLesson();
  const other = createClient({
    url: server.url,
    token: server.token({ userId: 'ada', name: 'Ada', role: 'teacher' }),
    env: server.env,
  }).classroom('math-101');
  await other.join();
  other.typing.start();
  await clock.advance(300);
  expect(server.received('signal')).toHaveLength(1);
  expect(classroom.typing.members).toEqual([]);
});

// Seen red: the backend refused each keystroke of an observer.
test('an observer says nothing that would be refused', async () => {
  const { clock, server, classroom } = await startLesson({ role: 'observer' });
  classroom.typing.start();
  await clock.advance(1_000);
  expect(server.received('signal')).toEqual([]);
});

test('nobody is typing once the link is gone', async () => {
  const { server, classroom, ben } = await startLesson();
  ben.signal('chat.typing', true);
  await server.settled();
  server.isReachable = false;
  server.drop();
  expect(classroom.typing.members).toEqual([]);
});
