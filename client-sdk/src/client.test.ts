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

  // Seen red: the client was made, and never connected. JavaScript does not look at types.
  test('refuses a token that it cannot fetch, and does not tell it', () => {
    const options = { url: 'wss://rt.example.com', token: 'secret' } as unknown as {
      url: string;
      token: () => string;
    };
    expect(() => createClient(options)).toThrow(/^token must be a function(?!.*secret)/);
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
      client: { timing: { backoffBaseMs: 60_000, reconnectBaseMs: 60_000, backoffCapMs: 60_000 } },
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

describe('a failing link', () => {
  // Seen red: the client learned who it is after the listeners of `connected` had run.
  test('is over when the client knows who it is', async () => {
    const { client, server } = prepareLesson();
    const users: unknown[] = [];
    client.on('status', ({ status }) => status === 'connected' && users.push(client.user));
    client.connect();
    await server.settled();
    expect(users).toEqual([{ userId: 'ada', name: 'Ada' }]);
  });

  // Seen red: only a change of the status was told of, so a first connection that failed again and again was silent.
  test('tells the cause of each try that fails, and when the next one begins', async () => {
    const { clock, server, client } = prepareLesson({ server: { random: () => 0.5 } });
    server.isReachable = false;
    const changes: StatusChange[] = [];
    client.on('status', (change) => changes.push(change));
    const start = clock.now();
    client.connect();
    await clock.advance(6_100);
    expect(
      changes.map(({ status, cause, retryAt }) => [status, cause?.code, retryAt && retryAt - start]),
    ).toEqual([
      ['connecting', undefined, undefined],
      ['connecting', 'connection-lost', 6_000],
      ['connecting', 'connection-lost', 16_000],
    ]);
    server.isReachable = true;
    await clock.advance(10_000);
    expect(changes.at(-1)).toMatchObject({ previous: 'connecting', status: 'connected', cause: undefined });
    expect(changes.at(-1)?.retryAt).toBeUndefined();
  });
});

describe('a client with more classrooms than a hello has room for', () => {
  // Seen red: the hello had all of them, was refused as no frame of the protocol, and the client was closed.
  test('joins the others by themselves, and takes all of them along in a swap', async () => {
    const { clock, server, client } = prepareLesson({ client: { timing: { swapMs: 300_000 } } });
    const classrooms = Array.from({ length: 23 }, (_, number) => client.classroom(`room-${number}`));
    const joined = Promise.all(classrooms.map((classroom) => classroom.join()));
    await clock.advance(1_000);
    await joined;
    expect(server.received('hello').map(({ joins }) => joins?.length)).toEqual([20]);
    expect(server.received('join')).toHaveLength(3);

    const watcher = createClient({
      url: server.url,
      token: server.token({ userId: 'ben' }),
      env: server.env,
    });
    const seen: string[] = [];
    for (const { id } of classrooms) {
      const watched = watcher.classroom(id);
      await watched.join();
      watched.on('event', ({ type, from }) => seen.push(`${id} ${type} ${from.userId}`));
    }
    await server.settled();
    await clock.advance(1.06 * 300_000);
    expect(server.received('hello').filter(({ joins }) => joins?.length === 20)).not.toHaveLength(1);
    expect(seen).toEqual([]);
    await Promise.all(classrooms.map((classroom) => classroom.chat.send('still here')));
    expect(seen).toHaveLength(23);
  });

  // Seen red: one ping named all of them and was refused, so no loss was noticed and every seat ended with its lease.
  test('asks for the heads of all of them, in more than one ping where one has no room', async () => {
    const { clock, server, client } = prepareLesson();
    const classrooms = Array.from({ length: 101 }, (_, number) => client.classroom(`room-${number}`));
    const joined = Promise.all(classrooms.map((classroom) => classroom.join()));
    await clock.advance(1_000);
    await joined;
    server.loses = ({ frame }) => frame.action === 'events';
    const lost = classrooms.map(({ id }) => server.join(id, { userId: 'ben' }));
    lost.forEach((ben) => ben.say('lost on the way'));
    await server.settled();
    server.loses = () => false;
    await clock.advance(31_000);
    expect(server.received('ping').map(({ positions }) => Object.keys(positions).length)).toEqual([100, 1]);
    expect(classrooms.map(({ chat }) => chat.messages.length)).toEqual(classrooms.map(() => 1));
  });
});
