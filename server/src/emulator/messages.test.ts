import { afterEach, describe, expect, test } from 'vitest';
import type { WebSocketEvent } from './events.ts';
import { createGateway, createManualClock, type Gateway, type GatewayOptions } from './index.ts';
import { connect, defer, Inbox } from './testing/client.ts';

let gateway: Gateway | undefined;
afterEach(() => gateway?.close());

async function start(options: GatewayOptions): Promise<Gateway> {
  gateway = await createGateway(options);
  return gateway;
}

const ok = () => Promise.resolve({ statusCode: 200 });

describe('invocations', () => {
  test('of one connection overlap', async () => {
    // Seen red: awaiting each invocation before the next message never reached the second.
    const gates = [defer(), defer()];
    const entered = new Inbox<number>();
    const { url } = await start({
      routes: {
        $default: {
          handler: async (event: WebSocketEvent) => {
            const index = Number(event.body);
            entered.put(index);
            await gates[index]?.promise;
            return { statusCode: 200, body: `done ${index}` };
          },
          returnResponse: true,
        },
      },
    });
    const client = await connect(url);
    client.send('0');
    client.send('1');
    expect([await entered.next('the first'), await entered.next('the second')]).toEqual([0, 1]);
    gates[1]?.resolve();
    expect(await client.frames.next('the second result')).toBe('done 1');
    gates[0]?.resolve();
    expect(await client.frames.next('the first result')).toBe('done 0');
  });

  test('that throw answer Internal server error, to the byte, and the socket stays open', async () => {
    // Seen red: with no frame for a throw.
    const ids = new Inbox<WebSocketEvent>();
    const { url } = await start({
      routes: {
        $default: (event: WebSocketEvent) => {
          ids.put(event);
          return Promise.reject(new Error('boom'));
        },
      },
    });
    const client = await connect(url);
    client.send('x');
    const { connectionId, requestId } = (await ids.next('the event')).requestContext;
    expect(await client.frames.next('the error frame')).toBe(
      `{"message": "Internal server error", "connectionId":"${connectionId}", "requestId":"${requestId}"}`,
    );
    client.send('x');
    await client.frames.next('a second error frame');
  });

  test('that throw before their first await answer the same', async () => {
    const { url } = await start({
      routes: {
        $default: () => {
          throw new Error('boom');
        },
      },
    });
    const client = await connect(url);
    client.send('x');
    expect(await client.frames.next('the error frame')).toContain('"Internal server error"');
  });

  test('that outlive 29 s answer Endpoint request timed out, to the byte, and the late result is dropped', async () => {
    // Seen red: without the settled guard the late result was counted as an invocation of its own.
    const clock = createManualClock();
    const entered = new Inbox<WebSocketEvent>();
    const late = defer<unknown>();
    const { url } = await start({
      clock,
      routes: {
        $default: {
          handler: (event: WebSocketEvent) => {
            entered.put(event);
            return event.body === 'slow' ? late.promise : Promise.resolve({ statusCode: 200, body: 'fast' });
          },
          returnResponse: true,
        },
      },
    });
    const client = await connect(url);
    client.send('slow');
    const { connectionId, requestId } = (await entered.next('the slow event')).requestContext;
    clock.advance(28_999);
    expect(client.frames.size).toBe(0);
    clock.advance(1);
    expect(await client.frames.next('the timeout frame')).toBe(
      `{"message": "Endpoint request timed out", "connectionId":"${connectionId}", "requestId":"${requestId}"}`,
    );
    late.resolve({ statusCode: 200, body: 'late' });
    client.send('quick');
    expect(await client.frames.next('the next result')).toBe('fast');
    expect(gateway?.counts).toMatchObject({ invocations: 2, integrationErrors: 1 });
  });

  test('a route has its own timeout, of at most the limit', async () => {
    // Seen red: with timeouts above the limit let through.
    const clock = createManualClock();
    const entered = defer();
    const { url } = await start({
      clock,
      routes: {
        $default: {
          handler: () => {
            entered.resolve();
            return new Promise<never>(() => undefined);
          },
          timeoutMs: 50,
        },
      },
    });
    const client = await connect(url);
    client.send('x');
    await entered.promise;
    clock.advance(50);
    expect(await client.frames.next('the timeout frame')).toContain('Endpoint request timed out');
    const routes = { $default: { handler: ok, timeoutMs: 29_001 } };
    await expect(createGateway({ routes })).rejects.toMatchObject({ code: 'invalid-option' });
  });

  test('with a callback work like async ones', async () => {
    // Seen red: with what the handler returned taken for its result.
    const { url } = await start({
      routes: {
        $default: {
          handler: (event: WebSocketEvent, _context, callback) => {
            setImmediate(() => {
              if (event.body === 'fail') callback('boom');
              else callback(null, { statusCode: 200, body: 'called back' });
            });
          },
          returnResponse: true,
        },
      },
    });
    const client = await connect(url);
    client.send('x');
    expect(await client.frames.next('the result')).toBe('called back');
    client.send('fail');
    expect(await client.frames.next('the failure')).toContain('Internal server error');
  });
});

describe('results', () => {
  async function framesFor(
    results: unknown[],
    returnResponse: boolean,
    options: Partial<GatewayOptions> = {},
  ) {
    const { url } = await start({
      routes: {
        $default: {
          handler: (event: WebSocketEvent) => Promise.resolve(results[Number(event.body)]),
          returnResponse,
        },
        last: { handler: () => Promise.resolve({ statusCode: 200, body: 'last' }), returnResponse: true },
      },
      ...options,
    });
    const client = await connect(url);
    const frames: string[] = [];
    for (const index of results.keys()) {
      client.send(String(index));
      client.send('{"action":"last"}');
      for (;;) {
        const frame = await client.frames.next(`what result ${index} gives`);
        if (frame === 'last') break;
        frames.push(frame);
      }
    }
    return frames;
  }

  test('the body is sent back on a two-way route only', async () => {
    // Seen red: sending the body without asking isTwoWay gave a frame on the one-way route.
    const results = [{ statusCode: 200, body: 'hi' }, { statusCode: 200 }, { statusCode: 200, body: '' }];
    expect(await framesFor(results, true)).toEqual(['hi']);
    await gateway?.close();
    expect(await framesFor(results, false)).toEqual([]);
  });

  test('non-2xx on a one-way route gives no frame, unless the assumption says so', async () => {
    // Seen red: with an error frame whatever the assumption.
    const results = [{ statusCode: 500, body: 'no' }];
    expect(await framesFor(results, false)).toEqual([]);
    await gateway?.close();
    const [frame] = await framesFor(results, false, { assumptions: { oneWayFailure: 'error-frame' } });
    expect(frame).toContain('Internal server error');
  });

  test('non-2xx on a two-way route sends its body, unless the assumption says so', async () => {
    // Seen red: with an error frame whatever the assumption.
    const results = [{ statusCode: 400, body: 'no' }];
    expect(await framesFor(results, true)).toEqual(['no']);
    await gateway?.close();
    expect(await framesFor(results, true, { assumptions: { twoWayFailure: 'no-frame' } })).toEqual([]);
  });

  test('a result without a status is an internal server error, unless the assumption says so', async () => {
    // Seen red: with any object taken for a result.
    const results = [undefined, 'text', { body: 'x' }, { statusCode: 200, body: {} }];
    const frames = await framesFor(results, true);
    expect(frames).toHaveLength(4);
    for (const frame of frames) expect(frame).toContain('Internal server error');
    await gateway?.close();
    expect(await framesFor(results, true, { assumptions: { malformedResult: 'no-frame' } })).toEqual([]);
  });

  test('a base64 body is decoded before it is sent', async () => {
    // Seen red: with the body sent as it is.
    const body = Buffer.from('héllo').toString('base64');
    expect(await framesFor([{ statusCode: 200, body, isBase64Encoded: true }], true)).toEqual(['héllo']);
  });
});

describe('throttles', () => {
  test('messages and posts share one rate; above it a message gets a frame and a post 429', async () => {
    // Seen red: with messages not metered.
    const clock = createManualClock();
    const { url, callbackUrl } = await start({
      clock,
      limits: { requestsPerSecond: 1, requestBurst: 2 },
      routes: {
        $default: { handler: () => Promise.resolve({ statusCode: 200, body: 'ok' }), returnResponse: true },
      },
    });
    const client = await connect(url);
    const [id = ''] = gateway?.connections ?? [];
    const post = () =>
      fetch(`${callbackUrl}/@connections/${encodeURIComponent(id)}`, { method: 'POST', body: 'p' });
    client.send('1');
    expect(await client.frames.next('the first')).toBe('ok');
    expect((await post()).status).toBe(200);
    expect(await client.frames.next('the post')).toBe('p');
    client.send('2');
    expect(await client.frames.next('the throttled')).toMatch(
      /^\{"message": "Too Many Requests", "connectionId":"/,
    );
    expect((await post()).status).toBe(429);
    clock.advance(1000);
    expect((await post()).status).toBe(200);
  });

  test('a route has its own rate', async () => {
    // Seen red: with routes not metered.
    const handler = () => Promise.resolve({ statusCode: 200, body: 'ok' });
    const { url } = await start({
      clock: createManualClock(),
      routes: {
        $default: { handler, returnResponse: true },
        slow: { handler, returnResponse: true, throttle: { requestsPerSecond: 1, burst: 1 } },
      },
    });
    const client = await connect(url);
    for (const body of ['{"action":"slow"}', '{"action":"slow"}', 'other']) client.send(body);
    const frames = [
      await client.frames.next('1'),
      await client.frames.next('2'),
      await client.frames.next('3'),
    ];
    expect(frames.filter((frame) => frame === 'ok')).toHaveLength(2);
    expect(frames.filter((frame) => frame.includes('Too Many Requests'))).toHaveLength(1);
  });
});
