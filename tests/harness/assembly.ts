import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A resource of a synthesized template. */
interface Resource {
  Type: string;
  Properties: Record<string, unknown>;
}

/** What only a deployment knows: what `Ref` and `Fn::GetAtt` come to, by `LogicalId` or `LogicalId.Attribute`. */
export type Facts = (name: string, type: string | undefined) => string;

export interface FunctionAsset {
  name: string;
  folder: string;
  handler: string;
  timeoutMs: number;
  memoryMiB: number;
  environment: Record<string, string>;
}

export interface RouteDescription {
  key: string;
  /** The logical id of its function. */
  functionId: string;
  /** How long the API waits for it. */
  timeoutMs: number;
  isAuthorized: boolean;
  returnResponse: boolean;
  /** Its own, or that of the stage. */
  throttle: { requestsPerSecond: number; burst: number };
}

export interface ApiDescription {
  stage: string;
  routeSelectionExpression: string;
  routes: RouteDescription[];
  authorizer: { functionId: string; identitySource: string[] };
}

interface RouteSettings {
  ThrottlingRateLimit: number;
  ThrottlingBurstLimit: number;
}

/** How long an integration may take that says nothing of it. */
const DEFAULT_TIMEOUT_MS = 29_000;

/** Reads what `cdk synth` wrote, as CloudFormation would, and nothing of the code that wrote it. */
export class Assembly {
  readonly #folder: string;
  readonly #resources: Record<string, Resource>;
  readonly #assets: Record<string, { source: { path: string } }>;
  readonly #facts: Facts;

  constructor(folder: string, stack: string, facts: Facts) {
    const read = (file: string): unknown => JSON.parse(readFileSync(join(folder, file), 'utf8'));
    this.#folder = folder;
    this.#resources = (read(`${stack}.template.json`) as { Resources: Record<string, Resource> }).Resources;
    this.#assets = (
      read(`${stack}.assets.json`) as { files: Record<string, { source: { path: string } }> }
    ).files;
    this.#facts = facts;
  }

  /** The resources of a type, with everything resolved. */
  all(type: string): { id: string; properties: Record<string, unknown> }[] {
    return Object.entries(this.#resources)
      .filter(([, resource]) => resource.Type === type)
      .map(([id, { Properties }]) => ({
        id,
        properties: this.#resolve(Properties) as Record<string, unknown>,
      }));
  }

  /** The one resource of a type. */
  one(type: string): Record<string, unknown> {
    const [found, ...others] = this.all(type);
    if (!found || others.length > 0) throw new Error(`one ${type} was expected, not ${others.length + 1}`);
    return found.properties;
  }

  /** The functions, by logical id. */
  functions(): Map<string, FunctionAsset> {
    return new Map(
      this.all('AWS::Lambda::Function').map(({ id, properties }) => {
        const { Code, Description, Handler, Timeout, MemorySize, Environment } = properties as {
          Code: { S3Key: string };
          Description: string;
          Handler: string;
          Timeout: number;
          MemorySize: number;
          Environment: { Variables: Record<string, string> };
        };
        const asset = this.#assets[Code.S3Key.replace(/\.zip$/, '')];
        if (!asset) throw new Error(`the assembly has no asset for ${id}`);
        const made = {
          name: Description.split(' ').at(-1) ?? id,
          folder: join(this.#folder, asset.source.path),
          handler: Handler,
          timeoutMs: Timeout * 1000,
          memoryMiB: MemorySize,
          environment: Environment.Variables,
        };
        return [id, made];
      }),
    );
  }

  api(): ApiDescription {
    const { RouteSelectionExpression } = this.one('AWS::ApiGatewayV2::Api');
    const stage = this.one('AWS::ApiGatewayV2::Stage') as {
      StageName: string;
      DefaultRouteSettings: RouteSettings;
      RouteSettings?: Record<string, RouteSettings>;
    };
    const authorizer = this.one('AWS::ApiGatewayV2::Authorizer');
    const integrations = new Map(
      this.all('AWS::ApiGatewayV2::Integration').map(({ id, properties }) => [id, properties]),
    );
    const answering = this.all('AWS::ApiGatewayV2::RouteResponse').map(
      ({ properties }) => properties.RouteId,
    );
    return {
      stage: stage.StageName,
      routeSelectionExpression: String(RouteSelectionExpression),
      routes: this.all('AWS::ApiGatewayV2::Route').map(({ id, properties }) => {
        const integration = integrations.get(String(properties.Target).replace('integrations/', ''));
        const key = String(properties.RouteKey);
        const throttle = stage.RouteSettings?.[key] ?? stage.DefaultRouteSettings;
        return {
          key,
          functionId: functionIdOf(integration?.IntegrationUri),
          timeoutMs: Number(integration?.TimeoutInMillis ?? DEFAULT_TIMEOUT_MS),
          isAuthorized: properties.AuthorizationType === 'CUSTOM',
          returnResponse: answering.includes(id),
          throttle: { requestsPerSecond: throttle.ThrottlingRateLimit, burst: throttle.ThrottlingBurstLimit },
        };
      }),
      authorizer: {
        functionId: functionIdOf(authorizer.AuthorizerUri),
        identitySource: authorizer.IdentitySource as string[],
      },
    };
  }

  #resolve(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((item) => this.#resolve(item));
    if (typeof value !== 'object' || value === null) return value;
    const [[name, argument] = ['', undefined], ...others] = Object.entries(value);
    if (others.length === 0) {
      if (name === 'Ref') return this.#fact(String(argument));
      if (name === 'Fn::GetAtt') return this.#fact((argument as string[]).join('.'));
      if (name === 'Fn::Join') {
        const [separator, parts] = argument as [string, unknown[]];
        return parts.map((part) => String(this.#resolve(part))).join(separator);
      }
      // Zones, addresses and buckets are nothing that a rehearsal has.
      if (name.startsWith('Fn::')) return name;
    }
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.#resolve(item)]));
  }

  #fact(name: string): string {
    return this.#facts(name, this.#resources[name.split('.')[0] ?? '']?.Type);
  }
}

/** An integration names its function by an address that ends in `functions/{arn}/invocations`. */
function functionIdOf(uri: unknown): string {
  const id = /functions\/arn:lambda:(\w+)\/invocations$/.exec(String(uri))?.[1];
  if (id === undefined) throw new Error(`no function stands behind ${String(uri)}`);
  return id;
}
