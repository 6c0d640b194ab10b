import { STATUS_CODES, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { Authorize } from './authorizer.ts';
import type { GatewayCore } from './core.ts';
import { connectEvent, readUpgrade, sourceIpOf, type ConnectionFacts } from './events.ts';
import { newIdentifier } from './identifiers.ts';
import { readProxyResult } from './invoker.ts';
import { RateMeter } from './limits.ts';

/** Whether to let a client in, and if so with which subprotocol. */
type Admission =
  | { readonly isAdmitted: true; readonly facts: ConnectionFacts; readonly subprotocol: string | undefined }
  | { readonly isAdmitted: false; readonly status: number };

/** Answers upgrade requests: limits, faults, authorizer, `$connect`, and only then 101. */
export class Doorkeeper {
  readonly #core: GatewayCore;
  readonly #authorize: Authorize | undefined;
  readonly #connectRate: RateMeter;
  readonly #subprotocols = new WeakMap<IncomingMessage, string>();
  readonly #sockets: WebSocketServer;

  constructor(core: GatewayCore, authorize: Authorize | undefined) {
    const { limits, assumptions, clock } = core;
    this.#core = core;
    this.#authorize = authorize;
    this.#connectRate = new RateMeter(clock, limits.connectsPerSecond, limits.connectsPerSecond);
    this.#sockets = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      autoPong: assumptions.isPingAnswered,
      // 0 is `ws`'s word for no bound.
      maxPayload: limits.messageBytes === Infinity ? 0 : limits.messageBytes,
      handleProtocols: (_offered, request) => this.#subprotocols.get(request) ?? false,
    });
  }

  /** Answers one upgrade request. */
  async admit(request: IncomingMessage, stream: Duplex, head: Buffer): Promise<void> {
    const { plan, clock, connections, counts, observe } = this.#core;
    stream.on('error', () => stream.destroy());
    const faults = plan.faults.connect;
    if (faults) {
      const waitMs = plan.delayMs('connect.delay', faults.delay);
      if (waitMs > 0) await new Promise<void>((resolve) => clock.setTimeout(resolve, waitMs));
      if (plan.strikes('connect.reset', faults.reset)) {
        stream.destroy();
        return;
      }
      if (plan.strikes('connect.refuse', faults.refuse)) {
        this.#refuse(stream, faults.refuseStatus ?? 503);
        return;
      }
    }
    const admission = await this.#judge(request);
    if (!admission.isAdmitted) {
      this.#refuse(stream, admission.status);
      return;
    }
    const { facts, subprotocol } = admission;
    if (subprotocol !== undefined) this.#subprotocols.set(request, subprotocol);
    this.#sockets.handleUpgrade(request, stream, head, (socket) => {
      connections.add(facts, socket, stream);
      counts.connects += 1;
      observe?.({ type: 'connected', connectionId: facts.connectionId });
    });
  }

  async #judge(request: IncomingMessage): Promise<Admission> {
    const { api, limits, assumptions, clock, routes, invoker } = this.#core;
    if (!isWebSocketUpgrade(request)) return { isAdmitted: false, status: 400 };
    const path = request.url ?? '/';
    if (path.length > limits.urlCharacters) return { isAdmitted: false, status: 414 };
    const headerBytes = request.rawHeaders.reduce((sum, text) => sum + text.length, 0);
    if (headerBytes > assumptions.upgradeHeaderBytes) return { isAdmitted: false, status: 431 };
    const url = readUrl(path);
    if (!url || (url.pathname !== `/${api.stage}` && url.pathname !== `/${api.stage}/`)) {
      return { isAdmitted: false, status: 403 };
    }
    if (!this.#connectRate.take()) return { isAdmitted: false, status: 429 };

    const now = clock.now();
    const userAgent = request.headers['user-agent'];
    let facts: ConnectionFacts = {
      connectionId: newIdentifier(),
      connectedAt: now,
      identity: { sourceIp: sourceIpOf(request), ...(userAgent !== undefined && { userAgent }) },
    };
    const upgrade = readUpgrade(request, url);
    if (this.#authorize) {
      const authorization = await this.#authorize(this.#core, facts, upgrade);
      if (!authorization.isAllowed) return { isAdmitted: false, status: authorization.status };
      facts = { ...facts, authorizer: authorization.verdict };
    }
    const route = routes.get('$connect');
    if (!route) return { isAdmitted: true, facts, subprotocol: undefined };
    const outcome = await invoker.invoke(route, connectEvent(api, facts, upgrade, clock.now()));
    if (outcome.ended === 'threw') return { isAdmitted: false, status: 502 };
    if (outcome.ended === 'timed-out') return { isAdmitted: false, status: assumptions.connectTimeoutStatus };
    const result = readProxyResult(outcome.result);
    if (!result) return { isAdmitted: false, status: assumptions.malformedConnectStatus };
    if (result.statusCode < 200 || result.statusCode > 299) {
      return { isAdmitted: false, status: result.statusCode };
    }
    const subprotocol = Object.entries(result.headers).find(
      ([name]) => name.toLowerCase() === 'sec-websocket-protocol',
    )?.[1];
    return {
      isAdmitted: true,
      facts,
      subprotocol: typeof subprotocol === 'string' ? subprotocol : undefined,
    };
  }

  #refuse(stream: Duplex, status: number): void {
    this.#core.counts.refused += 1;
    this.#core.observe?.({ type: 'refused', status });
    const reason = STATUS_CODES[status] ?? 'Refused';
    const body = JSON.stringify({ message: reason });
    stream.end(
      `HTTP/1.1 ${status} ${reason}\r\nContent-Type: application/json\r\n` +
        `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
      () => stream.destroy(),
    );
  }
}

/** Checked before `$connect` runs, so that it never runs for a request that cannot become a socket. */
function isWebSocketUpgrade({ method, headers }: IncomingMessage): boolean {
  return (
    method === 'GET' &&
    headers.upgrade?.toLowerCase() === 'websocket' &&
    headers['sec-websocket-version'] === '13' &&
    /^[+/0-9A-Za-z]{22}==$/.test(headers['sec-websocket-key'] ?? '')
  );
}

function readUrl(path: string): URL | undefined {
  const base = 'http://gateway';
  return URL.canParse(path, base) ? new URL(path, base) : undefined;
}
