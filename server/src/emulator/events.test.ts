import { afterEach, expect, test } from 'vitest';
import type { WebSocketEvent } from './events.ts';
import { createGateway, createManualClock, type Gateway } from './index.ts';
import { connect, Inbox } from './testing/client.ts';

let gateway: Gateway | undefined;
afterEach(() => gateway?.close());

const IDENTIFIER = /^[\w-]{15}=$/;

async function threeEvents(headers: Record<string, string>, query = '') {
  const events = new Inbox<WebSocketEvent>();
  const handler = (event: WebSocketEvent) => {
    events.put(event);
    return Promise.resolve({ statusCode: 200 });
  };
  const clock = createManualClock(Date.UTC(2026, 8, 9, 18, 11, 43));
  gateway = await createGateway({
    routes: { $connect: handler, $default: handler, $disconnect: handler },
    clock,
    apiId: 'api1',
  });
  const client = await connect(gateway.url + query, { headers });
  clock.advance(5);
  client.send('{"action":"none"}');
  const connected = await events.next('CONNECT');
  const message = await events.next('MESSAGE');
  client.socket.close(1001, 'bye');
  return { connected, message, disconnected: await events.next('DISCONNECT'), port: gateway.port };
}

test('the CONNECT event has the platform’s fields and no others', async () => {
  // Seen red: an added messageId failed the exact key list.
  const { connected, port } = await threeEvents(
    { 'User-Agent': 'Ada/1', 'X-Class': 'art' },
    '?room=1&room=2&name=Ada',
  );
  expect(Object.keys(connected).sort()).toEqual([
    'headers',
    'isBase64Encoded',
    'multiValueHeaders',
    'multiValueQueryStringParameters',
    'queryStringParameters',
    'requestContext',
  ]);
  expect(connected.queryStringParameters).toEqual({ room: '2', name: 'Ada' });
  expect(connected.multiValueQueryStringParameters).toEqual({ room: ['1', '2'], name: ['Ada'] });
  expect(connected.headers).toMatchObject({
    Host: `127.0.0.1:${port}`,
    'User-Agent': 'Ada/1',
    'X-Class': 'art',
    'Sec-WebSocket-Version': '13',
    'X-Forwarded-For': '127.0.0.1',
    'X-Forwarded-Port': String(port),
    'X-Amzn-Trace-Id': expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/) as string,
  });
  expect(connected.headers).not.toHaveProperty('Upgrade');
  expect(connected.multiValueHeaders?.['X-Class']).toEqual(['art']);
  const { requestContext } = connected;
  expect(requestContext).toEqual({
    routeKey: '$connect',
    eventType: 'CONNECT',
    extendedRequestId: requestContext.requestId,
    requestTime: '09/Sep/2026:18:11:43 +0000',
    messageDirection: 'IN',
    stage: 'dev',
    connectedAt: Date.UTC(2026, 8, 9, 18, 11, 43),
    requestTimeEpoch: Date.UTC(2026, 8, 9, 18, 11, 43),
    identity: { sourceIp: '127.0.0.1', userAgent: 'Ada/1' },
    requestId: expect.stringMatching(IDENTIFIER) as string,
    domainName: `127.0.0.1:${port}`,
    connectionId: expect.stringMatching(IDENTIFIER) as string,
    apiId: 'api1',
  });
});

test('the MESSAGE event has no headers and no query, but body and messageId', async () => {
  // Seen red: without messageId, and with connectedAt set to now.
  const { connected, message, port } = await threeEvents({}, '?room=1');
  const { requestId, messageId, connectionId } = message.requestContext;
  expect(message).toEqual({
    requestContext: {
      routeKey: '$default',
      eventType: 'MESSAGE',
      messageId: expect.stringMatching(IDENTIFIER) as string,
      extendedRequestId: requestId,
      requestTime: '09/Sep/2026:18:11:43 +0000',
      messageDirection: 'IN',
      stage: 'dev',
      connectedAt: connected.requestContext.connectedAt,
      requestTimeEpoch: connected.requestContext.connectedAt + 5,
      // `ws` sends no User-Agent, so there is no field for it.
      identity: { sourceIp: '127.0.0.1' },
      requestId: expect.stringMatching(IDENTIFIER) as string,
      domainName: `127.0.0.1:${port}`,
      connectionId: connected.requestContext.connectionId,
      apiId: 'api1',
    },
    body: '{"action":"none"}',
    isBase64Encoded: false,
  });
  expect(new Set([requestId, messageId, connectionId, connected.requestContext.requestId]).size).toBe(4);
});

test('the DISCONNECT event has the close and the service’s four headers', async () => {
  // Seen red: without disconnectReason.
  const { connected, disconnected, port } = await threeEvents({}, '?room=1');
  const headers = { Host: `127.0.0.1:${port}`, 'x-api-key': '', 'X-Forwarded-For': '', 'x-restapi': '' };
  expect(disconnected).toEqual({
    headers,
    multiValueHeaders: {
      Host: [`127.0.0.1:${port}`],
      'x-api-key': [''],
      'X-Forwarded-For': [''],
      'x-restapi': [''],
    },
    requestContext: {
      ...connected.requestContext,
      routeKey: '$disconnect',
      eventType: 'DISCONNECT',
      requestId: disconnected.requestContext.requestId,
      extendedRequestId: disconnected.requestContext.requestId,
      requestTimeEpoch: connected.requestContext.connectedAt + 5,
      disconnectStatusCode: 1001,
      disconnectReason: 'bye',
    },
    isBase64Encoded: false,
  });
});

test('an upgrade without a query has no query fields', async () => {
  // Seen red: with empty query fields.
  const { connected } = await threeEvents({});
  expect(connected).not.toHaveProperty('queryStringParameters');
  expect(connected).not.toHaveProperty('multiValueQueryStringParameters');
});
