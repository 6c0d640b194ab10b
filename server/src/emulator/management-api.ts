import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Connection } from './connections.ts';
import type { GatewayCore } from './core.ts';
import { isConnectionId, newIdentifier } from './identifiers.ts';
import type { VerifySignature } from './signature.ts';

/** Answers `/{stage}/@connections/{connectionId}`: what the AWS SDK's management client calls. */
export class ManagementApi {
  readonly #core: GatewayCore;
  readonly #verify: VerifySignature | undefined;
  readonly #prefixes: readonly string[];
  readonly #mostBytes: number;

  constructor(core: GatewayCore, verify: VerifySignature | undefined) {
    this.#core = core;
    this.#verify = verify;
    this.#prefixes = [`/${core.api.stage}/@connections/`, `/${core.api.stage}/%40connections/`];
    this.#mostBytes = core.limits[core.assumptions.postLimit === 'frame' ? 'frameBytes' : 'messageBytes'];
  }

  /** Answers one request; anything but a well-addressed @connections call gets 403. */
  handle(request: IncomingMessage, response: ServerResponse): void {
    if (this.#core.invoker.outbound.isRefused(request.socket.remotePort)) {
      // The caller is a dead or frozen invocation: nothing of it arrives, nothing answers it.
      request.socket.destroy();
      return;
    }
    const url = request.url ?? '';
    const prefix = this.#prefixes.find((start) => url.startsWith(start));
    const { method } = request;
    if (prefix === undefined || (method !== 'POST' && method !== 'GET' && method !== 'DELETE')) {
      fail(response, 403, 'ForbiddenException', 'Forbidden');
      request.resume();
      return;
    }
    const connectionId = readId(url.slice(prefix.length));
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= this.#mostBytes) chunks.push(chunk);
    });
    request.on('end', () => {
      const [first] = chunks;
      const body = chunks.length === 1 && first ? first : Buffer.concat(chunks);
      const isTooLarge = bytes > this.#mostBytes;
      if (!this.#verify) {
        this.#answer(request, response, connectionId, body, isTooLarge);
        return;
      }
      void this.#verify(request, body).then((isSigned) => {
        // Of a body that is too large only a part was kept, so its signature cannot be checked.
        if (isSigned || isTooLarge) this.#answer(request, response, connectionId, body, isTooLarge);
        else fail(response, 403, 'ForbiddenException', 'Forbidden');
      });
    });
  }

  #answer(
    { method }: IncomingMessage,
    response: ServerResponse,
    connectionId: string | undefined,
    body: Buffer,
    isTooLarge: boolean,
  ): void {
    const { connections, requestRate, clock } = this.#core;
    if (!requestRate.take()) {
      fail(response, 429, 'LimitExceededException', 'Too Many Requests');
    } else if (connectionId === undefined || !isConnectionId(connectionId)) {
      fail(response, 400, 'BadRequestException', `Invalid connectionId: ${connectionId ?? ''}`);
    } else if (isTooLarge) {
      fail(response, 413, 'PayloadTooLargeException', 'Message too long');
    } else {
      const connection = connections.find(connectionId);
      if (!connection) {
        this.#gone(response);
      } else if (method === 'POST') {
        const waitMs = this.#core.plan.delayMs('post.delay', this.#core.plan.faults.post?.delay);
        if (waitMs > 0) clock.setTimeout(() => this.#post(response, connectionId, body), waitMs);
        else this.#post(response, connectionId, body);
      } else if (method === 'GET') {
        succeed(response, 200, describe(connection));
      } else {
        connection.end(this.#core.assumptions.deleteClose);
        succeed(response, 204);
      }
    }
  }

  #gone(response: ServerResponse): void {
    respond(response, 410, 'GoneException', this.#core.assumptions.goneBody);
  }

  #post(response: ServerResponse, connectionId: string, body: Buffer): void {
    const { connections, assumptions, plan, counts, observe } = this.#core;
    // Looked up only now: the client may have gone while the post was delayed.
    const connection = connections.find(connectionId);
    const faults = plan.faults.post;
    let status = 200;
    if (!connection || (faults && plan.strikes('post.gone', faults.gone))) status = 410;
    else if (
      connection.bufferedBytes > assumptions.clientBufferBytes ||
      (faults && plan.strikes('post.throttled', faults.throttled))
    ) {
      status = 429;
    } else if (faults && plan.strikes('post.failed', faults.failed)) status = 500;

    counts.posts += 1;
    observe?.({ type: 'posted', connectionId, status });
    if (status === 410) this.#gone(response);
    else if (status === 429) fail(response, 429, 'LimitExceededException', 'Too Many Requests');
    else if (status === 500) fail(response, 500, 'InternalServerErrorException', 'Internal server error');
    else {
      if (!faults || !plan.strikes('post.drop', faults.drop)) connection?.send(body);
      if (faults && plan.strikes('post.reset', faults.reset)) response.destroy();
      else succeed(response, 200);
    }
  }
}

function describe(connection: Connection): string {
  const { sourceIp, userAgent } = connection.identity;
  return JSON.stringify({
    identity: { sourceIp, userAgent },
    connectedAt: new Date(connection.connectedAt).toISOString(),
    lastActiveAt: new Date(connection.lastActiveAt).toISOString(),
  });
}

function readId(encoded: string): string | undefined {
  try {
    return decodeURIComponent(encoded.split('?', 1)[0] ?? '');
  } catch {
    return undefined;
  }
}

function succeed(response: ServerResponse, status: 200 | 204, body = ''): void {
  respond(response, status, undefined, body);
}

function fail(response: ServerResponse, status: number, errorType: string, message: string): void {
  // SDKs name the error after this header; without it a 410 is an error of no name.
  respond(response, status, errorType, JSON.stringify({ message }));
}

function respond(
  response: ServerResponse,
  status: number,
  errorType: string | undefined,
  body: string,
): void {
  const headers: string[] = [
    'content-type',
    'application/json',
    'x-amzn-requestid',
    randomUUID(),
    'x-amz-apigw-id',
    newIdentifier(),
  ];
  if (status !== 204) headers.push('content-length', String(Buffer.byteLength(body)));
  if (errorType !== undefined) headers.push('x-amzn-errortype', errorType);
  response.writeHead(status, headers);
  response.end(body);
}
