import { describe, expect, test } from 'vitest';
import { createClient, type Classroom } from './index.ts';
import type { TestServer } from './testing/index.ts';
import { startLesson } from './testing/lesson.ts';

// Seen red: the first to hear of the second tab was a newcomer.
test('one user is one member, on however many devices, and leaves with the last', async () => {
  const { server, client, classroom } = await startLesson();
  const tab = createClient({
    url: server.url,
    token: server.token({ userId: 'ada', name: 'Ada', role: 'teacher' }),
    env: server.env,
  });
  await tab.classroom('math-101').join();
  await server.settled();
  const here = ({ presence }: Classroom) => presence.members.map(({ name, devices = 1 }) => [name, devices]);
  for (const each of [classroom, tab.classroom('math-101')])
    expect(here(each)).toEqual([
      ['Ada', 2],
      ['Ben', 1],
    ]);
  client.close();
  await server.settled();
  expect(here(tab.classroom('math-101'))).toEqual([
    ['Ada', 1],
    ['Ben', 1],
  ]);
});

// Seen red: the hand stayed up in the fake server, as it did in the backend.
test('the hand of a member who is gone is down, that of one who may come back is up', async () => {
  const { clock, server, classroom, ben } = await startLesson();
  const isUp = () => classroom.state.get('hand', 'ben') !== undefined;
  ben.publish('state.set', { key: 'hand', userId: 'ben', value: { raisedAt: 1 } });
  ben.drop();
  await server.settled();
  expect(isUp()).toBe(true);
  await clock.advance(18_000);
  expect([isUp(), classroom.presence.members.length]).toEqual([false, 1]);
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

describe('a member who dropped', () => {
  const pings = ({ frames }: TestServer) => frames.filter(({ frame }) => frame.action === 'ping').length;
  const shown = ({ presence }: Classroom) => presence.members.map(({ name, status }) => `${name} ${status}`);

  // Seen red: without the ping of its own Ben stayed until the heartbeat's, 30 seconds later.
  test('is shown as reconnecting at once and is gone 18 seconds later, for one ping', async () => {
    const { clock, server, classroom, ben } = await startLesson();
    await clock.advance(1);
    const before = pings(server);
    ben.drop();
    await server.settled();
    expect(shown(classroom)).toEqual(['Ada online', 'Ben reconnecting']);
    await clock.advance(15_249);
    expect([pings(server) - before, shown(classroom)]).toEqual([0, ['Ada online', 'Ben reconnecting']]);
    await clock.advance(2_751);
    expect([pings(server) - before, shown(classroom)]).toEqual([1, ['Ada online']]);
  });

  // Seen red: the timer not cleared.
  test('costs nothing who comes back in time, or whom we left behind', async () => {
    const { clock, server, classroom, client, ben } = await startLesson();
    const { pending } = clock;
    ben.drop();
    await server.settled();
    expect(clock.pending).toBe(pending + 1);
    ben.join();
    await server.settled();
    expect([clock.pending, shown(classroom)]).toEqual([pending, ['Ada online', 'Ben online']]);
    ben.drop();
    await server.settled();
    client.close();
    expect(clock.pending).toBe(0);
  });

  // Seen red by rounds of chaos: the pongs of a client that went on elsewhere set the timer anew, as did the loss of its link.
  test('is nobody’s business once we left, though our link lives on', async () => {
    const { clock, server, classroom, client, ben } = await startLesson();
    await client.classroom('choir-2').join();
    ben.drop();
    await server.settled();
    await classroom.leave();
    const { pending } = clock;
    await clock.advance(30_000);
    expect(clock.pending).toBe(pending);
    server.drop();
    await clock.advance(10_000);
    expect([client.status, clock.pending]).toEqual(['connected', pending]);
    client.close();
    expect(clock.pending).toBe(0);
  });

  // Seen red: with the timers left alone, every client of the class asked.
  test('is asked for by one client of a class, and its answer spares the others', async () => {
    const { clock, server, classroom, ben } = await startLesson();
    const others = await Promise.all(
      ['chen', 'dan', 'eve', 'finn'].map(async (userId) => {
        const token = server.token({ userId });
        const other = createClient({ url: server.url, token, env: server.env }).classroom('math-101');
        await other.join();
        return other;
      }),
    );
    const before = pings(server);
    ben.drop();
    await clock.advance(18_000);
    expect(pings(server) - before).toBe(1);
    for (const { presence } of [classroom, ...others]) {
      expect(presence.members.map(({ userId }) => userId)).toEqual(['ada', 'chen', 'dan', 'eve', 'finn']);
    }
  });
});

describe('a member who is silent', () => {
  const pings = ({ frames }: TestServer) => frames.filter(({ frame }) => frame.action === 'ping').length;

  /** A lesson 30 s old whose first pong tells that Ben has been silent for so long. */
  async function lessonWithSilentBen(silentMs: number): Promise<Awaited<ReturnType<typeof startLesson>>> {
    const lesson = await startLesson();
    const { clock, server } = lesson;
    server.loses = ({ frame }) => frame.action === 'pong';
    await clock.advance(30_000);
    const { ref } = server.frames.at(-1)?.frame as { ref: number };
    server.loses = () => false;
    server.push({ action: 'pong', ref, heads: {}, health: { 'math-101': { ben: [silentMs] } } });
    await server.settled();
    return lesson;
  }

  // Seen red: no timer set; the timer of an earlier pong kept; one set for whoever a pong names.
  test('is asked for by one ping once their lease is over', async () => {
    const { clock, server } = await lessonWithSilentBen(40_000);
    const before = pings(server);
    await clock.advance(20_249);
    expect(pings(server)).toBe(before);
    await clock.advance(2_751);
    expect(pings(server)).toBe(before + 1);
    await clock.advance(6_000);
    expect(pings(server)).toBe(before + 1);
  });

  test('is not asked for once a pong names them no more, or they left, or dropped', async () => {
    const { clock, server, classroom, ben } = await lessonWithSilentBen(32_000);
    const { pending } = clock;
    classroom.presence.hear({}, 50);
    expect(clock.pending).toBe(pending - 1);
    classroom.presence.hear({ ben: [32_000] }, 50);
    classroom.presence.hear({ ben: [40_000] }, 50);
    expect(clock.pending).toBe(pending);
    ben.drop();
    await server.settled();
    // In its place stands that of the grace.
    expect(clock.pending).toBe(pending);
    ben.leave();
    await server.settled();
    expect(clock.pending).toBe(pending - 1);
  });

  test('costs nothing while a ping of theirs is not overdue, nor while everyone is well', async () => {
    const { clock, server, classroom } = await startLesson();
    const { pending } = clock;
    classroom.presence.hear({ ben: [31_999, 1_200] }, 50);
    expect(clock.pending).toBe(pending);
    await clock.advance(300_000);
    expect([pings(server), clock.pending]).toEqual([10, pending]);
  });
});

describe('the health of links', () => {
  const level = ({ presence }: Classroom, userId: string) => presence.healthOf(userId)?.level;

  // Seen red: with a change for each number.
  test('comes with the pong, and only a new level is a change', async () => {
    const { clock, classroom, ben } = await startLesson();
    let changes = 0;
    classroom.presence.on('change', () => (changes += 1));
    expect([level(classroom, 'ben'), level(classroom, 'ada'), level(classroom, 'chen')]).toEqual([
      'good',
      'good',
      undefined,
    ]);
    ben.ping(1_000);
    await clock.advance(30_000);
    const seenAt = clock.now();
    expect(classroom.presence.healthOf('ben')).toEqual({ level: 'slow', rttMs: 1_000, lastSeenAt: seenAt });
    ben.ping(2_000);
    await clock.advance(30_000);
    expect([classroom.presence.healthOf('ben')?.rttMs, changes]).toEqual([2_000, 1]);
    ben.ping(40);
    await clock.advance(30_000);
    expect([level(classroom, 'ben'), changes]).toEqual(['good', 2]);
  });

  test('is lost for who dropped, and for who is silent', async () => {
    const { clock, server, classroom, ben } = await startLesson();
    server.loses = ({ frame }) => frame.action === 'pong';
    await clock.advance(30_000);
    const { ref } = server.frames.at(-1)?.frame as { ref: number };
    server.loses = () => false;
    server.push({ action: 'pong', ref, heads: {}, health: { 'math-101': { ben: [45_000] } } });
    await server.settled();
    expect(classroom.presence.healthOf('ben')).toMatchObject({
      level: 'lost',
      lastSeenAt: clock.now() - 45_000,
    });
    await clock.advance(30_000);
    expect(level(classroom, 'ben')).toBe('good');
    ben.drop();
    await server.settled();
    expect(level(classroom, 'ben')).toBe('lost');
  });

  // Seen red: with the round trip left out of the ping; online in one's own eyes after a verdict.
  test('is measured by each ping, told with the next, and lost with our own link', async () => {
    const { clock, server, client, classroom } = await startLesson();
    server.pause();
    await clock.advance(31_500);
    server.resume();
    await server.settled();
    expect(classroom.presence.healthOf('ada')).toMatchObject({ level: 'slow', rttMs: 1_500 });
    await clock.advance(30_000);
    expect(server.frames.filter(({ frame }) => frame.action === 'ping').at(-1)?.frame).toMatchObject({
      rttMs: 1_500,
    });
    server.isReachable = false;
    server.drop();
    await server.settled();
    expect([client.status, level(classroom, 'ada')]).toEqual(['reconnecting', 'lost']);
    server.isReachable = true;
    await clock.advance(20_000);
    expect([client.status, level(classroom, 'ada')]).toEqual(['connected', 'good']);
    server.dismiss('unauthorized');
    await server.settled();
    expect([client.status, level(classroom, 'ada')]).toEqual(['closed', 'lost']);
  });
});
