import {
  ChalklineError,
  type MessageDefinitions,
  type StateDefinitions,
} from '@chalkline/client-sdk/protocol';
import { createApiGateway } from './adapters/api-gateway.ts';
import { createJwtVerifier } from './adapters/jwt.ts';
import { createMemoryStore } from './adapters/memory/memory-store.ts';
import { connectRedis } from './adapters/redis/connect-redis.ts';
import { createRedisStore } from './adapters/redis/redis-store.ts';
import { allMessages, allState, type Backend, type LogLine } from './backend.ts';
import { createGateway, type Gateway, type GatewayEvent, type GatewayOptions } from './emulator/index.ts';
import { causesOf } from './failure.ts';
import { LocalMeter } from './local-metrics/local-meter.ts';
import { metricPages } from './local-metrics/metric-pages.ts';
import { timedStore } from './meter.ts';
import { authorizerHandler } from './handlers/authorizer.ts';
import { connectHandler } from './handlers/connect.ts';
import { disconnectHandler } from './handlers/disconnect.ts';
import { messageHandler } from './handlers/message.ts';
import type { ClassroomStore, Clock, Gateway as SocketGateway } from './ports.ts';
import type { StoreLimits } from './store-limits.ts';

export interface DevServerOptions {
  /** What tokens are signed with: at least 32 bytes. */
  secret: string;
  /** `redis://…`; without it classrooms live in this process. */
  redisUrl?: string | undefined;
  /** 0 takes a free one. @default 8787 */
  port?: number | undefined;
  /** @default '127.0.0.1' */
  host?: string | undefined;
  /** What tokens must say of their issuer. @default not checked */
  issuer?: string | undefined;
  /** What tokens must say of their audience. @default not checked */
  audience?: string | undefined;
  /** The app's own message types. */
  messages?: MessageDefinitions | undefined;
  /** The app's own keys of the shared state. */
  state?: StateDefinitions | undefined;
  /** Lets members write to the teachers alone. @default false */
  privateMessages?: boolean | undefined;
  /** Gets what is left of each class that a teacher ends. */
  onEnded?: Backend['onEnded'];
  storeLimits?: Partial<StoreLimits> | undefined;
  /** A store of one's own instead, which the server closes with itself; then `redisUrl` and `storeLimits` are not read. */
  store?: ClassroomStore | undefined;
  /** What tokens, seats and logs tell the time by. @default Date.now */
  clock?: Clock | undefined;
  /** Limits, faults and the like of the local gateway. */
  gateway?:
    Partial<Pick<GatewayOptions, 'limits' | 'faults' | 'assumptions' | 'observe' | 'control'>> | undefined;
  /** @default nothing is logged */
  log?: ((line: LogLine) => void) | undefined;
}

export interface DevServer {
  /** What clients connect to. */
  url: string;
  /** The page of the live metrics; `/metrics` beside it has them for Prometheus. */
  dashboardUrl: string;
  gateway: Gateway;
  store: ClassroomStore;
  close(): Promise<void>;
}

/** Nobody checks these: the local gateway is given none to compare with. */
const LOCAL_CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' };

/**
 * The whole backend on this machine: the Lambda handlers behind the local gateway, with Redis or with an embedded store.
 * @throws GatewayError `port-taken`; ChalklineError `internal` if Redis does not answer; TypeError for a short secret.
 */
export async function startDevServer(options: DevServerOptions): Promise<DevServer> {
  const { secret, issuer, audience, port = 8787, host = '127.0.0.1', log = () => undefined } = options;
  // The AWS SDK warns on each start that it will drop this Node one day: of no use to whoever runs a classroom here.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  const { clock = () => Date.now() } = options;
  const verifier = createJwtVerifier({
    secret,
    clock,
    ...(issuer === undefined ? {} : { issuer }),
    ...(audience === undefined ? {} : { audience }),
  });
  const messages = allMessages(options.messages, options.privateMessages);
  const state = allState(options.state);
  const store = await openStore(options, clock);
  const meter = new LocalMeter();

  let posts: SocketGateway | undefined;
  const backend: Backend = {
    store: timedStore(store, meter),
    meter,
    verifier,
    clock,
    messages,
    state,
    onEnded: options.onEnded,
    log,
    // Made at the first event: the address is known once the gateway listens.
    get gateway() {
      return (posts ??= createApiGateway({
        endpoint: gateway.callbackUrl,
        region: 'us-east-1',
        credentials: LOCAL_CREDENTIALS,
        meter,
        onFailure: (failure) => log({ action: 'post', outcome: 'internal', ...failure }),
      }));
    },
  };
  const gateway = await createGateway({
    ...options.gateway,
    pages: metricPages(meter),
    port,
    host,
    authorizer: {
      handler: authorizerHandler(backend),
      identitySource: ['route.request.header.Sec-WebSocket-Protocol'],
    },
    routes: {
      $connect: connectHandler(backend),
      $disconnect: disconnectHandler(backend),
      $default: messageHandler(backend),
    },
    observe: (event) => {
      logFailure(event, log);
      options.gateway?.observe?.(event);
    },
  }).catch(async (error: unknown) => {
    await store.close();
    throw error;
  });
  return {
    url: gateway.url,
    dashboardUrl: `http://${new URL(gateway.url).host}/dashboard`,
    gateway,
    store,
    async close() {
      await gateway.close();
      await store.close();
    },
  };
}

/** A store that is known to answer: who starts a classroom learns now that it cannot work, not with the first frame. */
async function openStore(
  { store, redisUrl, storeLimits: limits }: DevServerOptions,
  clock: Clock,
): Promise<ClassroomStore> {
  if (store) return store;
  if (redisUrl === undefined) return createMemoryStore({ clock, limits });
  const redis = connectRedis(redisUrl);
  try {
    await redis.ping();
  } catch (cause) {
    redis.disconnect();
    throw new ChalklineError('internal', `unable to start; Redis at ${addressOf(redisUrl)} does not answer`, {
      cause,
    });
  }
  return createRedisStore({ redis, clock, limits });
}

/** The address without the password that may be in it. */
function addressOf(redisUrl: string): string {
  return URL.canParse(redisUrl) ? new URL(redisUrl).host : 'the given address';
}

/** In Lambda the platform logs what a handler throws; here nobody else does. The authorizer speaks for itself. */
function logFailure(event: GatewayEvent, log: (line: LogLine) => void): void {
  if (event.type !== 'invoked' || event.outcome === 'returned' || event.routeKey === '$authorizer') return;
  const cause = event.error instanceof Error ? causesOf(event.error) : [event.outcome];
  log({ action: event.routeKey, outcome: 'internal', cause });
}
