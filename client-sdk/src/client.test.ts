import { describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { createClient, type StatusChange } from './index.ts';
import { prepareLesson, startLesson, turnsUntil } from './testing/lesson.ts';

describe('making a client', () => {
  const token = (): string => 'token';

  test('opens nothing', async () => {
    const { server, client } = prepareLesson();
    client.classroom('history-7');
    await server.settled();
    expect([client.status, client.user, server.frames]).toEqual(['idle', undefined, []]);
  });

  // Seen red: an address that no WebSocket takes was told of by nobody.
  test.each([
    ['https://rt.example.com', 'must be a ws: or wss: address'],
    ['ws://', 'must be a ws: or wss: address'],
    ['rt.example.com', 'must be a ws: or wss: address'],
    ['wss://rt.example.com/?token=abc', 'must not carry a token'],
    ['wss://rt.example.com/?a=b&access_token=abc', 'must not carry a token'],
    ['wss://rt.example.com/#part', 'must be a ws: or wss: address'],
  ])('refuses the address %s', (url, reason) => {
    expect(() => createClient({ url, token })).toThrow(reason);
    expect(() => createClient({ url, token })).toThrow(TypeError);
  });

  // Seen red: an own type took the place of one of ours, or stood for what only the server may write.
  test.each(['quiz', 'chat.send', 'member.join'])('refuses the message type %s', (type) => {
    const messages = { [type]: { schema: z.object({}) } };
    expect(() => createClient({ url: 'wss://rt.example.com', token, messages })).toThrow(`"${type}"`);
  });

  test('never puts the token into the message of an error', async () => {
    const { server, client } = prepareLesson({ client: { token: () => 'secret token' } });
    client.connect();
    await server.settled();
    await turnsUntil(() => true);
    expect(JSON.stringify([client.cause?.message, server.warnings])).not.toContain('secret');
  });
});

describe('a classroom of a client', () => {
  test('is the same object each time, and its id one that the protocol allows', () => {
    const { client, classroom } = prepareLesson();
    expect(client.classroom('math-101')).toBe(classroom);
    for (const id of ['', 'a b', 'ä', 'x'.repeat(129)])
      expect(() => client.classroom(id)).toThrow(RangeError);
  });

  test('hears only what concerns it', async () => {
    const { server, client, classroom } = await startLesson();
    const other = client.classroom('history-7');
    await other.join();
    server.join('history-7', { userId: 'chen' }).say('here');
    await server.settled();
    expect([classroom.chat.messages.length, other.chat.messages.length]).toEqual([0, 1]);
  });
});

describe('the status of a client', () => {
  test('tells the way of the link, and who we are once we are welcome', async () => {
    const { clock, server, client } = prepareLesson();
    const changes: StatusChange[] = [];
    client.on('status', (change) => changes.push(change));
    client.connect();
    await server.settled();
    expect(client.user).toEqual({ userId: 'ada', name: 'Ada' });
    server.drop(1001);
    await clock.advance(1_000);
    client.close();
    expect(changes.map(({ previous, status, cause }) => [previous, status, cause?.code])).toEqual([
      ['idle', 'connecting', undefined],
      ['connecting', 'connected', undefined],
      ['connected', 'reconnecting', 'connection-lost'],
      ['reconnecting', 'connected', undefined],
      ['connected', 'closed', undefined],
    ]);
  });

  test('may be hurried', async () => {
    const { server, client } = await startLesson({
      client: { timing: { backoffBaseMs: 60_000, backoffCapMs: 60_000 } },
    });
    server.drop();
    await server.settled();
    expect([client.status, client.cause?.code]).toEqual(['reconnecting', 'connection-lost']);
    client.reconnect();
    await server.settled();
    expect(client.status).toBe('connected');
  });
});

describe('closing', () => {
  test('leaves every classroom, and is seen by the others at once', async () => {
    const { server, client, classroom, heard } = await startLesson();
    const ben = createClient({
      url: server.url,
      token: server.token({ userId: 'ben' }),
      env: server.env,
    }).classroom('math-101');
    await ben.join();
    client.close();
    await server.settled();
    expect(ben.presence.members.map(({ userId }) => userId)).toEqual(['ben']);
    expect([classroom.status, heard.at(-1)]).toEqual(['left', '[left]']);
    client.connect();
    await server.settled();
    expect([client.status, classroom.status]).toEqual(['connected', 'left']);
  });

  test('for a cause fails the classrooms, which come back by themselves after a new sign-in', async () => {
    const { server, client, classroom, heard, ben } = await startLesson();
    server.dismiss('unauthorized');
    await server.settled();
    expect([classroom.status, classroom.cause?.code, classroom.can('chat.send')]).toEqual([
      'failed',
      'unauthorized',
      false,
    ]);
    ben.say('meanwhile');
    client.connect();
    await server.settled();
    expect(heard).toEqual(['[failed]', '[joined]', 'member.leave', 'meanwhile', 'member.join']);
  });

  // Seen red: a connection that was closed for a cause already told nobody that the app had closed it too.
  test('after a cause leaves for good', async () => {
    const { server, client, classroom } = await startLesson();
    server.dismiss('unauthorized');
    await server.settled();
    await expect(classroom.chat.send('nobody hears')).rejects.toMatchObject({ code: 'not-joined' });
    client.close();
    expect(classroom.status).toBe('left');
    client.connect();
    await server.settled();
    expect(classroom.status).toBe('left');
  });
});
