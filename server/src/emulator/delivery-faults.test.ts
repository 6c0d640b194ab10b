import {
  ApiGatewayManagementApiClient,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import { afterEach, describe, expect, test } from 'vitest';
import type { WebSocketEvent } from './events.ts';
import { createGateway, createManualClock, type Faults, type Gateway, type GatewayOptions } from './index.ts';
import { connect, Inbox, post, upgradeStatus, within } from './testing/client.ts';

let gateway: Gateway | undefined;
afterEach(() => gateway?.close());

const ok = () => Promise.resolve({ statusCode: 200 });

async function start(faults: Faults, options: Partial<GatewayOptions> = {}) {
  gateway = await createGateway({ routes: { $default: ok }, faults, ...options });
  return gateway;
}

const urlOf = (connectionId: string) =>
  `${gateway?.callbackUrl ?? ''}/@connections/${encodeURIComponent(connectionId)}`;

describe('connects', () => {
  test('are refused or reset when told to', async () => {
    // Seen red: with refusals not drawn.
    const { url } = await start({
      connect: { refuse: { times: 1 }, refuseStatus: 429, reset: { after: 1, times: 1 } },
    });
    expect(await upgradeStatus(url)).toBe(429);
    await expect(upgradeStatus(url)).rejects.toThrow(/socket hang up|ECONNRESET/);
    expect(await upgradeStatus(url)).toBe(101);
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
    for (let index = 1; index <= 6; index += 1) answers.push(await post(urlOf(id), String(index)));
    expect(answers).toEqual([200, 410, 429, 500, 'ECONNRESET', 200]);
    expect([await client.frames.next('5'), await client.frames.next('6')]).toEqual(['5', '6']);
    expect(client.frames.size).toBe(0);
  });

  test('that fail are sent again by the AWS SDK, so that a reset after delivery doubles the message', async () => {
    // Seen red: with the reset before delivery 'reset' came once.
    const { url, callbackUrl } = await start({
      post: { failed: { times: 1 }, reset: { after: 1, times: 1 } },
    });
    const client = await connect(url);
    const [ConnectionId = ''] = gateway?.connections ?? [];
    const sdk = new ApiGatewayManagementApiClient({
      endpoint: callbackUrl,
      region: 'us-east-1',
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    });
    for (const Data of ['failed', 'reset'])
      await sdk.send(new PostToConnectionCommand({ ConnectionId, Data }));
    sdk.destroy();
    const frames = [
      await client.frames.next('1'),
      await client.frames.next('2'),
      await client.frames.next('3'),
    ];
    expect(frames).toEqual(['failed', 'reset', 'reset']);
  });

  test('are delayed, so that they overtake each other', async () => {
    // Seen red: with posts not delayed.
    const clock = createManualClock();
    const { url } = await start({ seed: 5, post: { delay: { ms: [1, 1000] } } }, { clock });
    const client = await connect(url);
    const [id = ''] = gateway?.connections ?? [];
    const sent = ['0', '1', '2', '3', '4', '5'];
    const answers = Promise.all(sent.map((body) => post(urlOf(id), body)));
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
    // Seen red: with $disconnect run.
    const { ends, leave } = await endsOf({ disconnect: { lose: { times: 1 } } });
    await leave();
    const second = await leave();
    expect(await ends.next('the second $disconnect')).toBe(second);
    expect(ends.size).toBe(0);
  });

  test('is repeated', async () => {
    // Seen red: with one $disconnect.
    const { ends, leave } = await endsOf({ disconnect: { repeat: 1 } });
    const id = await leave();
    expect([await ends.next('the first'), await ends.next('the second')]).toEqual([id, id]);
  });

  test('is late', async () => {
    // Seen red: with no delay.
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
    // Seen red: with half-open not drawn.
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
    while (gateway?.counts.framesIn !== 3) await post(urlOf(id), 'before');
    const before = client.frames.size;
    expect(await post(urlOf(id), 'lost')).toBe(200);
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
    expect(await post(urlOf(id), 'lost')).toBe(200);
    expect(gateway?.connections).toHaveLength(2);
    expect([lost.frames.size, seen.size, lost.socket.readyState]).toEqual([0, 0, 1]);
  });

  test('are all cut at once', async () => {
    // Seen red: with `all` taken for an id.
    const { url } = await start({});
    const clients = [await connect(url), await connect(url), await connect(url)];
    expect(gateway?.cut('all', 'drop')).toBe(3);
    for (const client of clients) expect((await within('the close', client.closed)).code).toBe(1006);
    expect(gateway?.connections).toEqual([]);
    expect(gateway?.cut('AAAAAAAAAAAAAAA=', 'drop')).toBe(0);
  });
});
