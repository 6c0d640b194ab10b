import type { HttpResponse } from '@smithy/core/protocols';
import { hash } from 'node:crypto';
import { deadlines } from '../deadlines.ts';
import type { Meter } from '../meter.ts';
import type { Delivery, Gateway } from '../ports.ts';
import { createAws, type AwsOptions } from './aws.ts';

export interface ApiGatewayOptions {
  /** The stage's callback address: `https://{api}.execute-api.{region}.amazonaws.com/{stage}`. */
  endpoint: string;
  /** @default the function's region */
  region?: string;
  /** @default those of the function's role */
  credentials?: AwsOptions['credentials'];
  /** Longest post, the one retry included, in ms. @default 3000 */
  deadlineMs?: number;
  /** From 0 up to, but not including, 1; jitters the retry. @default Math.random */
  random?: () => number;
  /** Hears why a call failed for good: a missing permission would look like silence otherwise. @default nothing */
  onFailure?: (failure: CallFailure) => void;
  /** Counts retries, and failures by reason. @default nothing is counted */
  meter?: Meter;
}

/** A call that failed for good; `reason` is the last try's status, or its error's name and message. */
export interface CallFailure {
  method: 'POST' | 'DELETE';
  connectionId: string;
  reason: string;
}

/**
 * What the SDK's handler takes besides an AbortSignal: it sets `onabort`. Real signals cost a third of the post itself,
 * the more so as `AbortSignal.timeout` goes off, with an error, long after the post has ended.
 */
interface Deadline {
  aborted: boolean;
  onabort: (() => void) | null;
}

interface RequestHandler {
  handle(request: object, options: { abortSignal: Deadline }): Promise<{ response: HttpResponse }>;
}

/** How long a post that was throttled or failed waits at most before its one retry, in ms. */
const RETRY_MS = 200;

/**
 * Posts through the AWS SDK's own credentials, signer and request handler, without its middleware stack, which takes
 * four times the CPU of the post itself. One retry for 429, 5xx and a lost socket; the receiver drops what came twice.
 */
export function createApiGateway(options: ApiGatewayOptions): Gateway {
  const { endpoint, region, credentials, deadlineMs = deadlines.postMs, random = Math.random } = options;
  const { onFailure = () => undefined, meter } = options;
  const aws = createAws({
    service: 'execute-api',
    region,
    credentials,
    handler: {
      // From 2 s on the handler sets up its timer for a slow handshake only where there is one.
      connectionTimeout: 2_000,
      httpAgent: { keepAlive: true, maxSockets: 256 },
      httpsAgent: { keepAlive: true, maxSockets: 256 },
    },
  });
  const requestHandler: RequestHandler = aws.handler;
  const url = new URL(endpoint);
  const base = {
    protocol: url.protocol,
    hostname: url.hostname,
    ...(url.port === '' ? {} : { port: Number(url.port) }),
  };
  const path = `${url.pathname.replace(/\/$/, '')}/@connections/`;

  let known = { body: '', headers: headersOf(url.host, '') };
  /** The same for a whole fan-out. */
  function headersFor(body: string): Readonly<Record<string, string>> {
    if (known.body !== body) known = { body, headers: headersOf(url.host, body) };
    return known.headers;
  }

  async function call(
    method: 'POST' | 'DELETE',
    connectionId: string,
    body: string,
    abortSignal: Deadline,
  ): Promise<number> {
    // The signer makes an HttpRequest of it, with headers of its own.
    const request = {
      ...base,
      method,
      path: path + encodeURIComponent(connectionId),
      query: {},
      headers: headersFor(body),
      body,
    };
    const signed = await aws.signer.sign(request);
    const { response } = await requestHandler.handle(signed, { abortSignal });
    await drain(response.body);
    return response.statusCode;
  }

  /** The status of the last try; undefined if there was none. */
  async function tryTwice(
    method: 'POST' | 'DELETE',
    connectionId: string,
    body: string,
  ): Promise<number | undefined> {
    const deadline: Deadline = { aborted: false, onabort: null };
    const timer = setTimeout(() => {
      deadline.aborted = true;
      deadline.onabort?.();
    }, deadlineMs);
    let reason = '';
    const once = async (): Promise<number | undefined> => {
      try {
        const status = await call(method, connectionId, body, deadline);
        reason = String(status);
        return status;
      } catch (error) {
        reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
        return undefined;
      }
    };
    let status = await once();
    if ((status === undefined || status >= 429) && !deadline.aborted) {
      meter?.add('retries');
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS * random()));
      status = await once();
    }
    clearTimeout(timer);
    if (status === undefined || (status >= 300 && status !== 410)) {
      onFailure({ method, connectionId, reason });
      // An error's message may hold an address of its own each time; its name does not.
      meter?.add('failed', 1, reason.split(':')[0]);
    }
    return status;
  }

  return {
    async post(connectionId, frame): Promise<Delivery> {
      const status = await tryTwice('POST', connectionId, frame);
      if (status === 200) return 'delivered';
      return status === 410 ? 'gone' : 'failed';
    },
    async disconnect(connectionId) {
      await tryTwice('DELETE', connectionId, '');
    },
  };
}

/** The signer takes the body's hash from the header that it would write itself. */
function headersOf(host: string, body: string): Record<string, string> {
  return {
    host,
    'content-type': 'application/octet-stream',
    'content-length': String(Buffer.byteLength(body)),
    'x-amz-content-sha256': hash('sha256', body),
  };
}

/** An answer that is not read keeps its socket from being used again. */
function drain(body: unknown): Promise<void> | undefined {
  if (!isStream(body)) return undefined;
  return new Promise((resolve, reject) => body.on('end', resolve).on('error', reject).resume());
}

function isStream(body: unknown): body is NodeJS.ReadableStream {
  return typeof body === 'object' && body !== null && 'resume' in body;
}
