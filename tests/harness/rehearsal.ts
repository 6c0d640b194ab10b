import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectRedis, type StoreLimits } from '@chalkline/server';
import {
  createGateway,
  createProcessFunction,
  type Gateway,
  type GatewayEvent,
  type GatewayOptions,
  type ProcessFunction,
} from '@chalkline/server/emulator';
import { ClassroomStack } from '@chalkline/server/infra';
import { App } from 'aws-cdk-lib';
import { Assembly } from './assembly.ts';
import { poll } from './poll.ts';
import { freePort, type RedisProcess } from './redis.ts';
import { SECRET } from './sdk-client.ts';
import { startSecretsManager, type SecretsManager } from './secrets-manager.ts';
import { createCertificate, startTlsRedis, type Certificate } from './tls.ts';

export interface RehearsalOptions {
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
  replica: RedisProcess;
  certificate: Certificate;
  secrets: SecretsManager;
  /** The name of the secret that tokens are signed with. */
  jwtSecretId: string;
  /** What the functions wrote, by their names. */
  logs: { name: string; line: string }[];
  /** What the schedule does once a minute. */
  sweep(): Promise<void>;
  close(): Promise<void>;
}

const region = 'eu-central-1';
const apiId = 'rehearsal';
const credentials = { accessKeyId: 'rehearsal', secretAccessKey: 'rehearsal', sessionToken: 'rehearsal' };
const [PRIMARY, READER] = ['primary.cache', 'reader.cache'];

/**
 * Synthesizes the stack, then does what CloudFormation would do with it: reads routes, authorizer, environment, timeouts and
 * memory from the cloud assembly, and runs the bundled assets in processes of their own, against a Redis with TLS, one
 * user and a replica, and a Secrets Manager. Every post to a client has to be signed. Code of ours runs nowhere else.
 */
export async function startRehearsal(options: RehearsalOptions = {}): Promise<Rehearsal> {
  const { app, limits, faults, observe } = options;
  const folder = await mkdtemp(join(tmpdir(), 'chalkline-rehearsal-'));
  // CloudFormation's schema is asked in the tests of the template: it takes some seconds.
  const cdk = new App({ outdir: folder, builtinCloudFormationValidation: false });
  new ClassroomStack(cdk, 'Rehearsal', {
    preset: 'small',
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
  const primary = await startTlsRedis({ certificate, user });
  const replica = await startTlsRedis({ certificate, user, primaryPort: primary.port });

  const port = await freePort();
  const api = assembly.api();
  /** The names that AWS would give out, and who has them here. */
  const addresses: [string, string][] = [
    [`${PRIMARY}:6379`, `127.0.0.1:${primary.port}`],
    [`${READER}:6379`, `127.0.0.1:${replica.port}`],
    [`https://secretsmanager.${region}.amazonaws.com`, secrets.url],
    [`https://${apiId}.execute-api.${region}.amazonaws.com`, `http://127.0.0.1:${port}`],
  ];
  const logs: Rehearsal['logs'] = [];
  const functions = new Map<string, ProcessFunction>();
  let sweeper: ProcessFunction | undefined;
  for (const [id, { name, memoryMiB, environment, ...asset }] of assembly.functions()) {
    const reachable = Object.entries(environment).map(([variable, value]) => [
      variable,
      addresses.reduce((text, [theirs, ours]) => text.replace(theirs, ours), value),
    ]);
    const made = createProcessFunction({
      ...asset,
      name,
      region,
      environment: {
        ...(Object.fromEntries(reachable) as Record<string, string>),
        AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMiB),
        AWS_ACCESS_KEY_ID: credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
        AWS_SESSION_TOKEN: credentials.sessionToken,
        // Amazon's own authority is among those that Node knows.
        NODE_EXTRA_CA_CERTS: certificate.pemFile,
      },
      onLog: (line) => logs.push({ name, line }),
    });
    functions.set(id, made);
    if (name === 'sweep') sweeper = made;
  }
  const functionOf = (id: string): ProcessFunction => {
    const found = functions.get(id);
    if (!found) throw new Error(`the assembly has no function ${id}`);
    return found;
  };
  const gateway = await createGateway({
    port,
    region,
    apiId,
    stage: api.stage,
    credentials,
    routeSelectionExpression: api.routeSelectionExpression,
    authorizer: {
      handler: functionOf(api.authorizer.functionId),
      identitySource: api.authorizer.identitySource,
    },
    routes: Object.fromEntries(
      api.routes.map(({ key, functionId, timeoutMs }) => [
        key,
        { handler: functionOf(functionId), timeoutMs, throttle: api.throttle },
      ]),
    ),
    ...(faults ? { faults } : {}),
    ...(observe ? { observe } : {}),
  });
  await follows(replica, certificate);
  return {
    url: gateway.url,
    gateway,
    primary,
    replica,
    certificate,
    secrets,
    jwtSecretId,
    logs,
    async sweep() {
      const context = { getRemainingTimeInMillis: () => 55_000 };
      await sweeper?.invoke({}, context as never, {});
    },
    async close() {
      await gateway.close();
      await Promise.all([...functions.values()].map((made) => made.close()));
      await Promise.all([replica.stop(), primary.stop(), secrets.close()]);
      await certificate.remove();
      await rm(folder, { recursive: true });
    },
  };
}

function factOf(name: string, type: string | undefined): string {
  const [id = '', ...attribute] = name.split('.');
  if (name === 'AWS::Region') return region;
  if (name === 'AWS::URLSuffix') return 'amazonaws.com';
  if (type === 'AWS::ApiGatewayV2::Api') return apiId;
  if (type === 'AWS::Lambda::Function') return `arn:lambda:${id}`;
  if (attribute.join('.') === 'PrimaryEndPoint.Address') return PRIMARY;
  if (attribute.join('.') === 'ReaderEndPoint.Address') return READER;
  return id;
}

async function follows(replica: RedisProcess, { pem }: Certificate): Promise<void> {
  const redis = connectRedis(replica.url, { certificateAuthority: pem });
  await poll('the replica follows', async () =>
    (await redis.info('replication')).includes('master_link_status:up'),
  );
  redis.disconnect();
}
