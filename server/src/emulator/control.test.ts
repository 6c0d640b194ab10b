import { afterEach, expect, test } from 'vitest';
import { createGateway, type Gateway } from './index.ts';
import { connect, within } from './testing/client.ts';

let gateway: Gateway | undefined;
afterEach(() => gateway?.close());

const ok = () => Promise.resolve({ statusCode: 200 });

async function start(control?: boolean | { origin: string }) {
  gateway = await createGateway({ routes: { $default: ok }, ...(control !== undefined && { control }) });
  const base = gateway.callbackUrl.replace('/dev', '/_control');
  const send = (path: string, method: string, body: unknown, headers = {}) =>
    fetch(base + path, { method, body: typeof body === 'string' ? body : JSON.stringify(body), headers });
  return { gateway, base, send };
}

test('is not there unless asked for', async () => {
  // Seen red: with the control address always made.
  const { base } = await start();
  expect((await fetch(base)).status).toBe(403);
});

test('shows connections, counts and faults', async () => {
  const { gateway, base } = await start(true);
  await connect(gateway.url);
  expect(await (await fetch(base)).json()).toMatchObject({
    connections: [...gateway.connections],
    counts: { connects: 1, billedMessages: 0 },
    faults: {},
  });
});

test('sets faults, and refuses those that make no sense', async () => {
  // Seen red: with any JSON accepted.
  const { gateway, send } = await start(true);
  expect((await send('/faults', 'PUT', { seed: 2, post: { drop: 0.5 } })).status).toBe(200);
  expect(gateway.faults).toEqual({ seed: 2, post: { drop: 0.5 } });
  const refused = await send('/faults', 'PUT', { post: { drop: 'often' } });
  expect(refused.status).toBe(400);
  expect(await refused.json()).toEqual({ message: 'unable to set faults; post is not understood' });
  expect((await send('/faults', 'PUT', 'not json')).status).toBe(400);
  expect(gateway.faults).toEqual({ seed: 2, post: { drop: 0.5 } });
});

test('cuts one socket or all', async () => {
  // Seen red: with nothing cut.
  const { gateway, send } = await start(true);
  const clients = [await connect(gateway.url), await connect(gateway.url), await connect(gateway.url)];
  const [connection] = gateway.connections;
  expect(await (await send('/cut', 'POST', { connection, manner: 'go-away' })).json()).toEqual({ count: 1 });
  expect(await (await send('/cut', 'POST', { connection: 'all', manner: 'drop' })).json()).toEqual({
    count: 2,
  });
  const codes = await within('the closes', Promise.all(clients.map((client) => client.closed)));
  expect(codes.map(({ code }) => code)).toEqual([1001, 1006, 1006]);
  expect((await send('/cut', 'POST', { connection: 'all', manner: 'gently' })).status).toBe(400);
  expect((await send('/cut', 'POST', 'null')).status).toBe(400);
  expect((await send('/nothing', 'POST', {})).status).toBe(404);
});

test('answers no page but the one it was told of', async () => {
  // Seen red: without the origin check any page on the web could cut sockets.
  const { send } = await start({ origin: 'http://localhost:5173' });
  const cut = { connection: 'all', manner: 'drop' };
  expect((await send('/cut', 'POST', cut, { origin: 'http://evil.example' })).status).toBe(403);
  const allowed = await send('/cut', 'POST', cut, { origin: 'http://localhost:5173' });
  expect(allowed.status).toBe(200);
  expect(allowed.headers.get('access-control-allow-origin')).toBe('http://localhost:5173');
});
