import { Cluster, Redis, type RedisOptions } from 'ioredis';

export interface ConnectRedisOptions {
  /** Whether the url is the configuration endpoint of a cache in cluster mode. @default false */
  isCluster?: boolean | undefined;
  /**
   * The name of the primary where Sentinels watch over it. The url then holds the addresses of Sentinels,
   * `redis://a:26379,b:26379,c:26379`, with the user and password of the primary. @default no Sentinels
   */
  sentinelName?: string | undefined;
  /** Whether to read from replicas, of which the reader endpoint of ElastiCache is one. @default false */
  isReader?: boolean | undefined;
  /** Who signed the server's certificate, in PEM. @default those whom Node trusts */
  certificateAuthority?: string | undefined;
  /** Hears of lost connections. Each command that fails by one rejects on its own as well. @default nothing */
  onError?: ((error: Error) => void) | undefined;
}

/** A Lambda that waits longer for its cache than this answers nobody in time. */
const TIMEOUT_MS = 1000;

const retryStrategy = (times: number): number =>
  Math.min(50 * 2 ** (times - 1), 500) * (0.5 + Math.random() / 2);

const connection = {
  connectTimeout: TIMEOUT_MS,
  commandTimeout: TIMEOUT_MS,
  // A primary that hangs keeps its connections: only silence tells that it may have been replaced.
  socketTimeout: TIMEOUT_MS,
  // A frozen Lambda thaws with dead sockets: the first command fails by one and has to be tried once more.
  maxRetriesPerRequest: 1,
  keepAlive: 10_000,
  // A primary that became a replica: its name leads to the new one by now. The command itself is left to its sender.
  reconnectOnError: ({ message }: Error): boolean => /^(READONLY|MASTERDOWN)/.test(message),
} satisfies RedisOptions;

/**
 * A Redis client that suits a Lambda: it connects with its first command, gives up in about a second instead of holding a
 * frame, and comes back by itself after a failover: by the name, which leads to the new primary (ElastiCache), by asking
 * the Sentinels, or by the map of the cluster. Make one for each cold start, outside the handler.
 *
 * @param url `redis://` or, with TLS, `rediss://`, with user and password in it if there are any.
 */
export function connectRedis(url: string, options: ConnectRedisOptions = {}): Redis | Cluster {
  const { isCluster = false, sentinelName, onError = () => undefined } = options;
  let redis: Redis | Cluster;
  if (isCluster) redis = connectCluster(new URL(url), options);
  else if (sentinelName !== undefined) redis = connectSentinel(url, sentinelName, options);
  // AWS closes every connection for as long as a failover takes, so `retryStrategy` alone brings the client back.
  else redis = new Redis(url, { ...connection, ...tlsOf(url, options), lazyConnect: true, retryStrategy });
  redis.on('error', onError);
  return redis;
}

function connectSentinel(url: string, name: string, options: ConnectRedisOptions): Redis {
  // A URL has one host; several are several URLs that share the rest.
  const [, scheme = '', login = '', hosts = ''] = /^(rediss?:\/\/)([^@/]*@)?([^/]*)/.exec(url) ?? [];
  const urls = hosts.split(',').map((host) => new URL(`${scheme}${login}${host}`));
  const { tls } = tlsOf(url, options);
  return new Redis({
    ...connection,
    ...loginOf(urls[0] ?? new URL(url)),
    ...(tls ? { tls, enableTLSForSentinelMode: true, sentinelTLS: tls } : {}),
    lazyConnect: true,
    name,
    role: options.isReader ? 'slave' : 'master',
    sentinels: urls.map(({ hostname, port }) => ({ host: hostname, port: Number(port || 26_379) })),
    sentinelCommandTimeout: TIMEOUT_MS,
    retryStrategy,
    // Not `failoverDetector`: news of a failover in the middle of a reconnect ends such a client for good (ioredis 6.0). A
    // primary that was replaced closes its connections once a Sentinel reaches it, and one that hangs is left for silence.
    sentinelRetryStrategy: retryStrategy,
  });
}

function connectCluster(address: URL, options: ConnectRedisOptions): Cluster {
  return new Cluster([{ host: address.hostname, port: Number(address.port || 6379) }], {
    lazyConnect: true,
    scaleReads: options.isReader ? 'slave' : 'master',
    clusterRetryStrategy: retryStrategy,
    // The certificate names the nodes' host names; looked up, they would no longer match.
    dnsLookup: (name, callback) => {
      callback(null, name);
    },
    redisOptions: { ...connection, ...loginOf(address), ...tlsOf(address.href, options) },
  });
}

function loginOf({ username, password }: URL): Pick<RedisOptions, 'username' | 'password'> {
  return {
    ...(username === '' ? {} : { username: decodeURIComponent(username) }),
    ...(password === '' ? {} : { password: decodeURIComponent(password) }),
  };
}

function tlsOf(url: string, { certificateAuthority: ca }: ConnectRedisOptions): Pick<RedisOptions, 'tls'> {
  if (!url.startsWith('rediss:')) return {};
  return { tls: ca === undefined ? {} : { ca } };
}
