import {
  createGateway,
  createProcessFunction,
  type Gateway,
  type GatewayOptions,
  type ProcessFunction,
} from '@chalkline/server/emulator';
import type { Assembly, Facts } from './assembly.ts';
import { freePort } from './redis.ts';

export const region = 'eu-central-1';
const apiId = 'rehearsal';
const credentials = { accessKeyId: 'rehearsal', secretAccessKey: 'rehearsal', sessionToken: 'rehearsal' };

/** What is known of every deployment here. */
export const apiFactOf: Facts = (name, type) => {
  const [id = ''] = name.split('.');
  if (name === 'AWS::Region') return region;
  if (name === 'AWS::URLSuffix') return 'amazonaws.com';
  if (type === 'AWS::ApiGatewayV2::Api') return apiId;
  if (type === 'AWS::Lambda::Function') return `arn:lambda:${id}`;
  return id;
};

export interface DeploymentOptions {
  /** Of the names in the functions' environment, who has them here. @default the API's own name only */
  addresses?: [theirs: string, ours: string][];
  /** What the functions get beside their own environment. */
  environment?: Record<string, string>;
  gateway?: Partial<GatewayOptions>;
  onLog?: (line: string) => void;
}

export interface Deployment {
  gateway: Gateway;
  /** What the functions wrote, by their names. */
  logs: { name: string; line: string }[];
  functionOf(name: string): ProcessFunction;
  close(): Promise<void>;
}

/** Runs the bundled functions of an assembly in processes of their own, behind a gateway with its routes. */
export async function startDeployment(
  assembly: Assembly,
  { addresses = [], environment: given = {}, gateway: options, onLog }: DeploymentOptions,
): Promise<Deployment> {
  const port = await freePort();
  const api = assembly.api();
  const known = [
    ...addresses,
    [`https://${apiId}.execute-api.${region}.amazonaws.com`, `http://127.0.0.1:${port}`] as const,
  ];
  const logs: Deployment['logs'] = [];
  const functions = new Map<string, ProcessFunction>();
  const byName = new Map<string, ProcessFunction>();
  for (const [id, { name, memoryMiB, environment, ...asset }] of assembly.functions()) {
    const reachable = Object.entries(environment).map(([variable, value]) => [
      variable,
      known.reduce((text, [theirs, ours]) => text.replace(theirs, ours), value),
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
        ...given,
      },
      onLog(line) {
        logs.push({ name, line });
        onLog?.(line);
      },
    });
    functions.set(id, made);
    byName.set(name, made);
  }
  const found = (known: Map<string, ProcessFunction>, key: string): ProcessFunction => {
    const made = known.get(key);
    if (!made) throw new Error(`the assembly has no function ${key}`);
    return made;
  };
  const gateway = await createGateway({
    port,
    region,
    apiId,
    stage: api.stage,
    credentials,
    routeSelectionExpression: api.routeSelectionExpression,
    authorizer: {
      handler: found(functions, api.authorizer.functionId),
      identitySource: api.authorizer.identitySource,
    },
    routes: Object.fromEntries(
      api.routes.map(({ key, functionId, timeoutMs, throttle, returnResponse }) => [
        key,
        { handler: found(functions, functionId), timeoutMs, throttle, returnResponse },
      ]),
    ),
    ...options,
  });
  return {
    gateway,
    logs,
    functionOf: (name) => found(byName, name),
    async close() {
      await gateway.close();
      await Promise.all([...functions.values()].map((made) => made.close()));
    },
  };
}
