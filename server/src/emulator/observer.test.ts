import { afterEach, expect, test } from 'vitest';
import type { WebSocketEvent } from './events.ts';
import { createGateway, type Gateway, type GatewayEvent } from './index.ts';
import { connect, defer, post, upgradeStatus, within } from './testing/client.ts';

let gateway: Gateway | undefined;
afterEach(() => gateway?.close());

test('everything is counted and told, messages by each 32 KB begun', async () => {
  // Seen red: counting every message as one billed message.
  const told: GatewayEvent[] = [];
  const disconnected = defer();
  gateway = await createGateway({
    routes: {
      $connect: () => Promise.resolve({ statusCode: 200 }),
      $default: {
        handler: (event: WebSocketEvent) =>
          event.body === 'fail'
            ? Promise.reject(new Error('boom'))
            : Promise.resolve({ statusCode: 200, body: 'ok' }),
        returnResponse: true,
      },
    },
    observe: (event) => {
      told.push(event);
      if (event.type === 'disconnected') disconnected.resolve();
    },
  });
  expect(await upgradeStatus(gateway.url.replace('dev', 'prod'))).toBe(403);
  const client = await connect(gateway.url);
  const [id = ''] = gateway.connections;
  client.send('x'.repeat(32 * 1024));
  await client.frames.next('the result');
  client.send('fail');
  await client.frames.next('the failure');
  await post(`${gateway.callbackUrl}/@connections/${encodeURIComponent(id)}`, 'x'.repeat(32 * 1024 + 1));
  await client.frames.next('the post');
  client.socket.close(1000, 'done');
  await within('the disconnect', disconnected.promise);
  expect(gateway.counts).toEqual({
    connects: 1,
    refused: 1,
    framesIn: 2,
    framesOut: 3,
    billedMessages: 6,
    invocations: 3,
    integrationErrors: 1,
    posts: 1,
  });
  expect(told.map(({ type }) => type)).toEqual([
    'refused',
    'invoked',
    'connected',
    'frame-in',
    'invoked',
    'frame-out',
    'frame-in',
    'invoked',
    'frame-out',
    'posted',
    'frame-out',
    'disconnected',
  ]);
  expect(told[3]).toEqual({
    type: 'frame-in',
    connectionId: id,
    bytes: 32 * 1024,
    billed: 1,
    data: Buffer.from('x'.repeat(32 * 1024)),
  });
  expect(told[7]).toMatchObject({ routeKey: '$default', outcome: 'threw', error: { message: 'boom' } });
  expect(told[10]).toMatchObject({ bytes: 32 * 1024 + 1, billed: 2 });
  expect(told[11]).toEqual({ type: 'disconnected', connectionId: id, code: 1000, reason: 'done' });
});

test('each fault that strikes is told by its kind', async () => {
  // Seen red: telling of occasions instead of strikes.
  const kinds: string[] = [];
  gateway = await createGateway({
    routes: { $default: () => Promise.resolve({ statusCode: 200 }) },
    faults: { connect: { refuse: { after: 1, times: 1 } }, socket: { drop: 0 } },
    observe: (event) => {
      if (event.type === 'fault') kinds.push(event.kind);
    },
  });
  expect(await upgradeStatus(gateway.url)).toBe(101);
  expect(await upgradeStatus(gateway.url)).toBe(503);
  expect(await upgradeStatus(gateway.url)).toBe(101);
  expect(kinds).toEqual(['connect.refuse']);
});
