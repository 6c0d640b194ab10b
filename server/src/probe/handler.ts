import { createAws } from '../adapters/aws.ts';

/** What the probe reads of an event of API Gateway, of the authorizer's too. */
interface ProbeEvent {
  type?: 'REQUEST';
  methodArn?: string;
  queryStringParameters?: { ask?: string; tell?: string };
  body?: string;
  requestContext: {
    routeKey: string;
    connectionId: string;
    disconnectStatusCode?: number;
    disconnectReason?: string;
    authorizer?: { ask?: string; tell?: string };
  };
}

/** What an authorizer or an integration returns; `{}` is what API Gateway does not expect. */
type ProbeResult = Record<string, unknown>;

/** What a client asks for as it connects: `?ask=…`. */
export type Ask =
  'nothing' | 'authorizer-throws' | 'authorizer-rubbish' | 'connect-malformed' | 'connect-hangs';

/** Longer than API Gateway waits for any integration, in ms. */
const TOO_LONG_MS = 35_000;
const OK: ProbeResult = { statusCode: 200 };

/** The one function of a probe deployment: authorizer and every route, each badly behaved in its own way, on purpose. */
export async function handler(event: ProbeEvent): Promise<ProbeResult> {
  return event.type === 'REQUEST' ? authorize(event) : (routes[event.requestContext.routeKey]?.(event) ?? OK);
}

function authorize({ methodArn, queryStringParameters = {} }: ProbeEvent): ProbeResult {
  const { ask = 'nothing', tell = '' } = queryStringParameters;
  if (ask === 'authorizer-throws') throw new Error('the authorizer throws, as it was asked to');
  if (ask === 'authorizer-rubbish') return {};
  const statement = { Action: 'execute-api:Invoke', Effect: 'Allow', Resource: methodArn };
  return {
    principalId: 'probe',
    policyDocument: { Version: '2012-10-17', Statement: [statement] },
    context: { ask, tell },
  };
}

const routes: Record<string, (event: ProbeEvent) => Promise<ProbeResult> | ProbeResult> = {
  async $connect({ requestContext: { authorizer } }) {
    if (authorizer?.ask === 'connect-malformed') return {};
    if (authorizer?.ask !== 'connect-hangs') return OK;
    process.stdout.write('hangs\n');
    await new Promise((resolve) => setTimeout(resolve, TOO_LONG_MS));
    return OK;
  },
  // The only way to see what `$disconnect` is told: another client hears of it.
  async $disconnect({
    requestContext: { authorizer, disconnectStatusCode: code, disconnectReason: reason },
  }) {
    if (authorizer?.tell !== undefined && authorizer.tell !== '')
      await call('POST', authorizer.tell, JSON.stringify({ code, reason }));
    return OK;
  },
  'who-am-i': ({ requestContext: { connectionId } }) => answer({ connectionId }),
  'one-way-failure': () => ({ statusCode: 500, body: 'a one-way body' }),
  'two-way-failure': () => ({ statusCode: 500, body: 'a two-way body' }),
  malformed: () => ({}),
  async delete({ requestContext: { connectionId } }) {
    await call('DELETE', connectionId, '');
    return OK;
  },
  async post({ body = '{}', requestContext: { connectionId } }) {
    const { bytes, to = connectionId } = JSON.parse(body) as { bytes: number; to?: string };
    return answer(await call('POST', to, 'x'.repeat(bytes)));
  },
};

function answer(body: object): ProbeResult {
  return { statusCode: 200, body: JSON.stringify(body) };
}

const aws = createAws({ service: 'execute-api' });
// The signer makes an HttpRequest of what it is given.
const requestHandler: {
  handle(request: object): Promise<{ response: { statusCode: number; body?: unknown } }>;
} = aws.handler;

/** Calls `@connections`, once: what it answers is what is asked for. */
async function call(
  method: 'POST' | 'DELETE',
  connectionId: string,
  body: string,
): Promise<{ status: number; body: string }> {
  const { protocol, host, hostname, port, pathname } = new URL(process.env.CALLBACK_URL ?? '');
  const signed = await aws.signer.sign({
    protocol,
    hostname,
    ...(port === '' ? {} : { port: Number(port) }),
    method,
    path: `${pathname}/@connections/${encodeURIComponent(connectionId)}`,
    query: {},
    headers: { host, 'content-length': String(Buffer.byteLength(body)) },
    body,
  });
  const { response } = await requestHandler.handle(signed);
  let text = '';
  for await (const chunk of response.body as AsyncIterable<Buffer>) text += chunk.toString();
  return { status: response.statusCode, body: text };
}
