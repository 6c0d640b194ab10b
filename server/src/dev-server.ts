import type { MessageDefinitions } from '@chalkline/client-sdk/protocol';
import { createApiGateway } from './adapters/api-gateway.ts';
import { createJwtVerifier } from './adapters/jwt.ts';
import { createMemoryStore } from './adapters/memory/memory-store.ts';
import { connectRedis } from './adapters/redis/connect-redis.ts';
import { createRedisStore } from './adapters/redis/redis-store.ts';
import { allMessages, type Backend, type LogLine } from './backend.ts';
import { createGateway, type Gateway, type GatewayOptions } from './emulator/index.ts';
import { authorizerHandler } from './handlers/authorizer.ts';
import { connectHandler } from './handlers/connect.ts';
import { disconnectHandler } from './handlers/disconnect.ts';
import { messageHandler } from './handlers/message.ts';
import type { ClassroomStore, Gateway as SocketGateway, StoreLimits } from './ports.ts';

export interface DevServerOptions {
  /** What tokens are signed with: at least 32 bytes. */
  secret: string;
  /** `redis://…`; without it classrooms live in this process. */
  redisUrl?: string | undefined;
  /** @default 8787 */
  port?: number | undefined;
  /** @default '127.0.0.1' */
  host?: string | undefined;
  /** The app's own message types. */
  messages?: MessageDefinitions | undefined;
  storeLimits?: Partial<StoreLimits> | undefined;
  /** Limits, faults and the like of the local gateway. */
  gateway?: Partial<Pick<GatewayOptions, 'limits' | 'faults' | 'assumptions' | 'observe'>> | undefined;
  /** @default nothing is logged */
  log?: ((line: LogLine) => void) | undefined;
}

export interface DevServer {
  /** What clients connect to. */
  url: string;
  gateway: Gateway;
  store: ClassroomStore;
  close(): Promise<void>;
}

/** Nobody checks these: the local gateway is given none to compare with. */
const LOCAL_CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' };

/**
 * The whole backend on this machine: the Lambda handlers behind the local gateway, with Redis or with an embedded store.
 * @throws GatewayError `port-taken`; ChalklineError `internal` if Redis does not answer.
 */
export async function startDevServer(options: DevServerOptions): Promise<DevServer> {
  const {
    secret,
    redisUrl,
    port = 8787,
    host = '127.0.0.1',
    storeLimits: limits,
    log = () => undefined,
  } = options;
  const clock = () => Date.now();
  const verifier = createJwtVerifier({ secret, clock });
  const messages = allMessages(options.messages);
  const store =
    redisUrl === undefined
      ? createMemoryStore({ clock, limits })
      : createRedisStore({ redis: connectRedis(redisUrl), clock, limits });

  let posts: SocketGateway | undefined;
  const backend: Backend = {
    store,
    verifier,
    clock,
    messages,
    log,
    // Made at the first event: the address is known once the gateway listens.
    get gateway() {
      return (posts ??= createApiGateway({
        endpoint: gateway.callbackUrl,
        region: 'us-east-1',
        credentials: LOCAL_CREDENTIALS,
      }));
    },
  };
  const gateway = await createGateway({
    ...options.gateway,
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
  }).catch(async (error: unknown) => {
    await store.close();
    throw error;
  });
  return {
    url: gateway.url,
    gateway,
    store,
    async close() {
      await gateway.close();
      await store.close();
    },
  };
}
