import { Duration, Stack, Validations } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  Code,
  Function,
  LoggingFormat,
  Runtime,
  SystemLogLevel,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Secret, type ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { bundle, functionNames, type AnyFunctionName, type FunctionName } from '../bundle.ts';
import type { Options } from '../options.ts';
import { allowSockets, type Callback } from './allow-sockets.ts';
import type { Cache } from './cache.ts';
import { createLogGroup } from './logs.ts';
import type { Network } from './network.ts';

/** Longer than any single call of a function may take, and for those behind a route no longer than the route waits. */
const timeoutS: Record<AnyFunctionName, number> = {
  authorizer: 10,
  connect: 10,
  message: 29,
  disconnect: 29,
  sweep: 55,
  // It answers after a minute, but ends a classroom that it has begun.
  operator: 300,
};

/** What each may do to sockets: `@connections` by its HTTP method. */
const socketMethods: Partial<Record<AnyFunctionName, readonly string[]>> = {
  message: ['POST', 'DELETE'],
  disconnect: ['POST'],
  sweep: ['POST'],
  operator: ['POST'],
};

/** It may hold the largest documents of a classroom at a time. */
const OPERATOR_MEMORY_MIB = 1024;

export interface FunctionsProps {
  /** What their metrics are told from those of another deployment by. */
  readonly service: string;
  readonly network: Network;
  readonly cache: Cache;
  /** The API that they post to. */
  readonly api: Callback;
  readonly options: Options;
}

/** The Lambda functions, each with a role of its own. */
export class Functions extends Construct {
  readonly byName: Readonly<Record<FunctionName, Function>>;
  /** What tokens are signed with; undefined where the signer has public keys. */
  readonly jwtSecret: ISecret | undefined;

  /** What `chalkline-server export|erase|goaway --function` invokes; undefined where the option leaves it out. */
  readonly operator: Function | undefined;
  readonly logGroups: Readonly<Record<FunctionName, LogGroup>>;

  constructor(scope: Construct, id: string, { service, network, cache, api, options }: FunctionsProps) {
    super(scope, id);
    const { auth, logRetention } = options;
    this.jwtSecret = auth.jwksUrl === undefined ? (auth.secret ?? this.#createSecret()) : undefined;
    const { region, urlSuffix } = Stack.of(this);
    const SECRETS_URL = `https://secretsmanager.${region}.${urlSuffix}`;
    const door = {
      SECRETS_URL,
      ...(this.jwtSecret ? { JWT_SECRET_ID: this.jwtSecret.secretArn } : {}),
      ...(auth.jwksUrl === undefined ? {} : { JWKS_URL: auth.jwksUrl }),
      ...(auth.issuer === undefined ? {} : { JWT_ISSUER: auth.issuer }),
      ...(auth.audience === undefined ? {} : { JWT_AUDIENCE: auth.audience }),
    };
    const rooms = {
      SECRETS_URL,
      CACHE_URL: cache.url,
      CACHE_READER_URL: cache.readerUrl,
      CACHE_SECRET_ID: cache.password.secretArn,
      ...(cache.isCluster ? { CACHE_IS_CLUSTER: 'true' } : {}),
      CACHE_REPLICAS: String(options.cache.awaitedReplicas),
      STORE_LIMITS: JSON.stringify(options.limits),
      CALLBACK_URL: `https://${api.apiId}.execute-api.${region}.${urlSuffix}/${api.stageName}`,
    };
    const environments: Record<AnyFunctionName, Record<string, string>> = {
      authorizer: door,
      connect: rooms,
      message: { ...rooms, ...door },
      disconnect: rooms,
      sweep: rooms,
      operator: rooms,
    };
    const logGroupOf = (name: AnyFunctionName) => createLogGroup(this, `${titleOf(name)}Log`, logRetention);
    const create = (name: AnyFunctionName, logGroup: LogGroup): Function => {
      const environment = { POWERTOOLS_SERVICE_NAME: service, ...environments[name] };
      const made = this.#create(name, logGroup, environment, network, options);
      if ('JWT_SECRET_ID' in environments[name]) this.jwtSecret?.grantRead(made);
      if ('CACHE_SECRET_ID' in environments[name]) cache.password.grantRead(made);
      allowSockets(made, api, socketMethods[name] ?? []);
      return made;
    };
    this.logGroups = forEach(logGroupOf);
    this.byName = forEach((name) => create(name, this.logGroups[name]));
    // Its failures are told to who invoked it: no alarm watches it.
    this.operator = options.operator ? create('operator', logGroupOf('operator')) : undefined;
    new Rule(this, 'EveryMinute', {
      description: 'Lets members go whose lease has ended where nobody is left to notice',
      schedule: Schedule.rate(Duration.minutes(1)),
      targets: [new LambdaFunction(this.byName.sweep, { retryAttempts: 0 })],
    });
  }

  #create(
    name: AnyFunctionName,
    logGroup: LogGroup,
    environment: Record<string, string>,
    network: Network,
    { app, memoryMiB, tracing }: Options,
  ): Function {
    const title = titleOf(name);
    const role = new Role(this, `${title}Role`, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    logGroup.grantWrite(role);
    role.addToPolicy(
      new PolicyStatement({
        // What Lambda does in the function's name to bring it into the VPC.
        actions: [
          'ec2:CreateNetworkInterface',
          'ec2:DescribeNetworkInterfaces',
          'ec2:DeleteNetworkInterface',
          'ec2:AssignPrivateIpAddresses',
          'ec2:UnassignPrivateIpAddresses',
        ],
        resources: ['*'],
      }),
    );
    Validations.of(role).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason:
        'Network interfaces have no name before they are made, and their description cannot be limited to resources; X-Ray, where it is on, takes no resource at all.',
    });
    return new Function(this, title, {
      description: `Classrooms: ${name}`,
      code: Code.fromAsset(bundle(name, app).folder),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: name === 'operator' ? OPERATOR_MEMORY_MIB : memoryMiB,
      timeout: Duration.seconds(timeoutS[name]),
      role,
      logGroup,
      // The functions write JSON themselves; what the platform adds is then JSON, too, and of what went well it says nothing:
      // its three lines of each invocation would cost several times as much as ours.
      loggingFormat: LoggingFormat.JSON,
      systemLogLevelV2: SystemLogLevel.WARN,
      tracing: tracing ? Tracing.ACTIVE : Tracing.DISABLED,
      vpc: network.vpc,
      vpcSubnets: { subnets: network.vpc.privateSubnets },
      securityGroups: [network.functionGroup],
      ...(network.isDualStack ? { ipv6AllowedForDualStack: true } : {}),
      environment: {
        ...environment,
        // An IPv4 address leads nowhere from there, and would be tried first.
        ...(network.isDualStack ? { NODE_OPTIONS: '--dns-result-order=ipv6first' } : {}),
      },
    });
  }

  #createSecret(): ISecret {
    const secret = new Secret(this, 'JwtSecret', {
      description: 'What classroom tokens are signed with',
      generateSecretString: { passwordLength: 64, excludePunctuation: true },
    });
    Validations.of(secret).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason: 'The signer has to learn of a new value first, so its owner changes it: docs/deploying.md.',
    });
    // The class is not written for exactOptionalPropertyTypes.
    return secret as ISecret;
  }
}

function forEach<T>(make: (name: FunctionName) => T): Record<FunctionName, T> {
  return Object.fromEntries(functionNames.map((name) => [name, make(name)])) as Record<FunctionName, T>;
}

function titleOf(name: AnyFunctionName): string {
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}
