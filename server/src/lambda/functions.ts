import type { MessageDefinitions, StateDefinitions } from '@chalkline/client-sdk/protocol';
import { createApiGateway } from '../adapters/api-gateway.ts';
import { createJwtVerifier } from '../adapters/jwt.ts';
import { createEmbeddedMeter, createLog } from '../adapters/powertools.ts';
import { connectRedis } from '../adapters/redis/connect-redis.ts';
import { createRedisStore } from '../adapters/redis/redis-store.ts';
import { createSecrets } from '../adapters/secrets.ts';
import { Archive } from '../archive/archive.ts';
import { allMessages, allState, type Backend } from '../backend.ts';
import { authorizerHandler } from '../handlers/authorizer.ts';
import { connectHandler } from '../handlers/connect.ts';
import { disconnectHandler } from '../handlers/disconnect.ts';
import { messageHandler } from '../handlers/message.ts';
import { operatorHandler } from '../handlers/operator.ts';
import { sweepHandler } from '../handlers/sweep.ts';
import { timedStore } from '../meter.ts';
import type { TokenVerifier } from '../ports.ts';
import type { StoreLimits } from '../store-limits.ts';
import { readDoorEnvironment, readRoomEnvironment } from './environment.ts';
import { serve } from './serve.ts';

/** What the module that an app gives to its deployment may export. */
export interface App {
  /** The app's own message types. */
  messages?: MessageDefinitions;
  /** The app's own keys of the shared state. */
  state?: StateDefinitions;
  /** Lets members write to the teachers alone. @default false */
  privateMessages?: boolean;
  /** Gets what is left of each class that a teacher ends: docs/class-control.md. */
  onEnded?: Backend['onEnded'];
}

const clock = (): number => Date.now();
const log = createLog();
const meter = createEmbeddedMeter();
const watch = { log, flush: () => meter.flush() };

function openDoor(): TokenVerifier {
  const { SECRETS_URL: endpoint, JWT_SECRET_ID, JWKS_URL, JWT_ISSUER, JWT_AUDIENCE } = readDoorEnvironment();
  return createJwtVerifier({
    clock,
    ...(JWT_SECRET_ID === undefined
      ? {}
      : { secret: createSecrets({ secretId: JWT_SECRET_ID, endpoint, clock }) }),
    ...(JWKS_URL === undefined ? {} : { jwksUrl: JWKS_URL }),
    ...(JWT_ISSUER === undefined ? {} : { issuer: JWT_ISSUER }),
    ...(JWT_AUDIENCE === undefined ? {} : { audience: JWT_AUDIENCE }),
  });
}

/** The way to the cache. @param onRefused hears that the password is not the cache's (any more) */
async function openCache(onRefused: () => void) {
  const environment = readRoomEnvironment();
  const { SECRETS_URL: endpoint, CACHE_SECRET_ID: secretId } = environment;
  const readPassword = createSecrets({ secretId, endpoint, clock });
  const [password = ''] = await readPassword(false);
  const connect = (address: string, isReader: boolean) => {
    const url = new URL(address);
    url.password = encodeURIComponent(password);
    return connectRedis(url.href, {
      isCluster: environment.CACHE_IS_CLUSTER,
      isReader,
      onError: ({ message }) => {
        if (/WRONGPASS|NOAUTH/.test(message)) onRefused();
      },
    });
  };
  return { environment, connect };
}

const openGateway = (endpoint: string) =>
  createApiGateway({
    endpoint,
    meter,
    onFailure: (failure) => log({ action: 'post', outcome: 'internal', ...failure }),
  });

async function openRooms(renew: () => void): Promise<Pick<Backend, 'store' | 'gateway' | 'log' | 'meter'>> {
  const { environment, connect } = await openCache(() => {
    // It was changed, or is wrong: either way it is read again, and this client would try it for ever.
    renew();
    void store.close();
  });
  const { CACHE_URL, CACHE_READER_URL, CACHE_REPLICAS, CALLBACK_URL, STORE_LIMITS = '{}' } = environment;
  const store = createRedisStore({
    redis: connect(CACHE_URL, false),
    reader: CACHE_READER_URL === undefined ? undefined : connect(CACHE_READER_URL, true),
    replicas: CACHE_REPLICAS,
    limits: JSON.parse(STORE_LIMITS) as Partial<StoreLimits>,
    clock,
  });
  return { store: timedStore(store, meter), gateway: openGateway(CALLBACK_URL), log, meter };
}

export const authorizer = () =>
  serve({
    action: 'authorize',
    ...watch,
    speaksForItself: true,
    open: () => Promise.resolve(authorizerHandler({ verifier: openDoor(), log, meter })),
  });

export const connect = () =>
  serve({ action: 'connect', ...watch, open: async (renew) => connectHandler(await openRooms(renew)) });

export const message = ({ messages, state, privateMessages, onEnded }: App) =>
  serve({
    action: 'message',
    ...watch,
    open: async (renew) => {
      const rooms = await openRooms(renew);
      return messageHandler({
        ...rooms,
        verifier: openDoor(),
        clock,
        messages: allMessages(messages, privateMessages),
        state: allState(state),
        onEnded,
      });
    },
  });

export const disconnect = () =>
  serve({ action: 'disconnect', ...watch, open: async (renew) => disconnectHandler(await openRooms(renew)) });

export const sweep = () =>
  serve({ action: 'sweep', ...watch, open: async (renew) => sweepHandler(await openRooms(renew)) });

export const operator = () =>
  serve({
    action: 'operate',
    ...watch,
    open: async (renew) => {
      const { environment, connect } = await openCache(() => {
        renew();
        redis.disconnect();
      });
      const redis = connect(environment.CACHE_URL, false);
      return operatorHandler({
        archive: new Archive(redis, { replicas: environment.CACHE_REPLICAS }),
        gateway: openGateway(environment.CALLBACK_URL),
        log,
      });
    },
  });
