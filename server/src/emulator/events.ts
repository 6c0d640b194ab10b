import type { IncomingMessage } from 'node:http';
import { randomBytes } from 'node:crypto';
import { newIdentifier } from './identifiers.ts';

/** Who the client is, as `requestContext.identity` and `GET @connections` tell it. */
export interface ClientIdentity {
  readonly sourceIp: string;
  /** Absent when the client sent no User-Agent. */
  readonly userAgent?: string;
}

/** `requestContext.authorizer`: the authorizer's context as strings, with these two. */
export interface AuthorizerVerdict {
  readonly [name: string]: string | number | null;
  readonly principalId: string;
  /** ms the authorizer took: the one number in here. */
  readonly integrationLatency: number;
}

/** What the events of one connection have in common. */
export interface ConnectionFacts {
  readonly connectionId: string;
  /** ms since 1970; the same on every event of the connection. */
  readonly connectedAt: number;
  readonly identity: ClientIdentity;
  readonly authorizer?: AuthorizerVerdict | undefined;
}

/** What the events of one API have in common. */
export interface ApiFacts {
  readonly apiId: string;
  readonly accountId: string;
  readonly region: string;
  readonly stage: string;
  /** `127.0.0.1:PORT`: host and port, so that `http://${domainName}/${stage}` is the @connections endpoint. */
  readonly domainName: string;
}

/** `requestContext` of the three events; fields that one of them lacks are absent, never undefined. */
export interface RequestContext {
  readonly routeKey: string;
  readonly eventType: 'CONNECT' | 'MESSAGE' | 'DISCONNECT';
  readonly extendedRequestId: string;
  /** Common Log Format, such as `09/Feb/2024:18:11:43 +0000`. */
  readonly requestTime: string;
  readonly messageDirection: 'IN';
  readonly stage: string;
  readonly connectedAt: number;
  readonly requestTimeEpoch: number;
  readonly identity: ClientIdentity;
  readonly requestId: string;
  readonly domainName: string;
  readonly connectionId: string;
  readonly apiId: string;
  readonly authorizer?: AuthorizerVerdict;
  /** MESSAGE only. */
  readonly messageId?: string;
  /** DISCONNECT only. */
  readonly disconnectStatusCode?: number;
  /** DISCONNECT only. */
  readonly disconnectReason?: string;
}

type Headers = Record<string, string>;
type MultiValueHeaders = Record<string, string[]>;

/** What a handler receives. */
export interface WebSocketEvent {
  readonly requestContext: RequestContext;
  readonly isBase64Encoded: false;
  /** MESSAGE only: the text as the client sent it. */
  readonly body?: string;
  /** CONNECT and DISCONNECT only. */
  readonly headers?: Headers;
  readonly multiValueHeaders?: MultiValueHeaders;
  /** CONNECT only, and only if the URL had a query. */
  readonly queryStringParameters?: Record<string, string>;
  readonly multiValueQueryStringParameters?: Record<string, string[]>;
}

/** What the authorizer receives. */
export interface AuthorizerEvent {
  readonly type: 'REQUEST';
  readonly methodArn: string;
  readonly headers: Headers;
  readonly multiValueHeaders: MultiValueHeaders;
  readonly queryStringParameters: Record<string, string>;
  readonly multiValueQueryStringParameters: Record<string, string[]>;
  readonly stageVariables: Record<string, string>;
  readonly requestContext: RequestContext;
}

/** The parts of an upgrade request that handlers see. */
export interface UpgradeFacts {
  readonly headers: Headers;
  readonly multiValueHeaders: MultiValueHeaders;
  readonly query: Record<string, string>;
  readonly multiValueQuery: Record<string, string[]>;
}

// What ends at the gateway itself and is not passed on.
const HOP_BY_HOP = new Set(['connection', 'upgrade']);

/** Reads an upgrade request the way API Gateway shows it: names in their original case, and its own headers added. */
export function readUpgrade(request: IncomingMessage, url: URL): UpgradeFacts {
  const headers: Headers = {};
  const multiValueHeaders: MultiValueHeaders = {};
  const add = (name: string, value: string): void => {
    headers[name] = value;
    (multiValueHeaders[name] ??= []).push(value);
  };
  for (let index = 0; index + 1 < request.rawHeaders.length; index += 2) {
    const name = request.rawHeaders[index] ?? '';
    if (!HOP_BY_HOP.has(name.toLowerCase())) add(name, request.rawHeaders[index + 1] ?? '');
  }
  const epochHex = Math.floor(Date.now() / 1000).toString(16);
  add('X-Amzn-Trace-Id', `Root=1-${epochHex}-${randomBytes(12).toString('hex')}`);
  add('X-Forwarded-For', sourceIpOf(request));
  add('X-Forwarded-Port', String(request.socket.localPort ?? 0));
  add('X-Forwarded-Proto', 'http');

  const query: Record<string, string> = {};
  const multiValueQuery: Record<string, string[]> = {};
  for (const [name, value] of url.searchParams) {
    query[name] = value;
    (multiValueQuery[name] ??= []).push(value);
  }
  return { headers, multiValueHeaders, query, multiValueQuery };
}

/** The client's address, without the IPv6 wrapping of an IPv4 one. */
export function sourceIpOf(request: IncomingMessage): string {
  return (request.socket.remoteAddress ?? '').replace(/^::ffff:/, '');
}

/** The event of the `$connect` route. */
export function connectEvent(
  api: ApiFacts,
  connection: ConnectionFacts,
  upgrade: UpgradeFacts,
  now: number,
): WebSocketEvent {
  const hasQuery = Object.keys(upgrade.query).length > 0;
  return {
    headers: upgrade.headers,
    multiValueHeaders: upgrade.multiValueHeaders,
    ...(hasQuery && {
      queryStringParameters: upgrade.query,
      multiValueQueryStringParameters: upgrade.multiValueQuery,
    }),
    requestContext: requestContext(api, connection, '$connect', 'CONNECT', now),
    isBase64Encoded: false,
  };
}

/** The event of the authorizer, which knows the connectionId but no verdict yet. */
export function authorizerEvent(
  api: ApiFacts,
  connection: ConnectionFacts,
  upgrade: UpgradeFacts,
  now: number,
): AuthorizerEvent {
  return {
    type: 'REQUEST',
    methodArn: `arn:aws:execute-api:${api.region}:${api.accountId}:${api.apiId}/${api.stage}/$connect`,
    headers: upgrade.headers,
    multiValueHeaders: upgrade.multiValueHeaders,
    queryStringParameters: upgrade.query,
    multiValueQueryStringParameters: upgrade.multiValueQuery,
    stageVariables: {},
    requestContext: requestContext(api, connection, '$connect', 'CONNECT', now),
  };
}

/** The event of a message route: no headers, no query, the raw text as body. */
export function messageEvent(
  api: ApiFacts,
  connection: ConnectionFacts,
  routeKey: string,
  body: string,
  now: number,
): WebSocketEvent {
  return {
    requestContext: {
      ...requestContext(api, connection, routeKey, 'MESSAGE', now),
      messageId: newIdentifier(),
    },
    body,
    isBase64Encoded: false,
  };
}

/** The event of the `$disconnect` route, with the headers the service leaves in it. */
export function disconnectEvent(
  api: ApiFacts,
  connection: ConnectionFacts,
  close: { readonly code: number; readonly reason: string },
  now: number,
): WebSocketEvent {
  const headers: Headers = {
    Host: api.domainName,
    'x-api-key': '',
    'X-Forwarded-For': '',
    'x-restapi': '',
  };
  return {
    headers,
    multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
    requestContext: {
      ...requestContext(api, connection, '$disconnect', 'DISCONNECT', now),
      disconnectStatusCode: close.code,
      disconnectReason: close.reason,
    },
    isBase64Encoded: false,
  };
}

function requestContext(
  api: ApiFacts,
  connection: ConnectionFacts,
  routeKey: string,
  eventType: RequestContext['eventType'],
  now: number,
): RequestContext {
  const requestId = newIdentifier();
  return {
    routeKey,
    eventType,
    extendedRequestId: requestId,
    requestTime: commonLogTime(now),
    messageDirection: 'IN',
    stage: api.stage,
    connectedAt: connection.connectedAt,
    requestTimeEpoch: now,
    // A copy: an event is the handler's to change.
    identity: { ...connection.identity },
    requestId,
    domainName: api.domainName,
    connectionId: connection.connectionId,
    apiId: api.apiId,
    ...(connection.authorizer && { authorizer: { ...connection.authorizer } }),
  };
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

function commonLogTime(ms: number): string {
  const at = new Date(ms);
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${two(at.getUTCDate())}/${MONTHS[at.getUTCMonth()] ?? ''}/${at.getUTCFullYear()}`;
  return `${day}:${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())} +0000`;
}
