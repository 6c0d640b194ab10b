import { request } from 'node:http';
import {
  ApiGatewayManagementApiClient,
  DeleteConnectionCommand,
  GetConnectionCommand,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import { afterEach, describe, expect, test } from 'vitest';
import { createGateway, createManualClock, type Gateway, type GatewayOptions } from './index.ts';
import { connect, defer, within, type TestClient } from './testing/client.ts';

let gateway: Gateway | undefined;
let client: TestClient | undefined;
let sdk: ApiGatewayManagementApiClient | undefined;
afterEach(async () => {
  sdk?.destroy();
  client?.socket.resume();
  await gateway?.close();
});

const CREDENTIALS = { accessKeyId: 'AKIDADA', secretAccessKey: 'secret-of-ada' };
const UNKNOWN_ID = 'AAAAAAAAAAAAAAA=';

/** A gateway with one client on it, and the AWS SDK's client for it. */
async function start(options: Partial<GatewayOptions> = {}, credentials = CREDENTIALS) {
  gateway = await createGateway({ routes: {}, ...options });
  client = await connect(gateway.url, { headers: { 'User-Agent': 'Ada/1' } });
  sdk = new ApiGatewayManagementApiClient({
    endpoint: gateway.callbackUrl,
    region: 'us-east-1',
    credentials,
    maxAttempts: 1,
  });
  const [id = ''] = gateway.connections;
  return { gateway, client, sdk, id, idUrl: `${gateway.callbackUrl}/@connections/${encodeURIComponent(id)}` };
}

const post = (ConnectionId: string, Data: string | Uint8Array = 'hi') =>
  new PostToConnectionCommand({ ConnectionId, Data });

describe('the AWS SDK', () => {
  test('posts, gets and deletes', async () => {
    const clock = createManualClock(Date.UTC(2026, 0, 1));
    const { client, sdk, id } = await start({ clock });
    expect((await sdk.send(post(id, 'héllo'))).$metadata).toMatchObject({
      httpStatusCode: 200,
      requestId: expect.stringMatching(/^[\w-]{36}$/) as string,
    });
    expect(await client.frames.next('the post')).toBe('héllo');
    clock.advance(1500);
    await sdk.send(post(id));
    clock.advance(1500);
    const { Identity, ConnectedAt, LastActiveAt } = await sdk.send(
      new GetConnectionCommand({ ConnectionId: id }),
    );
    expect(Identity).toEqual({ SourceIp: '127.0.0.1', UserAgent: 'Ada/1' });
    expect(ConnectedAt?.toISOString()).toBe('2026-01-01T00:00:00.000Z');
    expect(LastActiveAt?.toISOString()).toBe('2026-01-01T00:00:01.500Z');
    const deleted = await sdk.send(new DeleteConnectionCommand({ ConnectionId: id }));
    expect(deleted.$metadata.httpStatusCode).toBe(204);
    expect((await within('the close', client.closed)).code).toBe(1000);
  });

  test('sees GoneException for an id that is unknown or closed', async () => {
    // Seen red: without the x-amzn-errortype header the name is Unknown.
    const disconnected = defer();
    const { client, sdk, id } = await start({
      observe: ({ type }) => {
        if (type === 'disconnected') disconnected.resolve();
      },
    });
    await expect(sdk.send(post(UNKNOWN_ID))).rejects.toMatchObject({ name: 'GoneException' });
    client.socket.close();
    await within('the disconnect', disconnected.promise);
    for (const command of [post(id), new GetConnectionCommand({ ConnectionId: id })]) {
      await expect(sdk.send(command as PostToConnectionCommand)).rejects.toMatchObject({
        name: 'GoneException',
        $metadata: { httpStatusCode: 410 },
      });
    }
  });

  test('sees BadRequestException for an id of another form', async () => {
    // Seen red: answering 410 for it.
    const { sdk } = await start();
    for (const id of ['nonsense', 'AAAAAAAAAAAAAAA', '550e8400-e29b-41d4-a716-446655440000']) {
      await expect(sdk.send(post(id))).rejects.toMatchObject({
        name: 'BadRequestException',
        message: `Invalid connectionId: ${id}`,
      });
    }
  });

  test('sees PayloadTooLargeException above 128 KB, or above 32 KB if the assumption says so', async () => {
    // Seen red: with the size not checked.
    const { sdk, id, client } = await start();
    await sdk.send(post(id, 'x'.repeat(128 * 1024)));
    expect(await client.frames.next('the post')).toHaveLength(128 * 1024);
    await expect(sdk.send(post(id, 'x'.repeat(128 * 1024 + 1)))).rejects.toMatchObject({
      name: 'PayloadTooLargeException',
      $metadata: { httpStatusCode: 413 },
    });
    await gateway?.close();
    const second = await start({ assumptions: { postLimit: 'frame' } });
    await second.sdk.send(post(second.id, 'x'.repeat(32 * 1024)));
    await expect(second.sdk.send(post(second.id, 'x'.repeat(32 * 1024 + 1)))).rejects.toMatchObject({
      name: 'PayloadTooLargeException',
    });
  });

  test('sees LimitExceededException above the rate', async () => {
    // Seen red: with posts not metered.
    const { sdk, id } = await start({
      clock: createManualClock(),
      limits: { requestBurst: 1, requestsPerSecond: 1 },
    });
    await sdk.send(post(id));
    await expect(sdk.send(post(id))).rejects.toMatchObject({
      name: 'LimitExceededException',
      $metadata: { httpStatusCode: 429 },
    });
  });

  test('sees LimitExceededException when the client does not read', async () => {
    // Seen red: with the buffer check taken out it posted for ever.
    const { sdk, id, client } = await start({ assumptions: { clientBufferBytes: 256 * 1024 } });
    client.socket.pause();
    const data = 'x'.repeat(128 * 1024);
    let failure: unknown;
    for (let posts = 0; posts < 400 && failure === undefined; posts += 1) {
      failure = await sdk.send(post(id, data)).then(
        () => undefined,
        (error: unknown) => error,
      );
    }
    expect(failure).toMatchObject({ name: 'LimitExceededException' });
  });

  test('sees ForbiddenException under a wrong stage or another path', async () => {
    // Seen red: with the prefix not compared.
    const { gateway, id } = await start();
    const other = new ApiGatewayManagementApiClient({
      endpoint: gateway.callbackUrl.replace('/dev', '/prod'),
      region: 'us-east-1',
      credentials: CREDENTIALS,
    });
    await expect(other.send(post(id))).rejects.toMatchObject({
      name: 'ForbiddenException',
      $metadata: { httpStatusCode: 403 },
    });
    other.destroy();
    expect((await fetch(`${gateway.callbackUrl}/@connections`)).status).toBe(403);
    for (const path of ['/', '/ping', '/sping', '/_control']) {
      expect((await fetch(gateway.callbackUrl.replace('/dev', path))).status).toBe(403);
    }
  });
});

describe('raw answers', () => {
  test('have AWS’s headers, and 410 an empty body', async () => {
    // Seen red: with a body in the 410.
    const { idUrl, gateway } = await start();
    const ok = await fetch(idUrl, { method: 'POST', body: 'hi' });
    expect([ok.status, await ok.text()]).toEqual([200, '']);
    expect(ok.headers.get('content-type')).toBe('application/json');
    expect(ok.headers.get('x-amzn-requestid')).toMatch(/^[\w-]{36}$/);
    expect(ok.headers.get('x-amz-apigw-id')).toMatch(/^[\w-]{15}=$/);
    const gone = await fetch(`${gateway.callbackUrl}/@connections/${UNKNOWN_ID}`, {
      method: 'POST',
      body: 'hi',
    });
    expect([gone.status, await gone.text()]).toEqual([410, '']);
    expect(gone.headers.get('x-amzn-errortype')).toBe('GoneException');
    const bad = await fetch(`${gateway.callbackUrl}/@connections/%FF`);
    expect(bad.status).toBe(400);
  });

  test('an empty post is an empty message', async () => {
    const { idUrl, client } = await start();
    expect((await fetch(idUrl, { method: 'POST', body: '' })).status).toBe(200);
    expect(await client.frames.next('the post')).toBe('');
  });

  test('posts arrive as text, never as binary', async () => {
    // Seen red: with the frame sent as binary.
    const { sdk, id, client } = await start();
    const isBinary = new Promise<boolean>((resolve) =>
      client.socket.once('message', (_, binary) => resolve(binary)),
    );
    await sdk.send(post(id, new TextEncoder().encode('bytes')));
    expect(await within('the message', isBinary)).toBe(false);
  });
});

describe('signatures, once credentials are given', () => {
  test('the SDK’s own is accepted for all three commands', async () => {
    // Seen red: with the query signed as the path.
    const { sdk, id, client } = await start({ credentials: CREDENTIALS });
    await sdk.send(post(id, 'signed'));
    expect(await client.frames.next('the post')).toBe('signed');
    await sdk.send(new GetConnectionCommand({ ConnectionId: id }));
    await sdk.send(new DeleteConnectionCommand({ ConnectionId: id }));
  });

  test.each([
    ['another secret', { ...CREDENTIALS, secretAccessKey: 'secret-of-ben' }],
    ['another key id', { ...CREDENTIALS, accessKeyId: 'AKIDBEN' }],
  ])('%s is ForbiddenException', async (_name, credentials) => {
    // Seen red: comparing the key id only accepted the first.
    const { sdk, id } = await start({ credentials: CREDENTIALS }, credentials);
    await expect(sdk.send(post(id))).rejects.toMatchObject({ name: 'ForbiddenException' });
  });

  test('another region is ForbiddenException, and so is a clock more than 5 minutes off', async () => {
    // Seen red: with the time not compared.
    const { sdk, id } = await start({ credentials: CREDENTIALS, region: 'eu-west-1' });
    await expect(sdk.send(post(id))).rejects.toMatchObject({ name: 'ForbiddenException' });
    await gateway?.close();
    const clock = createManualClock(Date.now() + 6 * 60_000);
    const second = await start({ credentials: CREDENTIALS, clock });
    await expect(second.sdk.send(post(second.id))).rejects.toMatchObject({ name: 'ForbiddenException' });
  });

  test('no signature, or one over another body, is 403', async () => {
    // Seen red: trusting the x-amz-content-sha256 header accepted the changed body.
    const { sdk, id, idUrl, client } = await start({ credentials: CREDENTIALS });
    expect((await fetch(idUrl, { method: 'POST', body: 'hi' })).status).toBe(403);
    const captured = defer<Record<string, string>>();
    sdk.middlewareStack.add(
      (next) => (input) => {
        captured.resolve((input.request as { headers: Record<string, string> }).headers);
        return next(input);
      },
      { step: 'finalizeRequest', priority: 'low' },
    );
    await sdk.send(post(id, 'true'));
    expect(await client.frames.next('the true post')).toBe('true');
    const headers = await within('the signed headers', captured.promise);
    const replay = (body: string) =>
      new Promise<number | undefined>((resolve, reject) => {
        const asked = request(idUrl, { method: 'POST', headers }, (response) => {
          response.resume();
          resolve(response.statusCode);
        });
        asked.on('error', reject).end(body);
      });
    expect(await within('the replay', replay('true'))).toBe(200);
    expect(await within('the forgery', replay('fals'))).toBe(403);
  });
});
