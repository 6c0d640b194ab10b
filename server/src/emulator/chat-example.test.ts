import {
  ApiGatewayManagementApiClient,
  DeleteConnectionCommand,
  GetConnectionCommand,
  GoneException,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import type { APIGatewayProxyHandler, APIGatewayProxyWebsocketHandlerV2 } from 'aws-lambda';
import { afterEach, describe, expect, test } from 'vitest';
import { createGateway, type Gateway } from './index.ts';
import { connect, Inbox, within } from './testing/client.ts';

// Handlers in the manner of AWS's tutorial: one a route, a table of connections, its own management client. Nothing in
// them knows of the gateway, and their types are those of @types/aws-lambda.
const table = new Set<string>();
const clients = new Map<string, ApiGatewayManagementApiClient>();

function managementOf({ domainName, stage }: { domainName?: string | undefined; stage: string }) {
  const endpoint = `http://${domainName ?? ''}/${stage}`;
  let client = clients.get(endpoint);
  if (!client) {
    client = new ApiGatewayManagementApiClient({
      endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    });
    clients.set(endpoint, client);
  }
  return client;
}

const onConnect: APIGatewayProxyHandler = (event) => {
  table.add(event.requestContext.connectionId ?? '');
  return Promise.resolve({ statusCode: 200, body: 'Connected.' });
};

const onDisconnect: APIGatewayProxyWebsocketHandlerV2 = (event) => {
  table.delete(event.requestContext.connectionId);
  return Promise.resolve({ statusCode: 200, body: 'Disconnected.' });
};

const sendMessage: APIGatewayProxyWebsocketHandlerV2 = async (event) => {
  const management = managementOf(event.requestContext);
  const { message } = JSON.parse(event.body ?? '{}') as { message?: string };
  const others = [...table].filter((id) => id !== event.requestContext.connectionId);
  await Promise.all(
    others.map(async (id) => {
      try {
        await management.send(new PostToConnectionCommand({ ConnectionId: id, Data: message ?? '' }));
      } catch (error) {
        if (!(error instanceof GoneException)) throw error;
        table.delete(id);
      }
    }),
  );
  return { statusCode: 200, body: `sent to ${others.length}` };
};

const onDefault: APIGatewayProxyWebsocketHandlerV2 = async (event) => {
  const { connectionId } = event.requestContext;
  const management = managementOf(event.requestContext);
  const { Identity } = await management.send(new GetConnectionCommand({ ConnectionId: connectionId }));
  await management.send(
    new PostToConnectionCommand({
      ConnectionId: connectionId,
      Data: `Use the sendmessage route. Your address is ${Identity?.SourceIp ?? 'unknown'}.`,
    }),
  );
  return { statusCode: 200 };
};

const leave: APIGatewayProxyWebsocketHandlerV2 = async (event) => {
  const command = new DeleteConnectionCommand({ ConnectionId: event.requestContext.connectionId });
  await managementOf(event.requestContext).send(command);
  return { statusCode: 200 };
};

let gateway: Gateway | undefined;
afterEach(async () => {
  for (const client of clients.values()) client.destroy();
  clients.clear();
  await gateway?.close();
});

describe('handlers that are not ours', () => {
  test('chat through one handler a route, $default and two-way responses, unchanged', async () => {
    // Seen red: with two-way routes taken for one-way ones.
    const disconnected = new Inbox<string>();
    gateway = await createGateway({
      routes: {
        $connect: onConnect,
        $disconnect: onDisconnect,
        $default: onDefault,
        sendmessage: { handler: sendMessage, returnResponse: true },
        leave,
      },
      observe: (event) => {
        if (event.type === 'invoked' && event.routeKey === '$disconnect') disconnected.put(event.outcome);
      },
    });
    const [ada, ben, chen] = [
      await connect(gateway.url),
      await connect(gateway.url),
      await connect(gateway.url),
    ];
    ada.send({ action: 'sendmessage', message: 'hello' });
    expect(await ada.frames.next('the response')).toBe('sent to 2');
    expect([await ben.frames.next('Ben’s'), await chen.frames.next('Chen’s')]).toEqual(['hello', 'hello']);
    ben.send('what?');
    expect(await ben.frames.next('the help')).toBe('Use the sendmessage route. Your address is 127.0.0.1.');
    chen.send({ action: 'leave' });
    await within('the close', chen.closed);
    expect(await disconnected.next('$disconnect')).toBe('returned');
    // An id that went without a $disconnect: the 410 removes it.
    table.add('AAAAAAAAAAAAAAA=');
    ada.send({ action: 'sendmessage', message: 'again' });
    expect(await ada.frames.next('the response')).toBe('sent to 2');
    expect(await ben.frames.next('Ben’s')).toBe('again');
    expect([...table].sort()).toEqual([...gateway.connections].sort());
  });
});
