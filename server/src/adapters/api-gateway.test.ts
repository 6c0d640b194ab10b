import { createServer, type RequestListener, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createGateway, type Gateway, type GatewayOptions } from '../emulator/index.ts';
import { connect, within, type TestClient } from '../emulator/testing/client.ts';
import { createApiGateway, type ApiGatewayOptions, type CallFailure } from './api-gateway.ts';

const CREDENTIALS = { accessKeyId: 'AKIDADA', secretAccessKey: 'secret-of-ada' };

let gateway: Gateway | undefined;
let server: Server | undefined;
afterEach(async () => {
  await gateway?.close();
  server?.closeAllConnections();
  server?.close();
  gateway = server = undefined;
});

const made = (endpoint: string, options: Partial<ApiGatewayOptions> = {}) => {
  const failures: CallFailure[] = [];
  const posts = createApiGateway({
    endpoint,
    region: 'us-east-1',
    credentials: CREDENTIALS,
    random: () => 0,
    onFailure: (failure) => failures.push(failure),
    ...options,
  });
  return { posts, failures };
};

/** The local gateway with one socket on it, and the adapter that posts to it. */
async function start(options: Partial<GatewayOptions> = {}, own: Partial<ApiGatewayOptions> = {}) {
  const statuses: number[] = [];
  gateway = await createGateway({
    routes: {},
    ...options,
    observe: (event) => {
      if (event.type === 'posted') statuses.push(event.status);
    },
  });
  const client: TestClient = await connect(gateway.url);
  const [id = ''] = gateway.connections;
  return { ...made(gateway.callbackUrl, own), client, id, statuses };
}

describe('a post through the local gateway', () => {
  it('is delivered, whatever is in the connection id and in the frame', async () => {
    // Seen red: content-length counted in characters.
    const { posts, client, id, failures } = await start();
    expect(id).toMatch(/=$/);
    expect(await posts.post(id, '{"text":"héllo 字 🎈"}')).toBe('delivered');
    expect(await client.frames.next('the frame')).toBe('{"text":"héllo 字 🎈"}');
    expect(failures).toEqual([]);
  });

  it('is signed so that AWS would take it', async () => {
    // Seen red: sent without the signer.
    const { posts, id } = await start({ credentials: CREDENTIALS });
    expect(await posts.post(id, '{"n":1}')).toBe('delivered');
  });

  it('fails with a reason where the signature is not accepted, and is not tried again', async () => {
    const { posts, id, failures } = await start(
      { credentials: CREDENTIALS },
      { credentials: { ...CREDENTIALS, secretAccessKey: 'of-somebody-else' } },
    );
    expect(await posts.post(id, '{}')).toBe('failed');
    expect(failures).toEqual([{ method: 'POST', connectionId: id, reason: '403' }]);
  });

  it('finds a connection that is no more gone, which is no failure', async () => {
    const { posts, failures } = await start();
    expect(await posts.post('AAAAAAAAAAAAAAA=', '{}')).toBe('gone');
    expect(failures).toEqual([]);
  });

  it.each([
    ['429', { throttled: { times: 1 } }, [429, 200]],
    ['500', { failed: { times: 1 } }, [500, 200]],
    ['a lost socket', { reset: { times: 1 } }, [200, 200]],
  ])('is tried again after %s, and delivered', async (_name, post, expected) => {
    // Seen red: without the retry.
    const { posts, id, statuses, failures } = await start({ faults: { post } });
    expect(await posts.post(id, '{}')).toBe('delivered');
    expect(statuses).toEqual(expected);
    expect(failures).toEqual([]);
  });

  it('is tried twice and no more', async () => {
    // Seen red: a third try.
    const { posts, id, statuses, failures } = await start({ faults: { post: { throttled: 1 } } });
    expect(await posts.post(id, '{}')).toBe('failed');
    expect(statuses).toEqual([429, 429]);
    expect(failures).toEqual([{ method: 'POST', connectionId: id, reason: '429' }]);
  });

  it('is failed, not thrown, where the frame is too large', async () => {
    const { posts, id, failures } = await start();
    expect(await posts.post(id, 'x'.repeat(128 * 1024 + 1))).toBe('failed');
    expect(failures).toMatchObject([{ reason: '413' }]);
  });
});

describe('disconnect', () => {
  it('closes the socket, and is content if it is closed already', async () => {
    const { posts, client, id, failures } = await start();
    await posts.disconnect(id);
    expect((await within('the close', client.closed)).code).toBe(1000);
    await posts.disconnect(id);
    expect(failures).toEqual([]);
  });
});

describe('a post to a server of another kind', () => {
  async function listen(listener: RequestListener): Promise<string> {
    server = createServer(listener);
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/prod`;
  }

  it.each([
    ['without an answer', () => undefined],
    ['in the middle of an answer', (_request, response) => void response.writeHead(200).write('{')],
  ] as [string, RequestListener][])(
    '%s fails at the deadline, and is not tried again',
    async (_name, listener) => {
      // Seen red: no abort signal.
      let requests = 0;
      const endpoint = await listen((request, response) => {
        requests += 1;
        listener(request, response);
      });
      const { posts, failures } = made(endpoint, { deadlineMs: 100 });
      expect(await within('the deadline', posts.post('AAAAAAAAAAAAAAA=', '{}'), 2000)).toBe('failed');
      expect(requests).toBe(1);
      expect(failures).toHaveLength(1);
    },
  );

  it('finds its way with every connection id', async () => {
    // Seen red: the id put into the path as it is.
    const paths: (string | undefined)[] = [];
    const endpoint = await listen((request, response) => {
      paths.push(request.url);
      response.end();
    });
    const { posts } = made(endpoint);
    await posts.post('a/b+c?d=', '{}');
    await posts.disconnect('a/b+c?d=');
    expect(paths).toEqual(Array(2).fill('/prod/@connections/a%2Fb%2Bc%3Fd%3D'));
  });

  it('that hangs does not hold up the others', async () => {
    let hung = 0;
    const endpoint = await listen((request, response) => {
      if (request.url?.includes('HUNG')) hung += 1;
      else response.end();
    });
    const { posts } = made(endpoint, { deadlineMs: 200 });
    const slow = posts.post('HUNGAAAAAAAAAAA=', '{}');
    expect(await posts.post('AAAAAAAAAAAAAAA=', '{}')).toBe('delivered');
    expect(await within('the deadline', slow, 2000)).toBe('failed');
    expect(hung).toBe(1);
  });

  it('nobody listening at is failed, with the reason', async () => {
    const { posts, failures } = made('http://127.0.0.1:9/prod');
    expect(await posts.post('AAAAAAAAAAAAAAA=', '{}')).toBe('failed');
    expect(failures[0]?.reason).toContain('ECONNREFUSED');
  });
});
