import { request } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { createGateway, createManualClock, type Gateway, type GatewayOptions } from './index.ts';
import type { AuthorizerEvent, WebSocketEvent } from './events.ts';
import { connect, defer, Inbox, upgradeStatus, within } from './testing/client.ts';

let gateway: Gateway | undefined;
afterEach(() => gateway?.close());

async function start(options: GatewayOptions): Promise<Gateway> {
  gateway = await createGateway(options);
  return gateway;
}

function policy(Effect: 'Allow' | 'Deny', Resource = '*') {
  return { Version: '2012-10-17', Statement: [{ Action: 'execute-api:Invoke', Effect, Resource }] };
}

describe('authorizer', () => {
  test('without its identity source answers 401 and calls nothing', async () => {
    // Seen red: with the identity check taken out the handler ran and the answer was 101.
    let calls = 0;
    const { url } = await start({
      routes: {},
      authorizer: {
        handler: () => {
          calls += 1;
          return Promise.resolve({ principalId: 'ada', policyDocument: policy('Allow') });
        },
        identitySource: ['route.request.header.Sec-WebSocket-Protocol', 'route.request.querystring.ticket'],
      },
    });
    expect(await upgradeStatus(url, { subprotocols: ['a'] })).toBe(401);
    expect(await upgradeStatus(`${url}?ticket=`, { subprotocols: ['a'] })).toBe(401);
    expect(calls).toBe(0);
    // The gateway admits the client; `ws` then misses the subprotocol it asked for, as a browser does.
    await expect(connect(`${url}?ticket=1`, { subprotocols: ['a'] })).rejects.toThrow(/subprotocol/);
    expect(calls).toBe(1);
  });

  test.each([
    ['a Deny', 403, () => ({ principalId: 'ada', policyDocument: policy('Deny') })],
    [
      'an Allow for another route',
      403,
      () => ({ principalId: 'ada', policyDocument: policy('Allow', 'arn:x') }),
    ],
    [
      'an Allow beside a Deny',
      403,
      () => ({
        principalId: 'ada',
        policyDocument: { Statement: [...policy('Allow').Statement, ...policy('Deny').Statement] },
      }),
    ],
    ['Unauthorized', 401, () => Promise.reject(new Error('Unauthorized'))],
    ['another exception', 500, () => Promise.reject(new Error('boom'))],
    ['no policy', 500, () => ({ principalId: 'ada' })],
    ['no principal', 500, () => ({ policyDocument: policy('Allow') })],
    ['a simple response', 500, () => ({ isAuthorized: true })],
    [
      'an object in the context',
      500,
      () => ({ principalId: 'a', policyDocument: policy('Allow'), context: { a: {} } }),
    ],
    [
      'more than 8 KB',
      500,
      () => ({ principalId: 'a', policyDocument: policy('Allow'), context: { a: 'x'.repeat(8 * 1024) } }),
    ],
    [
      'just under 8 KB',
      101,
      () => ({
        principalId: 'a',
        policyDocument: policy('Allow'),
        context: { a: 'x'.repeat(8 * 1024 - 200) },
      }),
    ],
  ])('that answers %s gives %i', async (_name, status, handler: () => unknown) => {
    // Seen red: evaluating the policy with `some` instead of `every` let the Allow beside a Deny in.
    const { url } = await start({ routes: {}, authorizer: { handler } });
    expect(await upgradeStatus(url)).toBe(status);
  });

  test('receives a REQUEST event with methodArn, headers and query', async () => {
    // Seen red: with a fixed region in methodArn.
    const events = new Inbox<AuthorizerEvent>();
    const { url } = await start({
      routes: {},
      region: 'eu-west-1',
      apiId: 'api1',
      authorizer: {
        handler: (event: AuthorizerEvent) => {
          events.put(event);
          return Promise.resolve({ principalId: 'ada', policyDocument: policy('Allow', event.methodArn) });
        },
      },
    });
    await connect(`${url}?ticket=7&ticket=8`, { headers: { 'X-Class': 'art' } });
    const event = await events.next('the authorizer event');
    expect(event.type).toBe('REQUEST');
    expect(event.methodArn).toBe('arn:aws:execute-api:eu-west-1:123456789012:api1/dev/$connect');
    expect(event.headers['X-Class']).toBe('art');
    expect(event.multiValueQueryStringParameters).toEqual({ ticket: ['7', '8'] });
    expect(event.queryStringParameters).toEqual({ ticket: '8' });
    expect(event.stageVariables).toEqual({});
    expect(event.requestContext.eventType).toBe('CONNECT');
    expect(event.requestContext).not.toHaveProperty('authorizer');
  });

  test('is asked anew for every connection, and its context is on all three events as strings', async () => {
    // Seen red: without String() in readPolicy the number stayed a number.
    let calls = 0;
    const events = new Inbox<WebSocketEvent>();
    const handler = (event: WebSocketEvent) => {
      events.put(event);
      return Promise.resolve({ statusCode: 200 });
    };
    const { url } = await start({
      routes: { $connect: handler, $default: handler, $disconnect: handler },
      authorizer: {
        handler: () => {
          calls += 1;
          return Promise.resolve({
            principalId: 'ada',
            policyDocument: policy('Allow'),
            context: { role: 'teacher', exp: 17, isGuest: false, nothing: null },
          });
        },
      },
    });
    const client = await connect(url);
    client.send('hello');
    const seen = [await events.next('CONNECT'), await events.next('MESSAGE')];
    client.socket.close();
    seen.push(await events.next('DISCONNECT'));
    expect(seen.map((event) => event.requestContext.eventType)).toEqual(['CONNECT', 'MESSAGE', 'DISCONNECT']);
    for (const event of seen) {
      expect(event.requestContext.authorizer).toEqual({
        role: 'teacher',
        exp: '17',
        isGuest: 'false',
        nothing: null,
        principalId: 'ada',
        integrationLatency: expect.any(Number) as number,
      });
    }
    await connect(url);
    expect(calls).toBe(2);
  });

  test('with an identity source of another form is refused when the gateway is made', async () => {
    // Seen red: with the form not checked.
    const authorizer = { handler: () => undefined, identitySource: ['$request.header.A'] };
    await expect(start({ routes: {}, authorizer })).rejects.toMatchObject({ code: 'invalid-option' });
    gateway = undefined;
  });
});

describe('$connect', () => {
  test('is not needed: an API without it lets everyone in', async () => {
    // Seen red: with 404 for an API without $connect.
    const { url } = await start({ routes: {} });
    expect(await upgradeStatus(url)).toBe(101);
  });

  test.each([200, 204, 299, 301, 400, 401, 403, 501])(
    'with status %i shows it to the client',
    async (statusCode) => {
      // Seen red: answering 403 for every non-2xx failed five of the eight.
      const { url } = await start({ routes: { $connect: () => Promise.resolve({ statusCode }) } });
      expect(await upgradeStatus(url)).toBe(statusCode < 300 ? 101 : statusCode);
    },
  );

  test('that throws shows 502', async () => {
    // Seen red: with 500.
    const { url } = await start({ routes: { $connect: () => Promise.reject(new Error('boom')) } });
    expect(await upgradeStatus(url)).toBe(502);
  });

  test('keeps the upgrade pending until it has ended, and takes no posts meanwhile', async () => {
    // Seen red: answering 200 for a connection that is not there.
    const entered = new Inbox<string>();
    const mayGoOn = defer();
    const { url, callbackUrl } = await start({
      routes: {
        $connect: async (event: WebSocketEvent) => {
          entered.put(event.requestContext.connectionId);
          await mayGoOn.promise;
          return { statusCode: 200 };
        },
      },
    });
    const opening = connect(url);
    const own = `${callbackUrl}/@connections/${encodeURIComponent(await entered.next('$connect'))}`;
    expect((await fetch(own, { method: 'POST', body: 'hi' })).status).toBe(410);
    mayGoOn.resolve();
    const client = await opening;
    expect((await fetch(own, { method: 'POST', body: 'hi' })).status).toBe(200);
    expect(await client.frames.next('the post')).toBe('hi');
  });

  test('echoes the subprotocol only if the handler returns it', async () => {
    // Seen red: with `ws`'s own choice of the first offer the second half passed the subprotocol on.
    const returned = new Inbox<Record<string, string>>();
    const { url } = await start({
      routes: {
        $connect: async () => ({ statusCode: 200, headers: await returned.next('headers') }),
      },
    });
    returned.put({ 'Sec-WebSocket-Protocol': 'chalk.v1' });
    const client = await connect(url, { subprotocols: ['chalk.v1', 'secret'] });
    expect(client.socket.protocol).toBe('chalk.v1');
    returned.put({});
    await expect(connect(url, { subprotocols: ['chalk.v1'] })).rejects.toThrow(/no subprotocol/);
  });
});

describe('limits of the upgrade', () => {
  test('more connections a second than the limit are answered 429', async () => {
    // Seen red: a meter that never empties let the third in.
    const clock = createManualClock();
    const { url } = await start({ routes: {}, clock, limits: { connectsPerSecond: 2 } });
    expect(await upgradeStatus(url)).toBe(101);
    expect(await upgradeStatus(url)).toBe(101);
    expect(await upgradeStatus(url)).toBe(429);
    clock.advance(500);
    expect(await upgradeStatus(url)).toBe(101);
    expect(await upgradeStatus(url)).toBe(429);
  });

  test('another stage or path is answered 403, a URL above 4096 characters 414, headers above 10,240 bytes 431', async () => {
    // Seen red: with either size check taken out.
    const { url } = await start({ routes: {} });
    expect(await upgradeStatus(`${url}/`)).toBe(101);
    expect(await upgradeStatus(url.replace('/dev', '/prod'))).toBe(403);
    expect(await upgradeStatus(`${url}/room`)).toBe(403);
    expect(await upgradeStatus(`${url}?a=${'x'.repeat(4096)}`)).toBe(414);
    expect(await upgradeStatus(url, { headers: { 'X-Big': 'x'.repeat(10_240) } })).toBe(431);
  });

  test('a request that cannot become a socket never reaches $connect', async () => {
    // Seen red: with the check left to `ws`, which comes after $connect.
    let calls = 0;
    const { callbackUrl } = await start({
      routes: {
        $connect: () => {
          calls += 1;
          return Promise.resolve({ statusCode: 200 });
        },
      },
    });
    expect((await fetch(callbackUrl)).status).toBe(403);
    const headers = { Connection: 'Upgrade', Upgrade: 'websocket', 'Sec-WebSocket-Version': '8' };
    const status = new Promise((resolve, reject) => {
      const asked = request(callbackUrl, { headers }, (response) => resolve(response.statusCode));
      asked.on('error', reject).end();
    });
    expect(await within('the answer', status)).toBe(400);
    expect(calls).toBe(0);
  });

  test('a taken port rejects with port-taken, and too many routes with invalid-option', async () => {
    // Seen red: with cannot-listen for every failure, and with the routes not counted.
    const { port } = await start({ routes: {} });
    await expect(createGateway({ routes: {}, port })).rejects.toMatchObject({ code: 'port-taken' });
    const routes = Object.fromEntries(
      Array.from({ length: 301 }, (_, index) => [`r${index}`, () => undefined]),
    );
    await expect(createGateway({ routes })).rejects.toMatchObject({ code: 'invalid-option' });
  });
});
