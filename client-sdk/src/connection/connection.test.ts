import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ChalklineError, encode } from '../protocol/index.ts';
import { createRandom } from '../testing/random.ts';
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

/** A line that is closed after the test. */
function line(options?: Parameters<typeof lineTo>[1]): Line {
  const made = lineTo(server, options);
  open.push(made.connection);
  return made;
}

/** Resolves in the moment in which the connection comes to `status`, and says what was waited for if it does not. */
function reached({ connection }: Line, status: Connection['status']): Promise<void> {
  if (connection.status === status) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const late = setTimeout(
      () => reject(new Error(`${status} was not reached; it is ${connection.status}`)),
      4_000,
    );
    const stop = connection.on('status', (change) => {
      if (change.status !== status) return;
      clearTimeout(late);
      stop();
      resolve();
    });
  });
}

async function connected(options?: Parameters<typeof lineTo>[1]): Promise<Line> {
  const made = line(options);
  made.connection.connect();
  await reached(made, 'connected');
  return made;
}

const eventually = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 4_000, interval: 5 });

describe('what reconnecting-websocket does not do by itself', () => {
  // Seen red: `prepare` rejected with the token; one try was the only one, with an unhandled rejection.
  test('row "URL provider rejects once": the next token is tried', async () => {
    let calls = 0;
    await connected({
      token: () => {
        calls += 1;
        if (calls === 1) throw new Error('the session endpoint is down');
        return `token-${calls}`;
      },
    });
    expect(server.tokens).toEqual(['token-2']);
  });

  // Seen red: the token was awaited without a patience of our own.
  test('row "URL provider never settles": the token has a time limit of its own', async () => {
    let calls = 0;
    const { changes } = await connected({
      token: () => ((calls += 1) === 1 ? new Promise(() => undefined) : 'token'),
      timing: { tokenMs: 30 },
    });
    expect(calls).toBe(2);
    // The first try that failed is told of too.
    expect(changes.map(({ status }) => status)).toEqual(['connecting', 'connecting', 'connected']);
  });

  test('row "maxRetries reached": a server that was away for many tries is found again', async () => {
    const { port } = server;
    const made = await connected();
    await server.close();
    await eventually(() => expect(made.env.waits.filter((ms) => ms <= 30).length).toBeGreaterThan(12));
    expect(made.connection.cause?.code).toBe('connection-lost');
    server = await Loopback.start(port);
    await reached(made, 'connected');
  });

  // Seen red, in the backoff: the closed socket's `prepare` woke up in the new life, fetched a token for nobody and took
  // the machine on, so that the new socket was opened without one.
  test.each(['at once', 'while the token is fetched', 'while the socket opens', 'in the backoff'])(
    'row "close() during connect, then reconnect()": closing %s and connecting again works',
    async (when) => {
      let calls = 0;
      let give: ((token: string) => void) | undefined;
      const made = line({
        token: () => ((calls += 1) === 1 ? new Promise<string>((resolve) => (give = resolve)) : 'token'),
        timing:
          when === 'in the backoff'
            ? { backoffBaseMs: 60_000, reconnectBaseMs: 60_000, backoffCapMs: 60_000 }
            : {},
      });
      made.connection.connect();
      if (when !== 'at once') await eventually(() => expect(give).toBeDefined());
      if (when === 'while the socket opens') {
        server.handshakeMs = 60;
        give?.('token');
        await eventually(() => expect(server.offers).toHaveLength(1));
      }
      if (when === 'in the backoff') {
        server.status = () => 500;
        give?.('token');
        await eventually(() => expect(made.connection.cause).toBeDefined());
        server.status = () => undefined;
      }
      made.connection.close();
      calls = 1;
      server.offers.length = 0;
      made.connection.connect();
      await reached(made, 'connected');
      expect([server.tokens, calls]).toEqual([['token'], 2]);
    },
  );

  // Seen red: without a memory of the first refusal it was tried for ever.
  test('row "HTTP 401 at the handshake": one fresh token, then it stops and asks for a sign-in', async () => {
    server.status = () => 401;
    let calls = 0;
    const made = line({ token: () => `token-${(calls += 1)}` });
    made.connection.connect();
    await reached(made, 'closed');
    expect(server.tokens).toEqual(['token-1', 'token-2']);
    expect(made.connection.cause?.code).toBe('unauthorized');
    // The real close code, where reconnecting-websocket says 1000.
    expect(made.connection.cause?.message).toContain('1006');

    server.status = () => undefined;
    made.connection.connect();
    await reached(made, 'connected');
    expect(made.connection.cause).toBeUndefined();
  });

  test('row "HTTP 401 at the handshake": a fresh token that is accepted is all it takes', async () => {
    server.status = (offer) => (offer.includes('bearer.token-1') ? 401 : undefined);
    let calls = 0;
    await connected({ token: () => `token-${(calls += 1)}` });
    expect(server.tokens).toEqual(['token-1', 'token-2']);
  });

  test.each([1001, 1011, 4001, 4999])(
    'row "server closes with an application code": %i is no verdict, so it comes back',
    async (code) => {
      const made = await connected();
      server.drop(code);
      await reached(made, 'reconnecting');
      expect(made.connection.cause?.message).toContain(String(code));
      await reached(made, 'connected');
    },
  );

  // Seen red: `bye` was handed on as any event, and the socket came back for ever.
  test('row "server closes with an application code": what is for good is said by bye, and ends it', async () => {
    const made = await connected();
    server.say({ action: 'bye', code: 'forbidden', message: 'unable to stay; removed by the teacher' });
    await reached(made, 'closed');
    expect(made.connection.cause).toMatchObject({
      code: 'forbidden',
      message: 'unable to stay; removed by the teacher',
    });
    await eventually(() => expect(server.closeCodes).toEqual([1000]));
    expect(server.offers).toHaveLength(1);
  });

  // Seen red: the protocols were given to reconnecting-websocket once.
  test('row "protocols cannot change per attempt": every attempt shows a fresh token beside the app protocol', async () => {
    let calls = 0;
    const made = await connected({ token: () => Promise.resolve(`token-${(calls += 1)}`) });
    server.drop();
    await reached(made, 'reconnecting');
    await reached(made, 'connected');
    expect(server.offers).toEqual([
      ['chalkline.v1', 'bearer.token-1'],
      ['chalkline.v1', 'bearer.token-2'],
    ]);
  });

  // Seen red: the token went into the constructor unchecked, which threw where nobody could catch it.
  test.each([
    ['a blank', 'to ken'],
    ['a comma', 'to,ken'],
    ['nothing', ''],
    ['no text', undefined],
  ])(
    'row "token with a character that a subprotocol may not hold": %s is refused here, and no socket is opened',
    async (_, token) => {
      const made = line({ token: () => token as string });
      made.connection.connect();
      await reached(made, 'closed');
      expect(made.connection.cause).toMatchObject({ code: 'unauthorized' });
      expect(server.offers).toEqual([]);
    },
  );

  // Seen red: with equal or no jitter the waits fall into half the range or into one point.
  test('row "50 clients dropped together come back within 16 ms": they spread over the whole of the backoff', async () => {
    const random = createRandom(7);
    const lines = await Promise.all(
      Array.from({ length: 50 }, async () => {
        const env = Object.assign(new CountedEnv(), { random });
        return connected({ env, timing: { backoffBaseMs: 200, reconnectBaseMs: 200, backoffCapMs: 200 } });
      }),
    );
    for (const { env } of lines) env.waits.length = 0;
    server.drop();
    await Promise.all(lines.map((made) => reached(made, 'reconnecting')));
    await Promise.all(lines.map((made) => reached(made, 'connected')));
    const waits = lines.map(({ env }) => env.waits[0]!).sort((a, b) => a - b);
    for (const quarter of [0, 1, 2, 3]) {
      const inQuarter = waits.filter((ms) => ms >= quarter * 50 && ms <= (quarter + 1) * 50);
      expect(inQuarter.length, `waits from ${quarter * 50} ms`).toBeGreaterThan(5);
    }
  });

  // Seen red: the attempt was counted from 1 again as soon as a socket opened.
  test('row "50 clients …": the backoff grows until it is welcomed, not until a socket opens', async () => {
    server.answer = (_, socket) => {
      socket.close(1011);
      return undefined;
    };
    const env = Object.assign(new CountedEnv(), { random: () => 0.999 });
    const made = line({ env });
    made.connection.connect();
    await eventually(() => expect(server.offers.length).toBeGreaterThan(5));
    const waits = env.waits.filter((ms) => ms <= 30);
    expect(waits.slice(0, 5)).toEqual([8, 16, 30, 30, 30]);

    server.answer = welcome;
    await reached(made, 'connected');
    env.waits.length = 0;
    server.drop();
    await reached(made, 'reconnecting');
    await eventually(() => expect(env.waits).toContain(4));
  });

  // Seen red: with a queue in reconnecting-websocket, and no look at the state, the signal was the first frame.
  test('row "queued messages leave before the open listener\'s first frame": the hello is first, and nothing is queued', async () => {
    const made = line();
    made.connection.connect();
    const request = made.connection.request({ action: 'leave', classroomId: 'math-101' }, 'left');
    made.connection.notify({
      action: 'signal',
      classroomId: 'math-101',
      signals: [{ type: 'wave', data: 1 }],
    });
    await expect(request).rejects.toMatchObject({ code: 'connection-lost', retryable: true });
    await reached(made, 'connected');
    expect(server.received.map(({ action }) => action)).toEqual(['hello']);
  });

  // Seen red: without the heartbeat the socket stayed open, and the test waited for ever.
  test('row "peer stops answering": the socket is let go without being heard again, and another one opened', async () => {
    const made = await connected({ timing: { pingMs: 30 } });
    const [dead] = server.sockets;
    server.answer = (command, socket) => (socket === dead ? undefined : welcome(command));
    await reached(made, 'reconnecting');
    dead?.send(encode({ action: 'bye', code: 'closed', message: 'from beyond' }));
    await reached(made, 'connected');
    expect(made.changes.map(({ status }) => status)).toEqual([
      'connecting',
      'connected',
      'reconnecting',
      'connected',
    ]);
    // Not 1000, which the backend takes for a member who left.
    expect(server.closeCodes).toEqual([4000]);
  });

  test('row "handshake slower than connectionTimeout": a cold start has its time, and no more than that', async () => {
    expect(defaultTiming.connectMs).toBeGreaterThanOrEqual(10_000);
    server.handshakeMs = 150;
    const made = line({ timing: { connectMs: 40 } });
    made.connection.connect();
    await eventually(() => expect(server.offers.length).toBeGreaterThan(2));
    expect(made.connection.status).toBe('connecting');
    server.handshakeMs = 0;
    await reached(made, 'connected');

    server.handshakeMs = 150;
    await connected({ timing: { connectMs: 1_000 } });
  });

  // Seen red: reconnecting-websocket let the exception of the constructor go unhandled, and was dead.
  test('a WebSocket that cannot be made is tried again', async () => {
    const env = new CountedEnv();
    const Real = env.WebSocket;
    let calls = 0;
    const made = line({
      env: Object.assign(env, {
        WebSocket: class extends Real {
          constructor(url: string | URL, protocols?: string | string[]) {
            calls += 1;
            if (calls < 3)
              throw new DOMException('An insecure connection may not be initiated', 'SecurityError');
            super(url, protocols);
          }
        },
      }),
    });
    made.connection.connect();
    await reached(made, 'connected');
    expect(calls).toBe(3);
  });
});

describe('the hello', () => {
  test('that is refused for want of a good token is said once more with a fresh one, then it stops', async () => {
    server.answer = (command) => refusal(command, 'unauthorized');
    let calls = 0;
    const made = line({ token: () => `token-${(calls += 1)}` });
    made.connection.connect();
    await reached(made, 'closed');
    expect([server.tokens, made.connection.cause?.code]).toEqual([['token-1', 'token-2'], 'unauthorized']);
  });

  test('that the server cannot answer now is said again on another socket', async () => {
    let hellos = 0;
    server.answer = (command) => ((hellos += 1) < 3 ? refusal(command, 'internal') : welcome(command));
    await connected();
    expect(server.offers).toHaveLength(3);
  });

  test('that the server does not understand ends it: the same words would not be understood tomorrow', async () => {
    server.answer = (command) => refusal(command, 'bad-envelope');
    const made = line();
    made.connection.connect();
    await reached(made, 'closed');
    expect([server.offers.length, made.connection.cause?.code]).toEqual([1, 'bad-envelope']);
  });

  test('that is never answered is given up after a while', async () => {
    let hellos = 0;
    server.answer = (command) => ((hellos += 1) === 1 ? undefined : welcome(command));
    await connected({ timing: { requestMs: 40 } });
    expect([hellos, server.closeCodes]).toEqual([2, [4000]]);
  });
});

describe('a token source', () => {
  test('that says unauthorized is asked once more, then nobody is signed in', async () => {
    let calls = 0;
    const made = line({
      token: () => {
        calls += 1;
        throw new ChalklineError('unauthorized', 'unable to fetch a token; signed out');
      },
    });
    made.connection.connect();
    await reached(made, 'closed');
    expect([calls, made.connection.cause?.message]).toEqual([2, 'unable to fetch a token; signed out']);
  });
});

describe('a wake', () => {
  // Seen red: a timer of 20 s stood between the wake and the next try.
  test.each(['visible', 'resume', 'pageshow', 'online'] as const)(
    '%s ends the backoff at once',
    async (wake) => {
      const env = Object.assign(new CountedEnv(), { random: () => 0.999 });
      const made = await connected({
        env,
        timing: { backoffBaseMs: 60_000, reconnectBaseMs: 60_000, backoffCapMs: 60_000 },
      });
      server.drop();
      await reached(made, 'reconnecting');
      await eventually(() => expect(env.waits).toContain(59_940));
      env.wake(wake);
      await reached(made, 'connected');
    },
  );

  test.each(['visible', 'resume', 'pageshow', 'online', 'offline'] as const)(
    '%s asks a link that seems to be up, once, and believes the answer',
    async (wake) => {
      const { env, connection, events } = await connected();
      env.wake(wake);
      env.wake(wake);
      await eventually(() => expect(events.map(({ action }) => action)).toEqual(['pong']));
      expect([connection.status, server.commands('ping').length]).toEqual(['connected', 1]);
    },
  );

  test('finds a dead link within the patience of a probe', async () => {
    const made = await connected({ timing: { pingMs: 60_000, pongMs: 60_000 } });
    server.answer = (command) => (command.action === 'ping' ? undefined : welcome(command));
    made.env.wake('visible');
    await reached(made, 'reconnecting');
    await reached(made, 'connected');
  });

  // Seen red: with one base for both, a class that lost its server came back all at once, or one dead link late.
  test('a silent socket is replaced at once, a closed one when its turn comes', async () => {
    const env = Object.assign(new CountedEnv(), { random: () => 0.5 });
    const timing = { pingMs: 60_000, reconnectBaseMs: 60_000, backoffCapMs: 60_000 };
    const made = await connected({ env, timing });
    server.answer = (command) => (command.action === 'ping' ? undefined : welcome(command));
    made.env.wake('visible');
    await reached(made, 'reconnecting');
    await eventually(() => expect(server.offers).toHaveLength(2));
    await eventually(() => expect(made.connection.status).toBe('connected'));
    server.drop();
    await eventually(() => expect(made.connection.status).toBe('reconnecting'));
    await eventually(() => expect(env.waits).toContain(30_000));
    expect(server.offers).toHaveLength(2);
  });

  test('offline does not hurry the next try', async () => {
    const env = Object.assign(new CountedEnv(), { random: () => 0.999 });
    const made = await connected({
      env,
      timing: { backoffBaseMs: 60_000, reconnectBaseMs: 60_000, backoffCapMs: 60_000 },
    });
    server.drop();
    await eventually(() => expect(env.waits).toContain(59_940));
    env.wake('offline');
    expect([made.connection.status, server.offers.length]).toEqual(['reconnecting', 1]);
  });
});

describe('a command', () => {
  // Seen red: the link was asked only by the next regular ping.
  test('that is not answered makes the link be asked at once', async () => {
    const { connection } = await connected({ timing: { requestMs: 30 } });
    await expect(
      connection.request({ action: 'leave', classroomId: 'math-101' }, 'left'),
    ).rejects.toMatchObject({
      code: 'timeout',
      retryable: true,
    });
    await eventually(() => expect(server.commands('ping')).toHaveLength(1));
    expect(connection.status).toBe('connected');
  });

  test('that is under way when the link breaks is rejected', async () => {
    const { connection } = await connected();
    const request = connection.request({ action: 'leave', classroomId: 'math-101' }, 'left');
    server.drop();
    await expect(request).rejects.toMatchObject({ code: 'connection-lost' });
  });

  test('that is refused rejects with the code of the server, with its own reason', async () => {
    const { connection } = await connected();
    server.answer = (command) => refusal(command, 'internal');
    await expect(
      connection.request({ action: 'leave', classroomId: 'math-101' }, 'left'),
    ).rejects.toMatchObject({
      code: 'internal',
      message: 'unable to leave',
    });
  });
});

describe('what a server says', () => {
  test('that is no frame of ours is warned of and ignored', async () => {
    const { env, events, connection } = await connected();
    server.push('{');
    server.push(JSON.stringify({ v: 2, action: 'pong' }));
    server.push(JSON.stringify({ v: 1, action: 'pong', ref: 'x' }));
    server.push(Buffer.from([1, 2, 3]));
    server.say({ action: 'left', ref: 99, classroomId: 'math-101' });
    server.say({ action: 'signals', classroomId: 'math-101', userId: 'ben', signals: [] });
    await eventually(() => expect(events.map(({ action }) => action)).toEqual(['signals']));
    expect([connection.status, env.warnings.length]).toEqual(['connected', 3]);
  });

  // Seen red: it was ignored without a word.
  test('that is newer than we are is ignored, and warned of once', async () => {
    const { env, events } = await connected();
    for (let time = 0; time < 3; time++)
      server.push(JSON.stringify({ v: 1, action: 'poll', question: 'Ready?' }));
    server.say({ action: 'signals', classroomId: 'math-101', userId: 'ben', signals: [] });
    await eventually(() => expect(events).toHaveLength(1));
    expect(env.warnings).toEqual(['ignored "poll", which this version does not know']);
  });
});

describe('a token that ends', () => {
  const endingIn = (ms: number, after = 3_600_000): void => {
    let hellos = 0;
    server.answer = (command) => {
      const answer = welcome(command);
      hellos += command.action === 'hello' ? 1 : 0;
      return answer?.action === 'welcome'
        ? { ...answer, expiresAt: Date.now() + (hellos === 1 ? ms : after) }
        : answer;
    };
  };

  // Seen red: the hello brought no joins, so the seats kept the end of the first token.
  test('is renewed in band before its end, with the seats, and no change of status', async () => {
    endingIn(80);
    let calls = 0;
    const joins = [{ classroomId: 'math-101', position: { epoch: 'epoch-1', seq: 4 } }];
    const made = await connected({ token: () => `token-${(calls += 1)}`, joins: () => joins });
    await eventually(() => expect(made.connection.freshToken).toBe('token-2'));
    expect(server.offers).toHaveLength(1);
    expect(server.commands('hello').map(({ token, joins: asked }) => [token, asked])).toEqual([
      [undefined, joins],
      ['token-2', joins],
    ]);
    expect(made.changes.map(({ status }) => status)).toEqual(['connecting', 'connected']);
  });

  // Seen red: a lifetime below `refreshMs` was renewed each second.
  test('soon is renewed half-way, and one that a wrong clock takes for ended not at once', async () => {
    endingIn(30_000);
    const { env } = await connected();
    expect(env.waits.some((ms) => ms > 14_000 && ms <= 15_000)).toBe(true);
    endingIn(-300_000);
    const behind = await connected();
    expect(behind.env.waits).toContain(60_000);
  });

  test('is asked for again when the app could not give one', async () => {
    endingIn(40);
    let calls = 0;
    const { connection, changes } = await connected({
      token: () => {
        calls += 1;
        return calls === 2 ? Promise.reject(new Error('the session endpoint is down')) : `token-${calls}`;
      },
    });
    await eventually(() => expect(connection.freshToken).toBe('token-3'));
    expect(changes).toHaveLength(2);
  });

  test('and whose successor is refused costs the link: one more token, then it stops', async () => {
    endingIn(40);
    const answer = server.answer;
    server.answer = (command, socket) =>
      command.action === 'hello' && server.commands('hello').length > 1
        ? refusal(command, 'unauthorized')
        : answer(command, socket);
    let calls = 0;
    const made = await connected({ token: () => `token-${(calls += 1)}` });
    await reached(made, 'closed');
    expect([calls, made.connection.cause?.code]).toEqual([3, 'unauthorized']);
  });

  test('while the machine sleeps is renewed by the first command that is refused', async () => {
    const { connection } = await connected({ token: () => 'token' });
    const answer = server.answer;
    server.answer = (command, socket) =>
      command.action === 'leave' ? refusal(command, 'unauthorized') : answer(command, socket);
    await expect(
      connection.request({ action: 'leave', classroomId: 'math-101' }, 'left'),
    ).rejects.toMatchObject({
      code: 'unauthorized',
    });
    await eventually(() => expect(server.commands('hello').at(-1)?.token).toBe('token'));
    expect(connection.status).toBe('connected');
  });

  // Seen red: with neither the wait cut short nor the generation guard, the old token was said on the new socket.
  test('and is being fetched when the link breaks is not taken for the token of the next socket', async () => {
    endingIn(40);
    let calls = 0;
    let give: ((token: string) => void) | undefined;
    const made = await connected({
      token: () =>
        (calls += 1) === 2 ? new Promise<string>((resolve) => (give = resolve)) : `token-${calls}`,
    });
    await eventually(() => expect(give).toBeDefined());
    server.drop();
    await reached(made, 'reconnecting');
    await reached(made, 'connected');
    give?.('token-late');
    made.env.wake('visible');
    await eventually(() => expect(made.events).toHaveLength(1));
    expect([made.connection.freshToken, server.tokens]).toEqual([undefined, ['token-1', 'token-3']]);
    expect(server.commands('hello').map(({ token }) => token)).toEqual([undefined, undefined]);
  });
});

describe('close', () => {
  const moments: [string, (made: Line) => Promise<void>][] = [
    ['before anything began', () => Promise.resolve()],
    ['while the token is fetched', () => eventually(() => expect(tokenCalls).toBe(1))],
    ['while the socket opens', () => eventually(() => expect(server.offers).toHaveLength(1))],
    ['while the hello is answered', () => eventually(() => expect(server.received).toHaveLength(1))],
    [
      'while connected, with a command under way',
      async (made) => {
        await reached(made, 'connected');
        made.connection.request({ action: 'leave', classroomId: 'math-101' }, 'left').catch(() => undefined);
        made.env.wake('online');
      },
    ],
    [
      'in the backoff',
      async (made) => {
        await reached(made, 'connected');
        server.drop();
        await reached(made, 'reconnecting');
      },
    ],
  ];
  let tokenCalls = 0;

  // Seen red: the timer that limits the app's `token` outlived the connection by up to 15 s.
  test.each(moments)('%s leaves no timer and no listener behind', async (moment, come) => {
    tokenCalls = 0;
    if (moment.includes('socket opens')) server.handshakeMs = 100;
    if (moment.includes('hello')) server.answer = () => undefined;
    const made = line({
      token: () => {
        tokenCalls += 1;
        return moment.includes('token') ? new Promise<string>(() => undefined) : 'token';
      },
      timing: { backoffBaseMs: 60_000, reconnectBaseMs: 60_000, backoffCapMs: 60_000 },
    });
    if (moment !== 'before anything began') made.connection.connect();
    await come(made);
    made.connection.close();
    await eventually(() => expect(server.sockets.size).toBe(0));
    expect([made.env.timers.size, made.env.wakeListeners.size]).toEqual([0, 0]);
    expect([made.connection.status, made.connection.cause]).toEqual(['closed', undefined]);
  });

  test('in a listener of "connected" is the last word', async () => {
    const made = line();
    const welcomed: unknown[] = [];
    made.connection.on('welcome', (answer) => welcomed.push(answer));
    made.connection.on('status', ({ status }) => {
      if (status === 'connected') made.connection.close();
    });
    made.connection.connect();
    await reached(made, 'closed');
    await eventually(() => expect(server.closeCodes).toEqual([1000]));
    expect([welcomed, made.env.timers.size]).toEqual([[], 0]);
  });

  test('rejects what was under way, and what comes after', async () => {
    const { connection } = await connected();
    const request = connection.request({ action: 'leave', classroomId: 'math-101' }, 'left');
    connection.close();
    await expect(request).rejects.toMatchObject({ code: 'closed' });
    await expect(
      connection.request({ action: 'leave', classroomId: 'math-101' }, 'left'),
    ).rejects.toMatchObject({
      code: 'connection-lost',
    });
  });
});

test('where there is no WebSocket, connecting says so at once', () => {
  const env = Object.assign(new CountedEnv(), { WebSocket: undefined as unknown as typeof WebSocket });
  const made = line({ env });
  expect(() => made.connection.connect()).toThrow('there is no WebSocket here');
  expect(made.connection.status).toBe('idle');
});
