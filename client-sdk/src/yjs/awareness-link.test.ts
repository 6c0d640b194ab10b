import { afterEach, expect, test, vi } from 'vitest';
import { createClient, type Role } from '../index.ts';
import { createManualClock, createTestServer } from '../testing/index.ts';
import { DocumentProvider } from './index.ts';

const closing: (() => void)[] = [];
afterEach(() => closing.splice(0).forEach((close) => close()));

function prepare() {
  const clock = createManualClock();
  const server = createTestServer({ clock });
  const enter = async (userId: string, role: Role = 'student') => {
    const token = server.token({ userId, name: userId, role });
    const client = createClient({ url: server.url, token, env: server.env });
    const classroom = client.classroom('math-101');
    await classroom.join();
    const provider = new DocumentProvider(classroom, { document: 'notes' });
    const { awareness } = provider;
    closing.push(() => {
      provider.destroy();
      awareness.destroy();
      client.close();
    });
    await clock.advance(500);
    /** What is shown of the others, by name. */
    const others = () =>
      [...awareness.getStates()].flatMap(([id, { at }]) =>
        id === awareness.clientID ? [] : [at as unknown],
      );
    return {
      client,
      classroom,
      provider,
      awareness,
      others,
      point: (at: unknown) => awareness.setLocalStateField('at', at),
    };
  };
  const signals = () => server.received('signal').length;
  return { clock, server, enter, signals };
}

test('a change is seen by the others, the newest of those in one interval', async () => {
  const { clock, enter, signals } = prepare();
  const [ada, ben] = [await enter('ada'), await enter('ben')];
  const before = signals();
  for (const at of [1, 2, 3]) ada.point(at);
  await clock.advance(200);
  expect(ben.others()).toEqual([3]);
  expect(signals() - before).toBe(1);
});

// Seen red: y-protocols renews every state every 15 seconds, and drops those that are not renewed.
test('a state that does not change costs nothing, and stays', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  closing.push(() => vi.useRealTimers());
  const { clock, enter, signals } = prepare();
  const [ada, ben] = [await enter('ada'), await enter('ben')];
  ada.point('here');
  await clock.advance(200);
  const before = signals();
  // y-protocols asks a clock that it has taken when it was imported.
  for (const { meta } of [ada.awareness, ben.awareness])
    for (const each of meta.values()) each.lastUpdated -= 60_000;
  vi.advanceTimersByTime(60_000);
  await clock.advance(600_000);
  expect(signals()).toBe(before);
  expect(ben.others()).toEqual(['here']);
});

// Seen red: a newcomer saw nobody until they moved; an observer, who cannot ask, still did when only questions were answered.
test.each(['student', 'observer'] as const)('a newcomer (%s) is told once', async (role) => {
  const { clock, enter, signals } = prepare();
  const ada = await enter('ada');
  await enter('ben');
  ada.point('here');
  await clock.advance(200);
  const before = signals();
  const chen = await enter('chen', role);
  await clock.advance(1_000);
  expect(chen.others()).toContain('here');
  expect(signals() - before).toBe(role === 'student' ? 3 : 2);
});

// Seen red: the cursor of who had left stayed until the page was closed.
test.each(['drop', 'leave'] as const)(
  'who goes (%s) is taken out, and is back when they are',
  async (how) => {
    const { clock, enter } = prepare();
    const [ada, ben] = [await enter('ada'), await enter('ben')];
    ben.point('here');
    await clock.advance(200);
    expect(ada.others()).toEqual(['here']);
    if (how === 'leave') await ben.classroom.leave();
    else ben.client.close();
    await clock.advance(200);
    expect(ada.others()).toEqual([]);
    await ben.classroom.join();
    await clock.advance(500);
    expect(ada.others()).toEqual(['here']);
  },
);

test('nobody speaks for the client of somebody else, and what is no state is ignored', async () => {
  const { clock, enter, server } = prepare();
  const [ada, ben] = [await enter('ada'), await enter('ben')];
  ben.point('here');
  await clock.advance(200);
  const mallory = server.join('math-101', { userId: 'mallory' });
  mallory.signal('notes.awareness', { clientId: ben.awareness.clientID, n: 99, state: { at: 'forged' } });
  mallory.signal('notes.awareness', { clientId: ada.awareness.clientID, n: 99, state: { at: 'forged' } });
  mallory.signal('notes.awareness', { clientId: 'x', state: 7 });
  await server.settled();
  expect(ada.others()).toEqual(['here']);
});

test('a provider that is destroyed takes its state back', async () => {
  const { clock, enter } = prepare();
  const [ada, ben] = [await enter('ada'), await enter('ben')];
  ben.point('here');
  await clock.advance(200);
  ben.provider.destroy();
  await clock.advance(200);
  expect(ada.others()).toEqual([]);
});
