import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectRedis, type StoreLimits } from '@chalkline/server';
import type { Gateway, GatewayEvent, GatewayOptions } from '@chalkline/server/emulator';
import { ClassroomStack } from '@chalkline/server/infra';
import { App } from 'aws-cdk-lib';
import flags from 'aws-cdk-lib/recommended-feature-flags.json' with { type: 'json' };
import { Assembly } from './assembly.ts';
import { apiFactOf, region, startDeployment } from './deployment.ts';
import { startLambdaApi } from './lambda-api.ts';
import { poll } from './poll.ts';
import type { RedisProcess } from './redis.ts';
import { SECRET } from './sdk-client.ts';
import { startSecretsManager, type SecretsManager } from './secrets-manager.ts';
import { startRedisCluster } from './redis-cluster.ts';
import { createCertificate, startTlsRedis, type Certificate, type TlsRedisOptions } from './tls.ts';

export interface RehearsalOptions {
  /** `large` has its cache in cluster mode, with one replica a shard for want of machines. @default 'small' */
  preset?: 'small' | 'large';
  /** Passed to the stack: the path of a module with the app's own message types. */
  app?: string;
  limits?: Partial<StoreLimits>;
  faults?: GatewayOptions['faults'];
  observe?: (event: GatewayEvent) => void;
}

/** What was deployed, without AWS. */
export interface Rehearsal {
  /** Where clients connect. */
  url: string;
  gateway: Gateway;
  primary: RedisProcess;
  /** The nodes that have a key of the cache: first the primary. */
  nodesOf(key: string): Promise<RedisProcess[]>;
  certificate: Certificate;
  secrets: SecretsManager;
  /** The name of the secret that tokens are signed with. */
  jwtSecretId: string;
  /** What the functions wrote, by their names. */
  logs: { name: string; line: string }[];
  /** Where the AWS SDK's Lambda client invokes a function by its name. */
  lambdaUrl: string;
  /** What the schedule does once a minute. */
  sweep(): Promise<void>;
  close(): Promise<void>;
}

const [PRIMARY, READER, CLUSTER] = ['primary.cache', 'reader.cache', 'cluster.cache'];

/**
 * Synthesizes the stack, then does what CloudFormation would do with it: reads routes, authorizer, environment, timeouts and
 * memory from the cloud assembly, and runs the bundled assets in processes of their own, against a Redis with TLS, one
 * user and a replica, and a Secrets Manager. Every post to a client has to be signed. Code of ours runs nowhere else.
 */
export async function startRehearsal(options: RehearsalOptions = {}): Promise<Rehearsal> {
  const { preset = 'small', app, limits, faults, observe } = options;
  const folder = await mkdtemp(join(tmpdir(), 'chalkline-rehearsal-'));
  // CloudFormation's schema is asked in the tests of the template: it takes some seconds.
  const cdk = new App({ outdir: folder, builtinCloudFormationValidation: false, context: flags });
  new ClassroomStack(cdk, 'Rehearsal', {
    preset,
    cache: { replicas: 1 },
    ...(app === undefined ? {} : { app }),
    ...(limits === undefined ? {} : { limits }),
  });
  cdk.synth();
  const assembly = new Assembly(folder, 'Rehearsal', factOf);

  const certificate = await createCertificate();
  const secrets = await startSecretsManager();
  const password = 'thePasswordOfTheCache';
  let jwtSecretId = '';
  for (const { id, properties } of assembly.all('AWS::SecretsManager::Secret')) {
    const isOfTokens = String(properties.Description).includes('tokens');
    if (isOfTokens) jwtSecretId = id;
    secrets.put(id, isOfTokens ? SECRET : password);
  }
  const { UserName, AccessString } = assembly.one('AWS::ElastiCache::User');
  const user = { name: String(UserName), password, rights: String(AccessString).replace(/^on /, '') };
  const cache = await (preset === 'small' ? startPair : startShards)({ certificate, user });

  const deployment = await startDeployment(assembly, {
    /** The names that AWS would give out, and who has them here. */
    addresses: [...cache.addresses, [`https://secretsmanager.${region}.amazonaws.com`, secrets.url]],
    // Amazon's own authority is among those that Node knows.
    environment: { NODE_EXTRA_CA_CERTS: certificate.pemFile },
    gateway: { ...(faults ? { faults } : {}), ...(observe ? { observe } : {}) },
  });
  const { gateway, logs } = deployment;
  const context = { getRemainingTimeInMillis: () => 55_000 } as never;
  const lambda = await startLambdaApi((name, event) =>
    deployment.functionOf(name).invoke(event, context, {}),
  );
  return {
    url: gateway.url,
    gateway,
    primary: cache.primary,
    nodesOf: (key) => cache.nodesOf(key),
    certificate,
    secrets,
    jwtSecretId,
    logs,
    lambdaUrl: lambda.url,
    async sweep() {
      await deployment.functionOf('sweep').invoke({}, context, {});
    },
    async close() {
      await deployment.close();
      await Promise.all([cache.stop(), secrets.close(), lambda.close()]);
      await certificate.remove();
      await rm(folder, { recursive: true });
    },
  };
}

function factOf(name: string, type: string | undefined): string {
  const attribute = name.split('.').slice(1).join('.');
  if (attribute === 'PrimaryEndPoint.Address') return PRIMARY;
  if (attribute === 'ReaderEndPoint.Address') return READER;
  if (attribute === 'ConfigurationEndPoint.Address') return CLUSTER;
  return apiFactOf(name, type);
}

/** The nodes of a cache, and what they are called by the functions. */
interface Cache {
  primary: RedisProcess;
  addresses: [theirs: string, ours: string][];
  nodesOf(key: string): Promise<RedisProcess[]>;
  stop(): Promise<void>;
}

async function startPair(login: Pick<TlsRedisOptions, 'certificate' | 'user'>): Promise<Cache> {
  const primary = await startTlsRedis(login);
  const replica = await startTlsRedis({ ...login, primaryPort: primary.port });
  await follows(replica, login.certificate);
  return {
    primary,
    addresses: [
      [`${PRIMARY}:6379`, `127.0.0.1:${primary.port}`],
      [`${READER}:6379`, `127.0.0.1:${replica.port}`],
    ],
    nodesOf: () => Promise.resolve([primary, replica]),
    async stop() {
      await Promise.all([replica.stop(), primary.stop()]);
    },
  };
}

async function startShards(tls: Pick<TlsRedisOptions, 'certificate' | 'user'>): Promise<Cache> {
  const cluster = await startRedisCluster({ replicas: 1, nodeTimeoutMs: 1000, tls });
  const [primary] = cluster.nodes;
  if (!primary) throw new Error('the cluster has no node');
  const addresses: Cache['addresses'] = [[`${CLUSTER}:6379`, `127.0.0.1:${primary.port}`]];
  return { primary, addresses, nodesOf: cluster.nodesOf, stop: cluster.stop };
}

async function follows(replica: RedisProcess, { pem }: Certificate): Promise<void> {
  const redis = connectRedis(replica.url, { certificateAuthority: pem });
  await poll('the replica follows', async () =>
    (await redis.info('replication')).includes('master_link_status:up'),
  );
  redis.disconnect();
}
