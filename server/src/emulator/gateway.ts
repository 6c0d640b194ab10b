import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { Doorkeeper } from './admission.ts';
import { defaultAssumptions, type Assumptions } from './assumptions.ts';
import { createAuthorizer, type AuthorizerOptions } from './authorizer.ts';
import { systemClock, type Clock } from './clock.ts';
import { Connections, type CutManner } from './connections.ts';
import { ControlAddress, type ControlOptions } from './control.ts';
import type { GatewayCore } from './core.ts';
import { FaultPlan, type Faults } from './faults.ts';
import { GatewayError } from './gateway-error.ts';
import { Inbound } from './inbound.ts';
import { Invoker } from './invoker.ts';
import { RateMeter, resolveLimits, type Limits } from './limits.ts';
import { ManagementApi } from './management-api.ts';
import { newCounts, type GatewayCounts, type GatewayEvent } from './observer.ts';
import { compileRouteSelection, readRoutes, type Routes } from './routes.ts';
import { createSignatureVerifier, type GatewayCredentials } from './signature.ts';

/** What to run and how. */
export interface GatewayOptions {
  readonly routes: Routes;
  /** Decides who may connect. @default everyone may */
  readonly authorizer?: AuthorizerOptions;
  /** @default '$request.body.action' */
  readonly routeSelectionExpression?: string;
  /** First part of the path. @default 'dev' */
  readonly stage?: string;
  /** Address to listen on. @default '127.0.0.1' */
  readonly host?: string;
  /** Port to listen on; 0 takes a free one. @default 0 */
  readonly port?: number;
  /** Quotas that differ from AWS's. */
  readonly limits?: Partial<Limits>;
  /** What goes wrong. @default nothing */
  readonly faults?: Faults;
  /** Other beliefs about what AWS does not document. */
  readonly assumptions?: Partial<Assumptions>;
  /** What @connections calls must be signed with, else 403. @default nothing is checked */
  readonly credentials?: GatewayCredentials;
  /** @default 'us-east-1' */
  readonly region?: string;
  /** @default '123456789012' */
  readonly accountId?: string;
  /** @default 'local' */
  readonly apiId?: string;
  /** Answer `/_control` on this port, to this machine only. @default false */
  readonly control?: boolean | ControlOptions;
  /** Answers other HTTP requests to this port; what it returns false for goes to @connections. @default none */
  readonly pages?: (request: IncomingMessage, response: ServerResponse) => boolean;
  /** Source of time for every duration. @default systemClock */
  readonly clock?: Clock;
  /** Hears of every connection, frame, invocation, post and fault. Must not throw. */
  readonly observe?: (event: GatewayEvent) => void;
}

/** A running gateway. */
export interface Gateway {
  /** Where clients connect: `ws://HOST:PORT/STAGE`. */
  readonly url: string;
  /** The endpoint for `ApiGatewayManagementApiClient`: `http://HOST:PORT/STAGE`. */
  readonly callbackUrl: string;
  readonly port: number;
  /** The ids of the live connections, oldest first. */
  readonly connections: readonly string[];
  /** Totals since the start; a live object. */
  readonly counts: Readonly<GatewayCounts>;
  /** The faults in force. Assigning replaces all of them, and starts their streams anew. */
  faults: Faults;
  /**
   * Ends sockets now: `go-away` closes with 1001, `drop` without a close frame, `half-open` not at all.
   * @param which a connectionId, or `all`
   * @returns how many it found
   */
  cut(which: string, manner: CutManner): number;
  /**
   * A named point in a handler, for `faults.invocation.killAt` and `freeze`: call it from a wrapped port, say between store
   * and fan-out. Resolves when the invocation may go on, and never if it is dead or frozen.
   */
  reach(point: string): Promise<void>;
  /**
   * Closes every socket with 1001, runs their `$disconnect`, waits for what still runs, and stops listening.
   * @param options.graceMs the longest wait, real ms. @default 1000
   */
  close(options?: { readonly graceMs?: number }): Promise<void>;
}

/**
 * Starts a local API Gateway WebSocket API; resolves when it listens.
 * @throws GatewayError `port-taken`, `cannot-listen`, `invalid-option`.
 */
export async function createGateway(options: GatewayOptions): Promise<Gateway> {
  const stage = options.stage ?? 'dev';
  const host = options.host ?? '127.0.0.1';
  const region = options.region ?? 'us-east-1';
  const clock = options.clock ?? systemClock;
  const observe = options.observe;
  const limits = resolveLimits(options.limits);
  const assumptions: Assumptions = { ...defaultAssumptions, ...options.assumptions };
  const routes = readRoutes(options.routes, limits);
  const select = compileRouteSelection(options.routeSelectionExpression ?? '$request.body.action');
  const authorize = options.authorizer && createAuthorizer(options.authorizer);
  const plan = new FaultPlan(options.faults, (kind) => observe?.({ type: 'fault', kind }));
  const verify = options.credentials && (await createSignatureVerifier(options.credentials, region, clock));

  // Callers keep their connections for longer than Node's 5 s, above all while they are frozen.
  const server = createServer({ keepAliveTimeout: 60_000 });
  const port = await listen(server, host, options.port ?? 0);
  const domainName = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const counts = newCounts();
  const core: GatewayCore = {
    api: {
      apiId: options.apiId ?? 'local',
      accountId: options.accountId ?? '123456789012',
      region,
      stage,
      domainName,
    },
    routes,
    limits,
    assumptions,
    clock,
    plan,
    connections: new Connections({ clock, limits, assumptions, counts, observe }),
    invoker: new Invoker(clock, plan, counts, observe),
    requestRate: new RateMeter(clock, limits.requestsPerSecond, limits.requestBurst),
    counts,
    observe,
  };
  core.connections.listen(new Inbound(core, select));
  const doorkeeper = new Doorkeeper(core, authorize);
  const management = new ManagementApi(core, verify);
  const streams = new Set<Socket>();
  let closing: Promise<void> | undefined;
  server.on('connection', (stream) => {
    streams.add(stream);
    stream.once('close', () => streams.delete(stream));
  });
  server.on('upgrade', (request, stream, head) => {
    if (closing) stream.destroy();
    else void doorkeeper.admit(request, stream, head);
  });
  const control =
    options.control === undefined || options.control === false
      ? undefined
      : new ControlAddress(core, options.control === true ? {} : options.control);
  server.on('request', (request, response) => {
    if (control?.isMeant(request)) control.handle(request, response);
    else if (options.pages?.(request, response) !== true) management.handle(request, response);
  });

  return {
    url: `ws://${domainName}/${stage}`,
    callbackUrl: `http://${domainName}/${stage}`,
    port,
    get connections() {
      return core.connections.ids();
    },
    counts,
    get faults() {
      return plan.faults;
    },
    set faults(faults) {
      plan.change(faults);
    },
    cut: (which, manner) => core.connections.cut(which, manner),
    reach: (point) => core.invoker.reach(point),
    close: ({ graceMs = 1000 } = {}) => {
      closing ??= shutDown(server, streams, core, graceMs);
      return closing;
    },
  };
}

/** Handlers of `$disconnect` may still post, so the server goes on answering until they are done. */
async function shutDown(
  server: Server,
  streams: ReadonlySet<Socket>,
  { connections, invoker }: GatewayCore,
  graceMs: number,
): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const grace = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, graceMs);
  });
  connections.cut('all', 'go-away');
  await Promise.race([invoker.settled(), grace]);
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  server.closeIdleConnections();
  await Promise.race([closed, grace]);
  clearTimeout(timer);
  invoker.outbound.close();
  for (const stream of streams) stream.destroy();
  await closed;
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const isTaken = error.code === 'EADDRINUSE';
      const reason = isTaken ? 'the port is taken' : error.message;
      reject(
        new GatewayError(
          isTaken ? 'port-taken' : 'cannot-listen',
          `unable to listen on ${host}:${port}; ${reason}`,
          { cause: error },
        ),
      );
    });
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  });
}
