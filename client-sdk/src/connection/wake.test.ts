import { expect, test } from 'vitest';
import { startLesson } from '../testing/lesson.ts';

// Seen red: with the four seconds of patience that a probe had before. The network of this test takes no time: of the three
// seconds one is left for it.
test('a page that wakes on a dead link is back within two seconds and the time of a handshake', async () => {
  const { clock, server, client, classroom, heard } = await startLesson({
    server: { random: () => 0.999 },
  });
  const dead = server.frames.at(-1)?.connectionId;
  server.loses = ({ connectionId }) => connectionId === dead;
  const statuses: string[] = [];
  client.on('status', ({ status }) => statuses.push(status));
  server.wake('visible');
  await clock.advance(1_499);
  expect(statuses).toEqual([]);
  await clock.advance(501);
  expect(statuses).toEqual(['reconnecting', 'connected']);
  await classroom.chat.send('Back again');
  expect(heard).toContain('Back again');
});
