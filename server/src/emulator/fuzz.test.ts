import { createConnection, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import type { WebSocketEvent } from './events.ts';
import { seededRandom } from './faults.ts';
import { createGateway, type Gateway } from './index.ts';
import { connect, within, type TestClient } from './testing/client.ts';

const OPERATIONS = 10_000;
const WORKERS = 10;

let gateway: Gateway | undefined;
afterEach(() => gateway?.close());

test(
  `${OPERATIONS} random frames, closes and posts neither crash nor hang it`,
  { timeout: 120_000 },
  async () => {
    // Seen red: without the `error` listener on sockets a bad frame ended the process; without the guard in #ended some
    // connections ended twice; without the fault's own `settle` a killed invocation hung the gateway's close.
    const seed = Number(process.env.EMULATOR_SEED ?? 20_260_101);
    console.log(`emulator fuzz: EMULATOR_SEED=${seed}`);
    const ended = new Map<string, number>();
    gateway = await createGateway({
      routes: {
        $default: {
          handler: ({ body = '' }: WebSocketEvent) => {
            if (body.length % 7 === 0) throw new Error('a handler that fails');
            return Promise.resolve(
              body.length % 5 === 0 ? undefined : { statusCode: 200, body: body.slice(0, 9) },
            );
          },
          returnResponse: true,
        },
        $disconnect: () => Promise.resolve({ statusCode: 200 }),
      },
      limits: { connectsPerSecond: Infinity, frameBytes: 4096, messageBytes: 16_384, idleMs: 2000 },
      faults: {
        seed,
        connect: { refuse: 0.02, reset: 0.02, delay: { chance: 0.1, ms: [0, 3] } },
        invocation: {
          delay: { chance: 0.2, ms: [0, 5] },
          twice: 0.05,
          killBefore: 0.05,
          killAtPost: { chance: 0.05, post: 1 },
          freeze: true,
        },
        post: {
          delay: { chance: 0.1, ms: [0, 5] },
          drop: 0.05,
          gone: 0.05,
          throttled: 0.05,
          failed: 0.05,
          reset: 0.05,
        },
        disconnect: { lose: 0.05, delay: { chance: 0.1, ms: [0, 5] }, repeat: 0.05 },
        socket: { goAway: 0.01, drop: 0.01, halfOpen: 0.01 },
      },
      observe: (event) => {
        if (event.type !== 'disconnected') return;
        ended.set(event.connectionId, (ended.get(event.connectionId) ?? 0) + 1);
      },
    });
    const target = gateway;
    await within(
      'all operations',
      Promise.all(
        Array.from({ length: WORKERS }, (_, index) =>
          fuzz(target, seededRandom(seed, `worker ${index}`), OPERATIONS / WORKERS),
        ),
      ),
      100_000,
    );
    target.faults = {};
    target.cut('all', 'drop');
    expect([...ended.values()].filter((times) => times !== 1)).toEqual([]);
    expect(ended.size).toBe(target.counts.connects);
    expect(target.counts.framesIn).toBeGreaterThan(OPERATIONS / 10);

    const client = await connect(target.url);
    client.send('still here');
    expect(await client.frames.next('the echo')).toContain('Internal server error');
    client.send('working');
    await client.frames.next('a second answer');
    await within('the gateway to close', target.close());
  },
);

/** One client that does `operations` things at random, and reconnects when it has lost its socket. */
async function fuzz(target: Gateway, random: () => number, operations: number): Promise<void> {
  const upTo = (most: number): number => Math.floor(random() * most);
  const text = (most: number): string => String.fromCharCode(33 + upTo(200)).repeat(upTo(most));
  let client: TestClient | undefined;
  for (let done = 0; done < operations; done += 1) {
    if (client?.socket.readyState !== 1) client = await connect(target.url).catch(() => undefined);
    if (!client) continue;
    const { socket } = client;
    const kind = upTo(100);
    if (kind < 40) socket.send(kind % 2 ? text(2000) : JSON.stringify({ action: text(20), body: text(500) }));
    else if (kind < 45) socket.send(text(6000), { fin: random() < 0.5 });
    else if (kind < 47) socket.send(Buffer.from(text(50)));
    else if (kind < 50) socket.ping(text(60));
    else if (kind < 53) socket.close(random() < 0.5 ? 1000 : 3000 + upTo(1999), text(40));
    else if (kind < 55) socket.terminate();
    else if (kind < 58) await within('raw bytes to be answered', sendRawBytes(target, random));
    else await within('a call to be answered', callManagement(target, random, upTo, text));
  }
  client?.socket.terminate();
}

async function callManagement(
  target: Gateway,
  random: () => number,
  upTo: (most: number) => number,
  text: (most: number) => string,
): Promise<void> {
  const live = target.connections;
  const known = live[upTo(live.length)] ?? 'AAAAAAAAAAAAAAA=';
  const id = random() < 0.9 ? encodeURIComponent(known) : encodeURIComponent(text(30));
  const method = ['POST', 'POST', 'POST', 'POST', 'GET', 'PUT', 'DELETE'][upTo(7)] ?? 'POST';
  const body = method === 'POST' || method === 'PUT' ? text(random() < 0.02 ? 40_000 : 500) : undefined;
  const path = random() < 0.95 ? `${target.callbackUrl}/@connections/${id}` : `${target.callbackUrl}/${id}`;
  // A reset is one of the faults, so a failed call is an answer too.
  await fetch(path, { method, ...(body !== undefined && { body }) }).then(
    (response) => response.text(),
    () => undefined,
  );
}

/** Speaks TCP: half of the time an upgrade first, then bytes that mean nothing. Resolves when the server has hung up. */
function sendRawBytes(target: Gateway, random: () => number): Promise<void> {
  return new Promise((resolve) => {
    const raw: Socket = createConnection(target.port, '127.0.0.1');
    raw.on('error', () => raw.destroy());
    raw.on('close', () => resolve());
    raw.on('data', () => raw.end());
    if (random() < 0.5) {
      raw.write(
        'GET /dev HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
          'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
      );
    }
    raw.write(Buffer.from(Array.from({ length: 200 }, () => Math.floor(random() * 256))));
  });
}
