import { createClient } from '@chalkline/client-sdk';
import { createManualClock, createTestServer } from '@chalkline/client-sdk/testing';
import { expect, test } from 'vitest';

test('a message that is written while the link is down arrives once it is back', async () => {
  const clock = createManualClock();
  const server = createTestServer({ clock });
  const client = createClient({
    url: server.url,
    token: server.token({ userId: 'ada', name: 'Ada', role: 'teacher' }),
    env: server.env,
  });
  const classroom = client.classroom('math-101');
  await classroom.join();
  const ben = server.join('math-101', { userId: 'ben', name: 'Ben' });

  server.isReachable = false;
  server.drop();
  ben.say('Is anybody there?');
  const sent = classroom.chat.send('Good morning');
  expect(client.status).toBe('reconnecting');
  expect(classroom.chat.messages.map(({ text, status }) => [text, status])).toEqual([
    ['Good morning', 'pending'],
  ]);

  server.isReachable = true;
  await clock.advance(20_000);
  await sent;
  expect(client.status).toBe('connected');
  expect(classroom.chat.messages.map(({ text, status }) => [text, status])).toEqual([
    ['Is anybody there?', 'sent'],
    ['Good morning', 'sent'],
  ]);
  client.close();
});
