import { afterEach, describe, expect, test } from 'vitest';
import type { WebSocketEvent } from './events.ts';
import { createGateway, type Gateway, type GatewayOptions } from './index.ts';
import { connect, Inbox } from './testing/client.ts';

let gateway: Gateway | undefined;
afterEach(() => gateway?.close());

async function start(options: GatewayOptions): Promise<Gateway> {
  gateway = await createGateway(options);
  return gateway;
}

const ok = () => Promise.resolve({ statusCode: 200 });

describe('routing', () => {
  async function routeKeysOf(bodies: string[], routeSelectionExpression?: string): Promise<string[]> {
    const keys = new Inbox<string>();
    const handler = (event: WebSocketEvent) => {
      keys.put(event.requestContext.routeKey);
      return ok();
    };
    const { url } = await start({
      routes: {
        $connect: ok,
        $default: handler,
        send: handler,
        '7': handler,
        'chat/send': handler,
        '/send': handler,
        '{}': handler,
      },
      ...(routeSelectionExpression !== undefined && { routeSelectionExpression }),
    });
    const client = await connect(url);
    const seen: string[] = [];
    for (const body of bodies) {
      client.send(body);
      seen.push(await keys.next(`the route of ${body}`));
    }
    return seen;
  }

  test('selects by $request.body.action, and everything else is $default', async () => {
    // Seen red: without the set of predefined keys `$connect` was selected.
    expect(
      await routeKeysOf([
        '{"action":"send"}',
        '{"action":7}',
        '{"action":"other"}',
        '{}',
        'not json',
        'null',
        '[]',
        '{"action":"$connect"}',
        '{"action":"__proto__"}',
        '{"action":"constructor"}',
        '{"action":{"a":1}}',
      ]),
    ).toEqual(['send', '7', ...Array<string>(9).fill('$default')]);
  });

  test('joins several paths of a template, and a missing one is empty', async () => {
    // Seen red: with the template read as its first path.
    const expression = '${request.body.type}/${request.body.inner.action}';
    expect(
      await routeKeysOf(
        ['{"type":"chat","inner":{"action":"send"}}', '{"inner":{"action":"send"}}', '{"type":"chat"}'],
        expression,
      ),
    ).toEqual(['chat/send', '/send', '$default']);
  });

  test('a path sees what the message says, not what every object has', async () => {
    // Seen red: without the own-property check `{}` selected the route {}.
    expect(await routeKeysOf(['[]', '{}'], '$request.body.__proto__')).toEqual(['$default', '$default']);
  });

  test('an expression over anything but the body is refused when the gateway is made', async () => {
    const routeSelectionExpression = '$request.header.action';
    await expect(start({ routes: {}, routeSelectionExpression })).rejects.toMatchObject({
      code: 'invalid-option',
    });
    gateway = undefined;
  });

  test('without a route and without $default answers Forbidden, to the byte, and stays open', async () => {
    // Seen red: JSON.stringify in place of the template has no spaces.
    const { url, connections } = await start({ routes: { send: ok } });
    expect(connections).toEqual([]);
    const client = await connect(url);
    client.send('{"action":"other"}');
    const frame = await client.frames.next('the Forbidden frame');
    const requestId = /"requestId":"([\w-]{15}=)"/.exec(frame)?.[1] ?? '';
    const [connectionId] = gateway?.connections ?? [];
    expect(frame).toBe(
      `{"message": "Forbidden", "connectionId":"${connectionId ?? ''}", "requestId":"${requestId}"}`,
    );
    client.send('{"action":"other"}');
    await client.frames.next('a second frame on the same socket');
  });
});
