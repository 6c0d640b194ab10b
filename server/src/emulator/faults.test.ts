import {
  ApiGatewayManagementApiClient,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import { afterEach, describe, expect, test } from 'vitest';
import type { WebSocketEvent } from './events.ts';
import { FaultPlan } from './faults.ts';
import { createGateway, createManualClock, type Faults, type Gateway, type GatewayOptions } from './index.ts';
import { connect, defer, Inbox, post, within } from './testing/client.ts';

let gateway: Gateway | undefined;
afterEach(() => gateway?.close());

const ok = () => Promise.resolve({ statusCode: 200 });

async function start(faults: Faults, options: Partial<GatewayOptions> = {}) {
  gateway = await createGateway({ routes: { $default: ok }, faults, ...options });
  return gateway;
}

const urlOf = ({ connectionId }: { connectionId: string }) =>
  `${gateway?.callbackUrl ?? ''}/@connections/${encodeURIComponent(connectionId)}`;

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
    // Seen red: with `after` not looked at.
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
    // Seen red: with faults not checked.
    expect(() => new FaultPlan(faults as Faults)).toThrow(`unable to set faults; ${name} is not understood`);
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
    // Seen red: with one run.
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
    // Seen red: with the handler run.
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
              await post(urlOf(requestContext), `${body ?? ''}${index}`);
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
    // Seen red: with posts counted but nobody killed.
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
              void answered.promise.then(() => post(urlOf(requestContext), 'late')).then(late.resolve);
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
    // Seen red: with the start not awaited.
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
