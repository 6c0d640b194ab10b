import { request } from 'node:http';
import {
  ApiGatewayManagementApiClient,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import { afterEach, describe, expect, test } from 'vitest';
import type { WebSocketEvent } from './events.ts';
import { FaultPlan } from './faults.ts';
import { createGateway, createManualClock, type Faults, type Gateway, type GatewayOptions } from './index.ts';
import { connect, defer, Inbox, upgradeStatus, within } from './testing/client.ts';

let gateway: Gateway | undefined;
afterEach(() => gateway?.close());

const ok = () => Promise.resolve({ statusCode: 200 });

async function start(faults: Faults, options: Partial<GatewayOptions> = {}) {
  gateway = await createGateway({ routes: { $default: ok }, faults, ...options });
  return gateway;
}

/** POSTs over node:http, as the AWS SDK does. @returns the status, or the error's code */
function post(id: string, body: string): Promise<number | string | undefined> {
  const url = `${gateway?.callbackUrl ?? ''}/@connections/${encodeURIComponent(id)}`;
  return new Promise((resolve) => {
    const asked = request(url, { method: 'POST' }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    asked.on('error', (error: NodeJS.ErrnoException) => resolve(error.code)).end(body);
  });
}

describe('a plan', () => {
  const draw = (faults: Faults, name: string) => {
    const plan = new FaultPlan(faults);
    return Array.from({ length: 40 }, () => plan.strikes(name, 0.5));
  };

  test('strikes the same occasions for the same seed, and others for another', () => {
    // Seen red: with Math.random in place of the stream.
    expect(draw({ seed: 7 }, 'a')).toEqual(draw({ seed: 7 }, 'a'));
    expect(draw({ seed: 7 }, 'a')).not.toEqual(draw({ seed: 8 }, 'a'));
    expect(draw({ seed: 7 }, 'a')).not.toEqual(draw({ seed: 7 }, 'b'));
  });

  test('keeps one kind of fault where it is when another is drawn in between', () => {
    const plan = new FaultPlan({ seed: 7 });
    const drawn = Array.from({ length: 40 }, () => {
      plan.strikes('b', 0.5);
      return plan.strikes('a', 0.5);
    });
    expect(drawn).toEqual(draw({ seed: 7 }, 'a'));
  });

  test('strikes after so many and at most so many times, and amounts stay within their bounds', () => {
    const plan = new FaultPlan();
    const drawn = Array.from({ length: 6 }, () => plan.strikes('a', { after: 2, times: 2 }));
    expect(drawn).toEqual([false, false, true, true, false, false]);
    const amounts = new Set(Array.from({ length: 200 }, () => plan.amount('a', [3, 5])));
    expect([...amounts].sort()).toEqual([3, 4, 5]);
  });

  test.each<[string, unknown]>([
    ['post', { post: { lost: 1 } }],
    ['post', { post: { drop: 2 } }],
    ['invocation', { invocation: { delay: { chance: 1 } } }],
    ['seed', { seed: 'x' }],
    ['weather', { weather: {} }],
    ['faults', null],
  ])('that makes no sense is refused, naming %s', (name, faults) => {
    expect(() => new FaultPlan(faults as Faults)).toThrow(`unable to set faults; ${name} is not understood`);
  });
});

describe('connects', () => {
  test('are refused or reset when told to', async () => {
    const { url } = await start({
      connect: { refuse: { times: 1 }, refuseStatus: 429, reset: { after: 1, times: 1 } },
    });
    expect(await upgradeStatus(url)).toBe(429);
    await expect(upgradeStatus(url)).rejects.toThrow(/socket hang up|ECONNRESET/);
    expect(await upgradeStatus(url)).toBe(101);
  });
});

describe('invocations', () => {
  test('start late by different times, so that they overtake each other', async () => {
    // Seen red: with the delay not awaited the order was that of sending.
    const clock = createManualClock();
    const order = new Inbox<string>();
    const { url } = await start(
      { seed: 3, invocation: { delay: { ms: [1, 1000] } } },
      {
        clock,
        routes: {
          $default: (event: WebSocketEvent) => {
            order.put(event.body ?? '');
            return ok();
          },
        },
      },
    );
    const client = await connect(url);
    const sent = ['0', '1', '2', '3', '4', '5'];
    for (const body of sent) client.send(body);
    const pong = new Promise<void>((resolve) => client.socket.once('pong', () => resolve()));
    client.socket.ping();
    await within('all to have arrived', pong);
    const seen: string[] = [];
    for (let ms = 0; ms < 1000; ms += 1) {
      clock.advance(1);
      await Promise.resolve();
    }
    while (seen.length < sent.length) seen.push(await order.next('an invocation'));
    expect([...seen].sort()).toEqual(sent);
    expect(seen).not.toEqual(sent);
  });

  test('run twice, and only the first result is sent', async () => {
    const bodies = new Inbox<WebSocketEvent>();
    const { url } = await start(
      { invocation: { twice: { times: 1 }, routes: ['$default'] } },
      {
        routes: {
          $default: {
            handler: (event: WebSocketEvent) => {
              bodies.put(event);
              return Promise.resolve({ statusCode: 200, body: `echo ${event.body ?? ''}` });
            },
            returnResponse: true,
          },
        },
      },
    );
    const client = await connect(url);
    client.send('a');
    const [one, two] = [await bodies.next('the first run'), await bodies.next('the second run')];
    expect(one).toEqual(two);
    expect(one).not.toBe(two);
    client.send('b');
    expect([await client.frames.next('a'), await client.frames.next('b')]).toEqual(['echo a', 'echo b']);
  });

  test('die before they run', async () => {
    let runs = 0;
    const { url } = await start(
      { invocation: { killBefore: { times: 1 } } },
      {
        routes: {
          $default: {
            handler: () => {
              runs += 1;
              return Promise.resolve({ statusCode: 200, body: 'ran' });
            },
            returnResponse: true,
          },
        },
      },
    );
    const client = await connect(url);
    client.send('x');
    expect(await client.frames.next('the frame')).toContain('Internal server error');
    expect(runs).toBe(0);
    client.send('x');
    expect(await client.frames.next('the next')).toBe('ran');
  });

  test('die at their n-th post: what was posted before arrives, the rest never', async () => {
    // Seen red: counting per gateway instead of per invocation killed the bystander's post.
    const { url } = await start(
      { invocation: { killAtPost: { post: 3, times: 1 } } },
      {
        routes: {
          $default: async ({ requestContext, body }: WebSocketEvent) => {
            for (let index = 1; index <= 4; index += 1) {
              await post(requestContext.connectionId, `${body ?? ''}${index}`);
            }
            return { statusCode: 200 };
          },
        },
      },
    );
    const client = await connect(url);
    client.send('a');
    const first = [
      await client.frames.next('a1'),
      await client.frames.next('a2'),
      await client.frames.next('the end'),
    ];
    expect(first.slice(0, 2)).toEqual(['a1', 'a2']);
    expect(first[2]).toContain('Internal server error');
    client.send('b');
    const second: string[] = [];
    for (let index = 1; index <= 4; index += 1) second.push(await client.frames.next(`b${index}`));
    expect(second).toEqual(['b1', 'b2', 'b3', 'b4']);
    expect(client.frames.size).toBe(0);
  });

  test('die at their first post through the AWS SDK too, retries included', async () => {
    const settled = defer<unknown>();
    const { url, callbackUrl } = await start(
      { invocation: { killAtPost: { post: 1, times: 1 } } },
      {
        routes: {
          $default: async ({ requestContext }: WebSocketEvent) => {
            const sdk = new ApiGatewayManagementApiClient({
              endpoint: callbackUrl,
              region: 'us-east-1',
              credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
            });
            const command = new PostToConnectionCommand({
              ConnectionId: requestContext.connectionId,
              Data: 'no',
            });
            settled.resolve(await sdk.send(command).catch((error: unknown) => error));
            sdk.destroy();
            return { statusCode: 200 };
          },
        },
      },
    );
    const client = await connect(url);
    client.send('x');
    expect(await client.frames.next('the frame')).toContain('Internal server error');
    expect(await within('the SDK to give up', settled.promise)).toBeInstanceOf(Error);
    expect(client.frames.size).toBe(0);
  });

  test('die at a named point: before it all is done, after it nothing', async () => {
    // Seen red: with reach() resolving for the dead, the fan-out ran.
    const work: string[] = [];
    const { url } = await start(
      { invocation: { killAt: { point: 'stored', times: 1 } } },
      {
        routes: {
          $default: {
            handler: async () => {
              work.push('stored');
              await gateway?.reach('stored');
              work.push('fanned out');
              return { statusCode: 200, body: 'acked' };
            },
            returnResponse: true,
          },
        },
      },
    );
    const client = await connect(url);
    client.send('x');
    expect(await client.frames.next('the frame')).toContain('Internal server error');
    expect(work).toEqual(['stored']);
    client.send('x');
    expect(await client.frames.next('the next')).toBe('acked');
    expect(work).toEqual(['stored', 'stored', 'fanned out']);
  });

  test('are frozen once they answered: what was not awaited neither posts nor goes on', async () => {
    // Seen red: without hasEnded in isRefused the late post was 200.
    const answered = defer();
    const late = defer<unknown>();
    const { url } = await start(
      { invocation: { freeze: true } },
      {
        routes: {
          $default: {
            handler: ({ requestContext }: WebSocketEvent) => {
              void answered.promise.then(() => post(requestContext.connectionId, 'late')).then(late.resolve);
              return Promise.resolve({ statusCode: 200, body: 'answered' });
            },
            returnResponse: true,
          },
        },
      },
    );
    const client = await connect(url);
    client.send('x');
    expect(await client.frames.next('the answer')).toBe('answered');
    answered.resolve();
    expect(await within('the late post', late.promise)).toBe('ECONNRESET');
    expect(client.frames.size).toBe(0);
  });

  test('start cold: later, by so much', async () => {
    const clock = createManualClock();
    const entered = new Inbox<number>();
    const { url } = await start(
      { invocation: { coldStart: { ms: 800 } } },
      {
        clock,
        routes: {
          $default: () => {
            entered.put(clock.now());
            return ok();
          },
        },
      },
    );
    const client = await connect(url);
    const from = clock.now();
    client.send('x');
    const pong = new Promise<void>((resolve) => client.socket.once('pong', () => resolve()));
    client.socket.ping();
    await within('the message to arrive', pong);
    clock.advance(800);
    expect(await entered.next('the handler')).toBe(from + 800);
  });
});

describe('posts', () => {
  test('are dropped after 200, answered 410, 429 and 500, or reset after delivery', async () => {
    const { url } = await start({
      post: {
        drop: { times: 1 },
        gone: { after: 1, times: 1 },
        throttled: { after: 1, times: 1 },
        failed: { after: 1, times: 1 },
        reset: { after: 1, times: 1 },
      },
    });
    const client = await connect(url);
    const [id = ''] = gateway?.connections ?? [];
    const answers: unknown[] = [];
    for (let index = 1; index <= 6; index += 1) answers.push(await post(id, String(index)));
    expect(answers).toEqual([200, 410, 429, 500, 'ECONNRESET', 200]);
    expect([await client.frames.next('5'), await client.frames.next('6')]).toEqual(['5', '6']);
    expect(client.frames.size).toBe(0);
  });

  test('are delayed, so that they overtake each other', async () => {
    const clock = createManualClock();
    const { url } = await start({ seed: 5, post: { delay: { ms: [1, 1000] } } }, { clock });
    const client = await connect(url);
    const [id = ''] = gateway?.connections ?? [];
    const sent = ['0', '1', '2', '3', '4', '5'];
    const answers = Promise.all(sent.map((body) => post(id, body)));
    // Each turn of the event loop is time for what has come in; only then is the clock moved.
    const tick = setInterval(() => clock.advance(10), 1);
    expect(await within('the answers', answers)).toEqual(sent.map(() => 200));
    clearInterval(tick);
    const seen: string[] = [];
    while (seen.length < sent.length) seen.push(await client.frames.next('a post'));
    expect([...seen].sort()).toEqual(sent);
    expect(seen).not.toEqual(sent);
  });
});

describe('$disconnect', () => {
  async function endsOf(faults: Faults, clock = createManualClock()) {
    const ends = new Inbox<string>();
    const { url } = await start(faults, {
      clock,
      routes: {
        $disconnect: ({ requestContext }: WebSocketEvent) => {
          ends.put(requestContext.connectionId);
          return ok();
        },
      },
    });
    const leave = async (): Promise<string> => {
      const client = await connect(url);
      const [id = ''] = gateway?.connections ?? [];
      client.socket.close();
      await within('the close', client.closed);
      return id;
    };
    return { ends, leave, clock };
  }

  test('is lost', async () => {
    const { ends, leave } = await endsOf({ disconnect: { lose: { times: 1 } } });
    await leave();
    const second = await leave();
    expect(await ends.next('the second $disconnect')).toBe(second);
    expect(ends.size).toBe(0);
  });

  test('is repeated', async () => {
    const { ends, leave } = await endsOf({ disconnect: { repeat: 1 } });
    const id = await leave();
    expect([await ends.next('the first'), await ends.next('the second')]).toEqual([id, id]);
  });

  test('is late', async () => {
    const { ends, leave, clock } = await endsOf({ disconnect: { delay: { ms: 5000, times: 1 } } });
    const late = await leave();
    const prompt = await leave();
    expect(await ends.next('the prompt one')).toBe(prompt);
    clock.advance(5000);
    expect(await ends.next('the late one')).toBe(late);
  });
});

describe('sockets', () => {
  test('are cut at a message: with 1001, with 1006, or not at all', async () => {
    const { url } = await start({
      socket: { goAway: { times: 1 }, drop: { after: 1, times: 1 }, halfOpen: { after: 2, times: 1 } },
    });
    const codes: number[] = [];
    for (let index = 0; index < 2; index += 1) {
      const client = await connect(url);
      client.send('x');
      codes.push((await within('the close', client.closed)).code);
    }
    expect(codes).toEqual([1001, 1006]);
    const client = await connect(url);
    const [id = ''] = gateway?.connections ?? [];
    client.send('x');
    // The next post comes after the message only once the message has been counted.
    while (gateway?.counts.framesIn !== 3) await post(id, 'before');
    const before = client.frames.size;
    expect(await post(id, 'lost')).toBe(200);
    expect([client.frames.size, client.socket.readyState]).toEqual([before, 1]);
  });

  test('that are half-open take posts with 200 and lose them, hear nothing, and stay open', async () => {
    // Seen red: sending to half-open sockets delivered the post.
    const seen = new Inbox<string>();
    const { url } = await start(
      {},
      {
        routes: {
          $default: (event: WebSocketEvent) => {
            seen.put(event.body ?? '');
            return ok();
          },
        },
      },
    );
    const lost = await connect(url);
    const [id = ''] = gateway?.connections ?? [];
    const other = await connect(url);
    expect(gateway?.cut(id, 'half-open')).toBe(1);
    lost.send('unheard');
    other.send('heard');
    expect(await seen.next('the other’s message')).toBe('heard');
    expect(await post(id, 'lost')).toBe(200);
    expect(gateway?.connections).toHaveLength(2);
    expect([lost.frames.size, seen.size, lost.socket.readyState]).toEqual([0, 0, 1]);
  });

  test('are all cut at once', async () => {
    const { url } = await start({});
    const clients = [await connect(url), await connect(url), await connect(url)];
    expect(gateway?.cut('all', 'drop')).toBe(3);
    for (const client of clients) expect((await within('the close', client.closed)).code).toBe(1006);
    expect(gateway?.connections).toEqual([]);
    expect(gateway?.cut('AAAAAAAAAAAAAAA=', 'drop')).toBe(0);
  });
});
