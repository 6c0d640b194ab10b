import { createConnection } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import type { WebSocketEvent } from './events.ts';
import { createGateway, createManualClock, type Gateway, type GatewayOptions } from './index.ts';
import { connect, Inbox, within } from './testing/client.ts';

let gateway: Gateway | undefined;
afterEach(() => gateway?.close());

const MINUTE = 60_000;

/** A gateway whose `$disconnect` and messages land in inboxes. */
async function start(options: Partial<GatewayOptions> = {}) {
  const ends = new Inbox<{ code: number | undefined; reason: string | undefined }>();
  const messages = new Inbox<string>();
  gateway = await createGateway({
    routes: {
      $default: (event: WebSocketEvent) => {
        messages.put(event.body ?? '');
        return Promise.resolve({ statusCode: 200 });
      },
      $disconnect: ({ requestContext }: WebSocketEvent) => {
        ends.put({ code: requestContext.disconnectStatusCode, reason: requestContext.disconnectReason });
        return Promise.resolve({ statusCode: 200, body: 'ignored' });
      },
    },
    ...options,
  });
  const own = gateway;
  const idUrl = () => `${own.callbackUrl}/@connections/${encodeURIComponent(own.connections[0] ?? '')}`;
  return { gateway: own, url: own.url, idUrl, ends, messages };
}

describe('$disconnect', () => {
  test.each([
    ['a close frame without a code', undefined, undefined, 1005, 'Client-side close frame status not set'],
    ['a closed tab', 1001, '', 1001, ''],
    ['a code and a reason', 4001, 'bye', 4001, 'bye'],
  ])('after %s', async (_name, code, reason, toldCode, toldReason) => {
    // Seen red: passing ws's empty reason on for 1005.
    const { url, ends } = await start();
    const client = await connect(url);
    client.socket.close(code, reason);
    expect(await ends.next('$disconnect')).toEqual({ code: toldCode, reason: toldReason });
  });

  test('after an abnormal drop is told 1006', async () => {
    // Seen red: with `ws`'s empty reason.
    const { url, ends } = await start();
    const client = await connect(url);
    client.socket.terminate();
    expect(await ends.next('$disconnect')).toEqual({ code: 1006, reason: 'Connection Closed Abnormally' });
  });

  test('after DELETE @connections is told 1000, as is the client, unless the assumption says otherwise', async () => {
    // Seen red: with the connection left open.
    const deleteOne = async (options: Partial<GatewayOptions>) => {
      const { url, idUrl, ends } = await start(options);
      const client = await connect(url);
      const own = idUrl();
      expect((await fetch(own, { method: 'DELETE' })).status).toBe(204);
      expect((await fetch(own, { method: 'DELETE' })).status).toBe(410);
      return { told: await ends.next('$disconnect'), seen: await within('the close', client.closed) };
    };
    const close = { code: 1000, reason: '' };
    expect(await deleteOne({})).toEqual({ told: close, seen: close });
    await gateway?.close();
    const other = { code: 4000, reason: 'deleted' };
    expect(await deleteOne({ assumptions: { deleteClose: other } })).toEqual({ told: other, seen: other });
  });

  test('runs once, and a failing one changes nothing', async () => {
    const ends = new Inbox<number>();
    gateway = await createGateway({
      routes: {
        $disconnect: () => {
          ends.put(1);
          return Promise.reject(new Error('boom'));
        },
      },
    });
    const client = await connect(gateway.url);
    client.socket.close();
    await ends.next('$disconnect');
    await within('the close', client.closed);
    expect(await connect(gateway.url)).toBeDefined();
    expect(ends.size).toBe(0);
  });
});

describe('sizes', () => {
  test('a frame of 32 KB passes and a larger one closes with 1009', async () => {
    // Seen red: without the frame meter the larger one was a message.
    const { url, ends, messages } = await start();
    const client = await connect(url);
    client.send('x'.repeat(32 * 1024));
    expect(await messages.next('a full frame')).toHaveLength(32 * 1024);
    client.send('x'.repeat(32 * 1024 + 1));
    expect(await within('the close', client.closed)).toEqual({ code: 1009, reason: '' });
    expect(await ends.next('$disconnect')).toEqual({ code: 1009, reason: '' });
    expect(messages.size).toBe(0);
  });

  test('a fragmented message of 128 KB passes and a larger one closes with 1009', async () => {
    // Seen red: with no bound on messages.
    const { url, ends, messages } = await start();
    const client = await connect(url);
    const sendFragmented = (frames: number): void => {
      for (let index = 0; index < frames; index += 1) {
        client.socket.send('x'.repeat(32 * 1024), { fin: index === frames - 1 });
      }
    };
    sendFragmented(4);
    expect(await messages.next('a full message')).toHaveLength(128 * 1024);
    sendFragmented(5);
    expect(await within('the close', client.closed)).toEqual({ code: 1009, reason: '' });
    expect(await ends.next('$disconnect')).toEqual({ code: 1009, reason: '' });
    expect(messages.size).toBe(0);
  });

  test('a binary frame closes with 1003', async () => {
    // Seen red: with binary taken for text.
    const { url, ends, messages } = await start();
    const client = await connect(url);
    client.socket.send(Buffer.from('text'));
    expect(await within('the close', client.closed)).toEqual({ code: 1003, reason: '' });
    expect(await ends.next('$disconnect')).toEqual({ code: 1003, reason: '' });
    expect(messages.size).toBe(0);
  });

  test('a posted message above 32 KB arrives whole, in frames of at most 32 KB', async () => {
    // Seen red: with every frame marked as the last.
    const { url, idUrl } = await start();
    const client = await connect(url);
    const text = 'é'.repeat(50 * 1024);
    expect((await fetch(idUrl(), { method: 'POST', body: text })).status).toBe(200);
    expect(await client.frames.next('the post')).toBe(text);
  });

  test('bytes that are no WebSocket frame close the socket and nothing else', async () => {
    const { gateway: own, ends } = await start();
    const raw = createConnection(own.port, '127.0.0.1');
    const answered = new Promise<void>((resolve) => raw.once('data', () => resolve()));
    raw.write(
      'GET /dev HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    );
    await within('101', answered);
    raw.write(Buffer.from([0xff, 0xff, 0xff, 0xff]));
    expect(await ends.next('$disconnect')).toEqual({ code: 1002, reason: '' });
    raw.destroy();
  });
});

describe('durations', () => {
  test('10 minutes without a message either way close with 1001 Going away', async () => {
    // Seen red: comparing with connectedAt instead of lastActiveAt closed it after the first message.
    const clock = createManualClock();
    const { url, idUrl, ends, messages } = await start({ clock });
    const client = await connect(url);
    clock.advance(9 * MINUTE);
    client.send('still here');
    await messages.next('the message');
    clock.advance(9 * MINUTE);
    expect((await fetch(idUrl(), { method: 'POST', body: 'you too' })).status).toBe(200);
    clock.advance(10 * MINUTE - 1);
    expect(gateway?.connections).toHaveLength(1);
    clock.advance(1);
    expect(await ends.next('$disconnect')).toEqual({ code: 1001, reason: 'Going away' });
    expect(await within('the close', client.closed)).toEqual({ code: 1001, reason: 'Going away' });
  });

  test('a ping is answered and does not reset the idle clock', async () => {
    // Seen red: setting lastActiveAt on ping kept it open.
    const clock = createManualClock();
    const { url, ends } = await start({ clock });
    const client = await connect(url);
    clock.advance(9 * MINUTE);
    const pong = new Promise<void>((resolve) => client.socket.once('pong', () => resolve()));
    client.socket.ping();
    await within('the pong', pong);
    clock.advance(MINUTE);
    expect(await ends.next('$disconnect')).toEqual({ code: 1001, reason: 'Going away' });
  });

  test('2 hours close with 1001 Going away however busy the socket is', async () => {
    // Seen red: with the idle bound alone.
    const clock = createManualClock();
    const { url, ends, messages } = await start({ clock });
    const client = await connect(url);
    for (let minutes = 0; minutes < 115; minutes += 5) {
      clock.advance(5 * MINUTE);
      client.send('busy');
      await messages.next('the message');
    }
    clock.advance(5 * MINUTE - 1);
    expect(gateway?.connections).toHaveLength(1);
    clock.advance(1);
    expect(await ends.next('$disconnect')).toEqual({ code: 1001, reason: 'Going away' });
    expect(await within('the close', client.closed)).toEqual({ code: 1001, reason: 'Going away' });
  });

  test('limits scale down, and a limit that is not a positive number is refused', async () => {
    // Seen red: with limits not checked.
    const clock = createManualClock();
    const { url, ends } = await start({ clock, limits: { idleMs: 20 } });
    await connect(url);
    clock.advance(20);
    expect(await ends.next('$disconnect')).toEqual({ code: 1001, reason: 'Going away' });
    await expect(createGateway({ routes: {}, limits: { idleMs: 0 } })).rejects.toMatchObject({
      code: 'invalid-option',
    });
  });
});

test('closing the gateway closes every socket with 1001, runs $disconnect and frees the port', async () => {
  // Seen red: with sockets destroyed instead of closed.
  const { gateway: own, url, ends } = await start();
  const clients = [await connect(url), await connect(url)];
  await within('the gateway to close', own.close());
  expect(ends.size).toBe(2);
  for (const client of clients) {
    expect(await within('the close', client.closed)).toEqual({ code: 1001, reason: 'Going away' });
  }
  gateway = await createGateway({ routes: {}, port: own.port });
  expect(gateway.port).toBe(own.port);
});
