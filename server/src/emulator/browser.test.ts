import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { startBrowser } from '../../../tests/harness/browser.ts';
import type { WebSocketEvent } from './events.ts';
import { createGateway, type Gateway } from './index.ts';
import { Inbox } from './testing/client.ts';

let browser: Browser;
let page: Page;
let gateway: Gateway;
let ends: Inbox<{ code: number | undefined; reason: string | undefined }>;
let agents: Inbox<string | undefined>;
let opened: Inbox<string>;

beforeAll(async () => {
  browser = await startBrowser();
}, 30_000);
afterAll(() => browser.close());
afterEach(async () => {
  await page.close();
  await gateway.close();
});

async function start(): Promise<void> {
  ends = new Inbox();
  agents = new Inbox();
  opened = new Inbox();
  gateway = await createGateway({
    routes: {
      $connect: ({ headers, requestContext }: WebSocketEvent) => {
        agents.put(requestContext.identity.userAgent);
        const isWanted = headers?.['Sec-WebSocket-Protocol']?.includes('chalk.v1');
        const protocol = isWanted ? { 'Sec-WebSocket-Protocol': 'chalk.v1' } : {};
        return Promise.resolve({ statusCode: 200, headers: protocol });
      },
      $disconnect: ({ requestContext }: WebSocketEvent) => {
        ends.put({ code: requestContext.disconnectStatusCode, reason: requestContext.disconnectReason });
        return Promise.resolve({ statusCode: 200 });
      },
      $default: {
        handler: ({ body }: WebSocketEvent) => Promise.resolve({ statusCode: 200, body }),
        returnResponse: true,
      },
    },
    authorizer: {
      handler: () =>
        Promise.resolve({
          principalId: 'ada',
          policyDocument: { Statement: [{ Action: '*', Effect: 'Allow', Resource: '*' }] },
        }),
      identitySource: ['route.request.querystring.ticket'],
    },
    observe: (event) => {
      if (event.type === 'connected') opened.put(event.connectionId);
    },
  });
  page = await browser.newPage();
}

/** Opens a socket in the page, sends one message, and returns how it went. */
function talk(url: string, sends: 'text' | 'binary' | 'too-large' | 'nothing', subprotocols: string[] = []) {
  return page.evaluate(
    ([address, kind, protocols]) =>
      new Promise<{ opened: boolean; protocol: string; heard: string; code: number; reason: string }>(
        (resolve) => {
          const socket = new WebSocket(address, protocols);
          let opened = false;
          let heard = '';
          socket.onopen = () => {
            opened = true;
            if (kind === 'text') socket.send('hello');
            if (kind === 'binary') socket.send(new Uint8Array([1]));
            if (kind === 'too-large') socket.send('x'.repeat(32 * 1024 + 1));
          };
          socket.onmessage = (event) => {
            heard = String(event.data);
            socket.close();
          };
          socket.onclose = ({ code, reason }) =>
            resolve({ opened, protocol: socket.protocol, heard, code, reason });
        },
      ),
    [url, sends, subprotocols] as const,
  );
}

describe('Chromium', { timeout: 30_000 }, () => {
  test('connects with its subprotocol, is answered, and its close without a code is 1005', async () => {
    // Seen red: with an empty reason for 1005.
    await start();
    expect(await talk(`${gateway.url}?ticket=1`, 'text', ['chalk.v1', 'token'])).toMatchObject({
      opened: true,
      protocol: 'chalk.v1',
      heard: 'hello',
    });
    expect(await agents.next('the user agent')).toContain('Chrome/');
    expect(await ends.next('$disconnect')).toEqual({
      code: 1005,
      reason: 'Client-side close frame status not set',
    });
  });

  test('sees a refused upgrade as 1006, whatever its status', async () => {
    // Seen red: with the verdict not looked at.
    await start();
    expect(await talk(gateway.url, 'nothing')).toMatchObject({ opened: false, code: 1006 });
  });

  test('fails the connection when the subprotocol it asked for is not returned', async () => {
    // Seen red: with the first offer echoed.
    await start();
    expect(await talk(`${gateway.url}?ticket=1`, 'nothing', ['other'])).toMatchObject({
      opened: false,
      code: 1006,
    });
  });

  test('is closed with 1003 after binary and with 1009 after a frame above 32 KB', async () => {
    // Seen red: with binary taken for text.
    await start();
    expect(await talk(`${gateway.url}?ticket=1`, 'binary')).toMatchObject({ code: 1003 });
    expect(await talk(`${gateway.url}?ticket=1`, 'too-large')).toMatchObject({ code: 1009 });
  });

  test('sees 1001 Going away when it is cut', async () => {
    // Seen red: with sockets terminated instead of closed.
    await start();
    const talking = talk(`${gateway.url}?ticket=1`, 'nothing');
    await opened.next('the socket to open');
    gateway.cut('all', 'go-away');
    expect(await talking).toMatchObject({ code: 1001, reason: 'Going away' });
  });

  test('tells 1001 when its tab is closed', async () => {
    // Seen red: with 1000 for every close frame.
    await start();
    await page.evaluate((address) => {
      Object.assign(globalThis, { socket: new WebSocket(address) });
    }, `${gateway.url}?ticket=1`);
    await opened.next('the socket to open');
    await page.close();
    expect(await ends.next('$disconnect')).toEqual({ code: 1001, reason: '' });
  });
});
