import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CutManner } from './connections.ts';
import type { GatewayCore } from './core.ts';
import { checkFaults } from './fault-check.ts';
import { GatewayError } from './gateway-error.ts';

/** Who may use `/_control`: only this machine in any case. */
export interface ControlOptions {
  /** The one page origin whose requests are answered, such as `http://localhost:5173`. @default no page */
  readonly origin?: string;
}

const MOST_BYTES = 64 * 1024;
const MANNERS: readonly CutManner[] = ['go-away', 'drop', 'half-open'];

/**
 * The control address of a demo or a browser test:
 * `GET /_control` → `{ connections, counts, faults }` · `PUT /_control/faults` with `Faults` ·
 * `POST /_control/cut` with `{ connection: ID | 'all', manner }` → `{ count }`.
 */
export class ControlAddress {
  readonly #core: GatewayCore;
  readonly #origin: string | undefined;

  constructor(core: GatewayCore, { origin }: ControlOptions) {
    this.#core = core;
    this.#origin = origin;
  }

  /** Whether this request is for the control address at all. */
  isMeant({ url = '' }: IncomingMessage): boolean {
    return url === '/_control' || url.startsWith('/_control/');
  }

  handle(request: IncomingMessage, response: ServerResponse): void {
    if (!this.#isAllowed(request)) {
      respond(response, 403, { message: 'Forbidden' });
      request.resume();
      return;
    }
    if (this.#origin !== undefined) {
      response.setHeader('access-control-allow-origin', this.#origin);
      response.setHeader('access-control-allow-methods', 'GET, PUT, POST');
      response.setHeader('access-control-allow-headers', 'content-type');
    }
    let text = '';
    request.on('data', (chunk: Buffer) => {
      if (text.length <= MOST_BYTES) text += chunk.toString();
    });
    request.on('end', () => {
      try {
        this.#answer(request, response, text);
      } catch (error) {
        const message =
          error instanceof GatewayError ? error.message : 'unable to read the request; it is not JSON';
        respond(response, 400, { message });
      }
    });
  }

  #answer({ method, url }: IncomingMessage, response: ServerResponse, text: string): void {
    const { connections, counts, plan } = this.#core;
    const call = `${method ?? ''} ${url ?? ''}`;
    if (method === 'OPTIONS') {
      response.writeHead(204).end();
    } else if (call === 'GET /_control') {
      respond(response, 200, { connections: connections.ids(), counts, faults: plan.faults });
    } else if (call === 'PUT /_control/faults') {
      const faults: unknown = JSON.parse(text);
      checkFaults(faults);
      plan.change(faults);
      respond(response, 200, { faults });
    } else if (call === 'POST /_control/cut') {
      const { connection, manner } = (JSON.parse(text) ?? {}) as { connection?: unknown; manner?: unknown };
      const chosen = MANNERS.find((known) => known === manner);
      if (typeof connection !== 'string' || !chosen) {
        throw new GatewayError(
          'invalid-option',
          `unable to cut; send { connection, manner } with a manner of ${MANNERS.join(', ')}`,
        );
      }
      respond(response, 200, { count: connections.cut(connection, chosen) });
    } else {
      respond(response, 404, { message: `unable to ${call}; there is no such control` });
    }
  }

  /** A page elsewhere can send requests to this machine too, so address, host and origin all have to be right. */
  #isAllowed({ socket, headers }: IncomingMessage): boolean {
    const isLocal = /^(127\.|::1$|::ffff:127\.)/.test(socket.remoteAddress ?? '');
    const isLocalName = /^(127\.[\d.]+|localhost|\[::1\])(:\d+)?$/.test(headers.host ?? '');
    return isLocal && isLocalName && (headers.origin === undefined || headers.origin === this.#origin);
  }
}

function respond(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
