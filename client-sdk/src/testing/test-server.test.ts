import { describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { createClient, type Client } from '../index.ts';
import { createManualClock } from './clock.ts';
import { createRandom } from './random.ts';
import { createTestServer, type TestServer } from './test-server.ts';
import { readToken, writeToken, type TestUser } from './test-token.ts';

const ada: TestUser = { userId: 'ada', name: 'Ada', role: 'teacher' };
const ben: TestUser = { userId: 'ben', name: 'Ben' };

function clientOf(server: TestServer, user: TestUser): Client {
  return createClient({ url: server.url, token: server.token(user), env: server.env });
}

describe('the test server', () => {
  test('lets two clients chat', async () => {
    const server = createTestServer();
    const [first, second] = [clientOf(server, ada), clientOf(server, ben)].map((client) =>
      client.classroom('math-101'),
    );
    await Promise.all([first!.join(), second!.join()]);

    await second!.chat.send('Good morning');
    await server.settled();

    expect(first!.chat.messages.map(({ text, from }) => [from.name, text])).toEqual([
      ['Ben', 'Good morning'],
    ]);
    expect(first!.presence.members.map(({ name }) => name)).toEqual(['Ada', 'Ben']);
  });

  test('shows members who join, lose their link, come back and leave', async () => {
    const server = createTestServer();
    const classroom = clientOf(server, ada).classroom('math-101');
    await classroom.join();
    const seen: string[][] = [];
    classroom.presence.on('change', (members) =>
      seen.push(members.map((member) => `${member.name} ${member.status}`)),
    );

    const member = server.join('math-101', ben);
    member.drop();
    member.join();
    member.leave();
    await server.settled();

    expect(seen).toEqual([
      ['Ada online', 'Ben online'],
      ['Ada online', 'Ben reconnecting'],
      ['Ada online', 'Ben online'],
      ['Ada online'],
    ]);
  });

  // Seen red: the drop had cost the member its seat already, so the leave was said to nobody.
  test('lets a member leave that lost its link before', async () => {
    const server = createTestServer();
    const classroom = clientOf(server, ada).classroom('math-101');
    await classroom.join();
    const heard: string[] = [];
    classroom.on('event', ({ type }) => heard.push(type));
    const member = server.join('math-101', ben);
    member.drop();
    member.leave();
    member.leave();
    await server.settled();
    expect(heard).toEqual(['member.join', 'member.drop', 'member.leave']);
    expect(classroom.presence.members.map(({ name }) => name)).toEqual(['Ada']);
  });

  test('carries signals between members, and keeps them nowhere', async () => {
    const clock = createManualClock();
    const server = createTestServer({ clock });
    const classroom = clientOf(server, ada).classroom('math-101');
    await classroom.join();
    const member = server.join('math-101', ben);
    await server.settled();
    const heard: unknown[] = [];
    classroom.signals.on('signal', (signal) => heard.push(signal));

    member.signal('hand.raise', true);
    classroom.signals.send('pointer.move', [1, 2]);
    await clock.advance(1_000);

    expect(heard).toEqual([{ userId: 'ben', type: 'hand.raise', data: true }]);
    expect(server.received('signal').map(({ signals }) => signals)).toEqual([
      [{ type: 'pointer.move', data: [1, 2] }],
    ]);
  });

  // Seen red: the test kit told everyone.
  test('carries a signal for teachers to them alone, and sends none where there is none', async () => {
    const clock = createManualClock();
    const server = createTestServer({ clock });
    const classroom = clientOf(server, ben).classroom('math-101');
    await classroom.join();
    const heard: unknown[] = [];
    classroom.signals.on('signal', ({ data }) => heard.push(data));
    const point = async (data: unknown) => {
      classroom.signals.send('pointer.move', data, { to: 'teachers' });
      await clock.advance(1_000);
      return server.received('signal').map(({ signals }) => signals);
    };
    const chen = server.join('math-101', { userId: 'chen', name: 'Chen' });
    await server.settled();
    chen.signal('pointer.move', [1, 2], 'teachers');
    chen.signal('hand.raise', true);
    expect(await point([3, 4])).toEqual([]);
    expect(heard).toEqual([true]);

    server.join('math-101', ada);
    await server.settled();
    expect(await point([5, 6])).toEqual([[{ type: 'pointer.move', data: [5, 6], to: 'teachers' }]]);
  });

  test('brings what was missed after a drop, or says that it cannot', async () => {
    for (const [recoveryEvents, recovered] of [
      [10, true],
      [1, false],
    ] as const) {
      const clock = createManualClock();
      const server = createTestServer({ clock, recoveryEvents });
      const classroom = clientOf(server, ada).classroom('math-101');
      await classroom.join();
      const member = server.join('math-101', ben);
      await server.settled();
      const told: string[] = [];
      classroom.on('event', ({ type }) => told.push(type));
      classroom.on('discontinuity', () => told.push('discontinuity'));

      server.drop();
      member.say('one');
      member.say('two');
      await clock.advance(20_000);

      // The drop and the return of our own connection are events too.
      expect(told).toEqual(
        recovered ? ['member.drop', 'chat.send', 'chat.send', 'member.join'] : ['discontinuity'],
      );
      expect(classroom.chat.messages.map(({ text }) => text)).toEqual(['one', 'two']);
    }
  });

  test('gives a newcomer the newest chat messages, and older ones by the page', async () => {
    const server = createTestServer({ chatEvents: 2 });
    const member = server.join('math-101', ben);
    for (const text of ['one', 'two', 'three']) member.say(text);
    const classroom = clientOf(server, ada).classroom('math-101');
    await classroom.join();
    expect(classroom.chat.messages.map(({ text }) => text)).toEqual(['two', 'three']);
    await classroom.chat.loadOlder();
    expect(classroom.chat.messages.map(({ text }) => text)).toEqual(['one', 'two', 'three']);
    expect(classroom.chat.hasOlder).toBe(false);
  });

  test('checks messages against the schemas of the app, on its own side too', async () => {
    const messages = {
      'quiz.ask': { schema: z.object({ question: z.string() }), publishers: ['teacher'] },
    } as const;
    const server = createTestServer({ messages });
    const client = createClient({ url: server.url, token: server.token(ada), env: server.env, messages });
    const classroom = client.classroom('math-101');
    await classroom.join();
    const asked: string[] = [];
    classroom.on('quiz.ask', ({ data }) => asked.push(data.question));

    server
      .join('math-101', { ...ada, userId: 'chen' })
      .publish('quiz.ask', { question: 'How far is the moon?' });
    await server.settled();

    expect(asked).toEqual(['How far is the moon?']);
    const student = server.join('math-101', ben);
    expect(() => student.publish('quiz.ask', { question: 'Why?' })).toThrow('forbidden');
    expect(() => student.publish('chat.send', { txt: 'typo' })).toThrow('not valid');
    expect(() => student.publish('quiz.answer', {})).toThrow('no message type');
  });

  test('keeps a message once, however often it is sent', async () => {
    const clock = createManualClock();
    const server = createTestServer({ clock });
    const classroom = clientOf(server, ada).classroom('math-101');
    await classroom.join();

    server.pause();
    const sent = classroom.chat.send('Good morning');
    await clock.advance(15_000);
    server.resume();
    await clock.advance(60_000);

    await sent;
    expect(server.received('publish').length).toBeGreaterThan(1);
    expect(classroom.chat.messages.map(({ text }) => text)).toEqual(['Good morning']);
  });

  test('refuses the next command of a kind, and the one after if asked twice', async () => {
    const server = createTestServer();
    server.refuse('join', 'forbidden');
    const classroom = clientOf(server, ada).classroom('math-101');
    const client = clientOf(server, ben);
    client.connect();
    await server.settled();
    await expect(client.classroom('math-101').join()).rejects.toMatchObject({ code: 'forbidden' });

    await classroom.join();
    server.refuse('publish', 'forbidden');
    await expect(classroom.chat.send('one')).rejects.toMatchObject({ code: 'forbidden' });
    await expect(classroom.chat.send('two')).resolves.toMatchObject({ status: 'sent' });
  });

  test('refuses tokens that are not its own and classrooms that a token does not name', async () => {
    const server = createTestServer();
    const classroom = clientOf(server, { ...ada, classrooms: ['history-7'] }).classroom('math-101');
    await expect(classroom.join()).rejects.toMatchObject({ code: 'forbidden' });

    const stranger = createClient({ url: server.url, token: () => 'guess', env: server.env });
    stranger.connect();
    await server.settled();
    expect(stranger.status).toBe('connecting');
    stranger.close();
  });

  test('dismisses its clients for good', async () => {
    const server = createTestServer();
    const client = clientOf(server, ada);
    await client.classroom('math-101').join();
    server.dismiss('classroom-ended');
    await server.settled();
    expect([client.status, client.cause?.code]).toEqual(['closed', 'classroom-ended']);
    expect(client.classroom('math-101').status).toBe('failed');
  });

  test('starts another epoch when it is made to forget', async () => {
    const server = createTestServer();
    const classroom = clientOf(server, ada).classroom('math-101');
    await classroom.join();
    const before = classroom.position;
    const heads: unknown[] = [];
    classroom.on('discontinuity', ({ head }) => heads.push(head));

    server.forget('math-101');
    await classroom.chat.send('Are you there?');

    expect(classroom.position?.epoch).not.toBe(before?.epoch);
    expect(heads).toHaveLength(1);
  });

  test('closes a socket that says too much at once, as API Gateway does', async () => {
    const server = createTestServer();
    const socket = new server.env.WebSocket(server.url, [
      'chalkline.v1',
      `bearer.${writeToken(ada, Date.now())}`,
    ]);
    const closed = new Promise<CloseEvent>((resolve) => socket.addEventListener('close', resolve));
    socket.addEventListener('open', () => socket.send('x'.repeat(32 * 1024 + 1)));
    expect((await closed).code).toBe(1009);
  });

  test('will not say what the schemas do not allow', async () => {
    const server = createTestServer();
    clientOf(server, ada).connect();
    await server.settled();
    expect(() => server.push({ action: 'left', ref: -1, classroomId: 'math-101' })).toThrow(
      '`ref` of `left`',
    );
  });

  test('does the same again with the same seed', async () => {
    const runs = await Promise.all(
      [7, 7, 8].map(async (seed) => {
        const clock = createManualClock();
        const server = createTestServer({ clock, random: createRandom(seed) });
        const client = clientOf(server, ada);
        const changes: number[] = [];
        client.on('status', () => changes.push(clock.now()));
        client.connect();
        await server.settled();
        server.isReachable = false;
        server.drop();
        await clock.advance(10_000);
        server.isReachable = true;
        await clock.advance(30_000);
        return changes;
      }),
    );
    expect(runs[0]).toEqual(runs[1]);
    expect(runs[0]).not.toEqual(runs[2]);
  });
});

describe('the manual clock', () => {
  test('runs timers at their own moment, those of one moment in the order in which they were set', async () => {
    const clock = createManualClock(0);
    const ran: string[] = [];
    clock.setTimeout(() => ran.push(`c ${clock.now()}`), 20);
    clock.setTimeout(() => ran.push(`a ${clock.now()}`), 10);
    clock.setTimeout(() => {
      ran.push(`b ${clock.now()}`);
      clock.setTimeout(() => ran.push(`nested ${clock.now()}`), 5);
    }, 10);
    clock.clearTimeout(clock.setTimeout(() => ran.push('cleared'), 1));
    clock.setTimeout(() => ran.push('later'), 31);
    await clock.advance(30);
    expect(ran).toEqual(['a 10', 'b 10', 'nested 15', 'c 20']);
    expect([clock.now(), clock.pending]).toEqual([30, 1]);
  });
});

test('seeded numbers are the same for the same seed, and spread over 0 to 1', () => {
  const numbers = Array.from({ length: 1_000 }, createRandom(42));
  expect(numbers).toEqual(Array.from({ length: 1_000 }, createRandom(42)));
  expect(new Set(numbers).size).toBe(1_000);
  expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...numbers)).toBeLessThan(1);
  expect(numbers.reduce((sum, number) => sum + number) / 1_000).toBeCloseTo(0.5, 1);
});

test('a token carries names in every script, and other texts are no tokens', () => {
  expect(readToken(writeToken({ userId: 'chen', name: '陈' }, 0))).toMatchObject({
    name: '陈',
    expiresAt: 3_600_000,
  });
  expect(readToken('guess')).toBeUndefined();
});
