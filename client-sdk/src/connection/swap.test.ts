import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Command } from '../protocol/index.ts';
import type { Connection } from './connection.ts';
import { CountedEnv, lineTo, Loopback, refusal, welcome, type Line } from './loopback.ts';
import { defaultTiming } from './timing.ts';

let server: Loopback;
const open: Connection[] = [];

beforeEach(async () => {
  server = await Loopback.start();
});
afterEach(async () => {
  for (const connection of open.splice(0)) connection.close();
  await server.close();
});

const eventually = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 4_000, interval: 5 });
const position = { epoch: 'epoch-1', seq: 4 };

/** A line that is up, with a token that is another each time, and is closed after the test. */
async function connected(options: Parameters<typeof lineTo>[1] = {}): Promise<Line> {
  let tokens = 0;
  const made = lineTo(server, {
    token: () => `token-${(tokens += 1)}`,
    joins: () => [{ classroomId: 'math-101', position }],
    ...options,
  });
  open.push(made.connection);
  made.connection.connect();
  await eventually(() => expect(made.connection.status).toBe('connected'));
  return made;
}

const goAway = (): void => server.say({ action: 'goaway', withinMs: 1 });
const statuses = ({ changes }: Line): string[] => changes.map(({ status }) => status);
const leave = { action: 'leave', classroomId: 'math-101' } as const;
const left = ({ ref }: { ref: number }) => ({ action: 'left', ref, classroomId: 'math-101' }) as const;

/** The socket on which each command came, oldest first, as the number of its handshake. */
function bySocket(): [number, Command['action']][] {
  const seen: [number, Command['action']][] = [];
  const numbers = new Map<unknown, number>();
  const { answer } = server;
  server.answer = (command, socket) => {
    if (!numbers.has(socket)) numbers.set(socket, numbers.size + 1);
    seen.push([numbers.get(socket)!, command.action]);
    return answer(command, socket);
  };
  return seen;
}

describe('the time of a swap', () => {
  // Seen red: without the jitter, and with the platform's 2 hours in place of the 110 minutes.
  test.each([
    [0, 0.95],
    [0.5, 1],
    [0.999, 1.0499],
  ])('with %d at random is %d of its time, and always before the 2-hour cut', async (random, part) => {
    const env = Object.assign(new CountedEnv(), { random: () => random });
    await connected({ env, timing: { swapMs: defaultTiming.swapMs } });
    const swaps = env.waits.filter((ms) => ms > 3_600_000);
    expect(swaps.map(Math.round)).toEqual([Math.round(6_600_000 * part)]);
    expect(swaps[0]).toBeLessThan(7_200_000 - 60_000);
  });

  // Seen red: `goaway` moved everybody at the end of its time.
  test('after goaway is a random moment within what it says', async () => {
    const env = Object.assign(new CountedEnv(), { random: () => 0.25 });
    await connected({ env });
    server.say({ action: 'goaway', withinMs: 40_000 });
    await eventually(() => expect(env.waits).toContain(10_000));
  });

  // Seen red: it was forgotten with the welcome, and the server cut the socket.
  test('is soon where a socket is asked away before its welcome, be it the first or the next', async () => {
    let early = 2;
    server.answer = (command, socket) => {
      if (command.action === 'hello' && (early -= 1) >= 0)
        socket.send(JSON.stringify({ v: 1, action: 'goaway', withinMs: 1 }));
      return welcome(command);
    };
    const made = await connected();
    await eventually(() => expect(server.closeCodes).toEqual([4000, 4000]));
    expect([server.tokens.length, server.sockets.size, statuses(made)]).toEqual([
      3,
      1,
      ['connecting', 'connected'],
    ]);
  });

  // Seen red: the new socket was swapped once more.
  test('is as usual for a socket that took the place of the one that was asked away', async () => {
    const made = await connected({ timing: { swapMs: 600_000 } });
    const [old] = server.sockets;
    server.answer = (command) => {
      if (command.action === 'hello') old?.send(JSON.stringify({ v: 1, action: 'goaway', withinMs: 1 }));
      return welcome(command);
    };
    const waits = made.env.waits.length;
    goAway();
    await eventually(() => expect(server.closeCodes).toEqual([4000]));
    await eventually(() =>
      expect(made.env.waits.slice(waits).filter((ms) => ms > 500_000 && ms < 700_000)).toHaveLength(1),
    );
    expect(server.tokens).toHaveLength(2);
  });

  // Seen red: `setTimeout` takes more than 2^31 - 1 ms for none, and the sockets were swapped in a circle.
  test('may be put off for ever', async () => {
    const { env } = await connected({ timing: { swapMs: Infinity } });
    // 24 days, the most that a timer holds: no page and no socket lives so long.
    expect(env.waits).toContain(2 ** 31 - 1);
  });
});

describe('a swap', () => {
  // Seen red: the old socket was closed before the new one had said hello; the joins were left out of the second hello;
  // the old one was closed with 1000, which the backend takes for a goodbye.
  test('opens the next socket with a fresh token, takes the seats along, and lets the old one go', async () => {
    const made = await connected();
    const [old] = server.sockets;
    let whenGreeted: boolean | undefined;
    server.answer = (command, socket) => {
      if (command.action === 'hello') whenGreeted = old?.readyState === 1 && socket !== old;
      return welcome(command);
    };
    goAway();
    await eventually(() => expect(server.closeCodes).toEqual([4000]));
    expect([server.tokens, whenGreeted, server.sockets.has(old!)]).toEqual([
      ['token-1', 'token-2'],
      true,
      false,
    ]);
    expect(server.commands('hello').map(({ token, joins }) => [token, joins])).toEqual([
      [undefined, [{ classroomId: 'math-101', position }]],
      [undefined, [{ classroomId: 'math-101', position }]],
    ]);
    expect(statuses(made)).toEqual(['connecting', 'connected']);
    expect(made.connection.freshToken).toBeUndefined();

    // The new one is watched as the old one was, and heals like it.
    server.drop();
    await eventually(() => expect(statuses(made).slice(2)).toEqual(['reconnecting', 'connected']));
    expect([server.tokens.at(-1), server.sockets.size]).toEqual(['token-3', 1]);
  });

  test('is followed by the next one', async () => {
    const made = await connected({ timing: { swapMs: 20 } });
    await eventually(() => expect(server.closeCodes.length).toBeGreaterThan(2));
    expect(statuses(made)).toEqual(['connecting', 'connected']);
  });

  // Seen red: the hello did not wait, so that the server could carry out the old socket's command after it; and the
  // commands meanwhile went to the old socket, which had no seat any more.
  test('waits for the answers that are due, and holds what is said meanwhile for the new socket', async () => {
    const seen = bySocket();
    let opened = 0;
    const { WebSocket } = new CountedEnv();
    // The client learns of its open socket later than the server does.
    class Watched extends WebSocket {
      constructor(url: string | URL, protocols?: string | string[]) {
        super(url, protocols);
        this.addEventListener('open', () => (opened += 1));
      }
    }
    const env = Object.assign(new CountedEnv(), { WebSocket: Watched });
    const { connection } = await connected({ env });
    const first = connection.request(leave, 'left');
    await eventually(() => expect(server.commands('leave')).toHaveLength(1));
    const [old] = server.sockets;
    goAway();
    await eventually(() => expect(opened).toBe(2));
    const second = connection.request(leave, 'left');
    connection.notify({ action: 'signal', classroomId: 'math-101', signals: [{ type: 'wave', data: 1 }] });
    await eventually(() => expect(server.sockets.size).toBe(2));
    old?.send(JSON.stringify({ v: 1, ...left(server.commands('leave')[0]!) }));
    await expect(first).resolves.toMatchObject({ action: 'left' });
    await eventually(() => expect(server.commands('leave')).toHaveLength(2));
    server.say(left(server.commands('leave')[1]!));
    await expect(second).resolves.toMatchObject({ action: 'left' });
    await eventually(() => expect(seen).toHaveLength(5));
    expect(seen).toEqual([
      [1, 'hello'],
      [1, 'leave'],
      [2, 'hello'],
      [2, 'leave'],
      [2, 'signal'],
    ]);
  });

  // Seen red: a ping waited with the rest, nobody answered it, and the old socket was taken for dead.
  test('does not keep a ping waiting', async () => {
    const made = await connected();
    const { answer } = server;
    server.answer = (command, socket) => (command.action === 'hello' ? undefined : answer(command, socket));
    goAway();
    await eventually(() => expect(server.commands('hello')).toHaveLength(2));
    made.env.wake('visible');
    await eventually(() => expect(server.commands('ping')).toHaveLength(1));
    await eventually(() => expect(made.events.map(({ action }) => action)).toEqual(['pong']));
    expect(statuses(made)).toEqual(['connecting', 'connected']);
  });

  // Seen red: they were left with the old socket, and dropped with it.
  test('brings along also those seats that a hello has no room for', async () => {
    const joins = Array.from({ length: 22 }, (_, number) => ({ classroomId: `room-${number}`, position }));
    const seen = bySocket();
    await connected({ joins: () => joins });
    goAway();
    await eventually(() => expect(server.commands('join')).toHaveLength(2));
    expect(server.closeCodes).toEqual([]);
    expect(server.commands('hello').map(({ joins: asked }) => asked?.length)).toEqual([20, 20]);
    for (const { ref, classroomId } of server.commands('join')) {
      const message = 'unable to join; not now';
      server.say({ action: 'error', ref, classroomId, code: 'internal', message, retryable: true });
    }
    await eventually(() => expect(server.closeCodes).toEqual([4000]));
    expect(seen).toEqual([
      [1, 'hello'],
      [2, 'hello'],
      [2, 'join'],
      [2, 'join'],
    ]);
  });
});

describe('a swap that fails', () => {
  const failures: [string, () => void, () => void][] = [
    [
      'because the handshake is refused',
      () => (server.status = () => 500),
      () => (server.status = () => undefined),
    ],
    [
      'because the token is refused',
      () => (server.status = () => 401),
      () => (server.status = () => undefined),
    ],
    [
      'because the handshake takes too long',
      () => (server.handshakeMs = 200),
      () => (server.handshakeMs = 0),
    ],
    [
      'because the hello is refused',
      () => (server.answer = (command) => refusal(command, 'internal')),
      () => (server.answer = welcome),
    ],
    [
      'because the hello is not answered',
      () => (server.answer = () => undefined),
      () => (server.answer = welcome),
    ],
  ];

  // Seen red: a failure was the end of all swaps; the socket of a failed try stayed open beside the next.
  test.each(failures)('%s is tried again, and nobody sees it', async (_, breakIt, mendIt) => {
    const made = await connected({ timing: { connectMs: 60 } });
    const [old] = server.sockets;
    breakIt();
    goAway();
    await eventually(() => expect(server.offers.length).toBeGreaterThan(2));
    expect(old?.readyState).toBe(1);
    mendIt();
    await eventually(() => expect(server.sockets.has(old!)).toBe(false));
    await eventually(() => expect(server.sockets.size).toBe(1));
    expect(statuses(made)).toEqual(['connecting', 'connected']);
  });

  test('because there is no token is tried again', async () => {
    let calls = 0;
    const made = await connected({
      token: () => {
        calls += 1;
        if (calls === 2) throw new Error('the session endpoint is down');
        return calls === 3 ? new Promise<string>(() => undefined) : `token-${calls}`;
      },
      timing: { tokenMs: 30 },
    });
    goAway();
    await eventually(() => expect(server.closeCodes).toEqual([4000]));
    expect([server.tokens, statuses(made)]).toEqual([
      ['token-1', 'token-4'],
      ['connecting', 'connected'],
    ]);
  });

  // Seen red: what was held was lost, and the seats stayed with a socket that was gone.
  test('after its hello says what was held on the old socket, and takes the seats back', async () => {
    const { connection } = await connected({
      timing: { backoffBaseMs: 60_000, reconnectBaseMs: 60_000, backoffCapMs: 60_000 },
    });
    const seen = bySocket();
    const { answer } = server;
    const [old] = server.sockets;
    server.answer = (command, socket) => {
      const usual = answer(command, socket);
      if (command.action === 'leave') return left(command);
      return socket === old ? usual : undefined;
    };
    goAway();
    await eventually(() => expect(seen).toEqual([[1, 'hello']]));
    await expect(connection.request(leave, 'left')).resolves.toMatchObject({ action: 'left' });
    await eventually(() => expect(connection.freshToken).toBe('token-3'));
    expect(seen).toEqual([
      [1, 'hello'],
      [2, 'leave'],
      [2, 'hello'],
    ]);
    expect(server.commands('hello').at(-1)).toMatchObject({ token: 'token-3', joins: [{ position }] });
  });

  // Seen red: the swap went on beside the recovery.
  test('because the old socket dies meanwhile makes place for the usual recovery', async () => {
    const made = await connected();
    const [old] = server.sockets;
    server.answer = () => undefined;
    goAway();
    await eventually(() => expect(server.commands('hello')).toHaveLength(2));
    const late = server.commands('hello')[1]!;
    server.answer = welcome;
    old?.terminate();
    await eventually(() => expect(statuses(made).slice(2)).toEqual(['reconnecting', 'connected']));
    const answer = welcome(late);
    if (answer) server.say(answer);
    await eventually(() => expect(server.sockets.size).toBe(1));
    expect([made.connection.status, server.tokens]).toEqual(['connected', ['token-1', 'token-2', 'token-3']]);
  });
});

describe('closing while a swap is under way', () => {
  // Seen red: the second socket, and the timer of its token, outlived the connection; it was closed as one that is lost, and
  // with the seat, which had moved already, its member was shown as reconnecting.
  test.each([
    'fetches its token',
    'opens its socket',
    'waits for an answer',
    'says hello',
    'waits for its next try',
  ])('that %s leaves no timer, no listener and no socket', async (moment) => {
    let calls = 0;
    const made = await connected({
      token: () =>
        (calls += 1) > 1 && moment === 'fetches its token' ? new Promise<string>(() => undefined) : 'token',
      timing: { backoffBaseMs: 60_000, reconnectBaseMs: 60_000, backoffCapMs: 60_000, probeMs: 4_000 },
    });
    if (moment === 'opens its socket') server.handshakeMs = 80;
    if (moment === 'waits for its next try') server.status = () => 500;
    if (moment === 'waits for an answer') made.connection.request(leave, 'left').catch(() => undefined);
    server.answer = () => undefined;
    goAway();
    if (moment === 'fetches its token') await eventually(() => expect(calls).toBe(2));
    else if (moment === 'says hello')
      await eventually(() => expect(server.commands('hello')).toHaveLength(2));
    else if (moment === 'waits for an answer') await eventually(() => expect(server.sockets.size).toBe(2));
    else await eventually(() => expect(server.offers).toHaveLength(2));
    if (moment === 'waits for its next try') {
      await eventually(() =>
        expect(made.env.waits.filter((ms) => ms > 0 && ms < 60_000).length).toBeGreaterThan(3),
      );
    }
    made.connection.close();
    await eventually(() => expect(server.sockets.size).toBe(0));
    expect([made.env.timers.size, made.env.wakeListeners.size]).toEqual([0, 0]);
    expect(server.closeCodes).not.toContain(4000);
    expect(statuses(made)).toEqual(['connecting', 'connected', 'closed']);
  });
});
