import { Cluster, Redis } from 'ioredis';

export interface ConnectRedisOptions {
  /** Whether the url is the configuration endpoint of a cache in cluster mode. @default false */
  isCluster?: boolean | undefined;
  /** Hears of lost connections. Each command that fails by one rejects on its own as well. @default nothing */
  onError?: ((error: Error) => void) | undefined;
}

/** A Lambda that waits longer for its cache than this answers nobody in time. */
const TIMEOUT_MS = 1000;

const retryStrategy = (times: number): number =>
  Math.min(50 * 2 ** (times - 1), 2000) * (0.5 + Math.random() / 2);

const connection = {
  connectTimeout: TIMEOUT_MS,
  commandTimeout: TIMEOUT_MS,
  // A frozen Lambda thaws with dead sockets: the first command fails by one and has to be tried once more.
  maxRetriesPerRequest: 1,
  keepAlive: 10_000,
  // A primary that became a replica: its name leads to the new one by now. The command itself is left to its sender.
  reconnectOnError: ({ message }: Error): boolean => message.startsWith('READONLY'),
};

/**
 * A Redis client that suits a Lambda: it connects with its first command, gives up in about a second instead of holding a
 * frame, and comes back by itself after a failover. Make one for each cold start, outside the handler.
 *
 * @param url `redis://` or, with TLS, `rediss://`, with user and password in it if there are any.
 */
export function connectRedis(url: string, options: ConnectRedisOptions = {}): Redis | Cluster {
  const { isCluster = false, onError = () => undefined } = options;
  if (isCluster) {
    const cluster = connectCluster(url);
    cluster.on('error', onError);
    return cluster;
  }
  // AWS closes every connection for as long as a failover takes, so `retryStrategy` alone brings the client back.
  const redis = new Redis(url, { ...connection, lazyConnect: true, retryStrategy });
  redis.on('error', onError);
  return redis;
}

function connectCluster(url: string): Cluster {
  const { hostname, port, username, password, protocol } = new URL(url);
  return new Cluster([{ host: hostname, port: Number(port || 6379) }], {
    lazyConnect: true,
    clusterRetryStrategy: retryStrategy,
    // The certificate names the nodes' host names; looked up, they would no longer match.
    dnsLookup: (address, callback) => {
      callback(null, address);
    },
    redisOptions: {
      ...connection,
      ...(username === '' ? {} : { username: decodeURIComponent(username) }),
      ...(password === '' ? {} : { password: decodeURIComponent(password) }),
      ...(protocol === 'rediss:' ? { tls: {} } : {}),
    },
  });
}
