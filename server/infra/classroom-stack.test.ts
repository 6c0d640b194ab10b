import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack, Validations } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { InterfaceVpcEndpointAwsService, SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { alarms, METRIC_NAMESPACE, metrics, panels } from '@chalkline/server';
import { AwsSolutionsChecks } from 'cdk-nag';
import { afterAll, describe, expect, it } from 'vitest';
import cdk from '../cdk.json' with { type: 'json' };
import prices from '../src/cost/prices.json' with { type: 'json' };
import { deadlines } from '../src/deadlines.ts';
import { ANSWER_MS } from '../src/handlers/operator.ts';
import { RESERVE_MS } from '../src/handlers/sweep.ts';
import { bundle, functionNames, type AnyFunctionName } from './bundle.ts';
import { ClassroomStack, type ClassroomStackProps } from './classroom-stack.ts';
import { ClassroomRealtime } from './constructs/classroom-realtime.ts';

interface Statement {
  Action: string | string[];
  Resource: unknown;
}
type Resources = Record<string, { Type: string; Properties: Record<string, unknown> }>;

const folder = mkdtempSync(join(tmpdir(), 'chalkline-synth-'));
let outdirs = 0;
const newOutdir = (): string => join(folder, String(++outdirs));
afterAll(() => rm(folder, { recursive: true }));

const certificateIn = (stack: Stack) =>
  Certificate.fromCertificateArn(stack, 'Certificate', 'arn:aws:acm:eu-west-1:123456789012:certificate/1');
/** CloudFormation's own schema is asked in app.test.ts: it takes some seconds. */
const newApp = (): App =>
  new App({ outdir: newOutdir(), builtinCloudFormationValidation: false, context: cdk.context });
const templateOf = (props: ClassroomStackProps = {}): Template => {
  const app = newApp();
  const stack = new ClassroomStack(app, 'Chalkline', props);
  // An unexplained finding fails the synthesis.
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  return Template.fromStack(stack);
};
// One synthesis each for all tests, nag's rules included.
const production = templateOf({ alarmTopicArn: 'arn:aws:sns:eu-west-1:123456789012:on-call' });
const small = templateOf({ preset: 'small', egress: 'ipv6', tracing: true });
const large = templateOf({ preset: 'large', auth: { jwksUrl: 'https://school.example/keys' } });

/** What each function may do, apart from its log and its network interface. */
function rightsOf(template: Template): Record<string, string[]> {
  const policies = Object.values(template.findResources('AWS::IAM::Policy') as Resources);
  return Object.fromEntries(
    policies.flatMap(({ Properties: { PolicyName, PolicyDocument } }) => {
      const name = /Functions(\w+?)Role/.exec(String(PolicyName))?.[1];
      if (name === undefined) return [];
      const { Statement } = PolicyDocument as { Statement: Statement[] };
      const rights = Statement.flatMap(({ Action, Resource }) =>
        [Action].flat().flatMap((action) => [Resource].flat().map((one) => `${action} ${resourceOf(one)}`)),
      );
      return [[name, rights.filter((right) => !/^(logs|ec2):/.test(right)).sort()]];
    }),
  );
}

/** Whose it is, where that is known. */
function resourceOf(resource: unknown): string {
  const text = JSON.stringify(resource);
  return /JwtSecret|CachePassword|(?<=\/live\/)\w+\/@connections\/\*/.exec(text)?.[0] ?? text;
}

describe('the cache', () => {
  it('fails over to another zone, is encrypted, asks for a password and is kept', () => {
    production.hasResource('AWS::ElastiCache::ReplicationGroup', {
      Properties: {
        Engine: 'valkey',
        AutomaticFailoverEnabled: true,
        MultiAZEnabled: true,
        NumCacheClusters: 2,
        TransitEncryptionEnabled: true,
        TransitEncryptionMode: 'required',
        AtRestEncryptionEnabled: true,
        UserGroupIds: [Match.anyValue()],
        SnapshotRetentionLimit: 7,
      },
      DeletionPolicy: 'Snapshot',
    });
    const [user] = Object.values(production.findResources('AWS::ElastiCache::User') as Resources);
    expect(JSON.stringify(user?.Properties.Passwords)).toContain('{{resolve:secretsmanager:');
    production.hasResourceProperties('AWS::ElastiCache::ParameterGroup', {
      Properties: { 'maxmemory-policy': 'noeviction' },
    });
  });

  it('is a cluster in the large preset, whose one address leads to primaries and replicas', () => {
    large.hasResourceProperties('AWS::ElastiCache::ReplicationGroup', {
      ClusterMode: 'enabled',
      NumNodeGroups: 3,
      ReplicasPerNodeGroup: 2,
    });
    const [message] = Object.values(
      large.findResources('AWS::Lambda::Function', {
        Properties: { Description: 'Classrooms: message' },
      }) as Resources,
    );
    const { Variables } = message?.Properties.Environment as { Variables: Record<string, unknown> };
    expect(Variables).toMatchObject({ CACHE_IS_CLUSTER: 'true', CACHE_REPLICAS: '2' });
    expect(Variables.CACHE_READER_URL).toEqual(Variables.CACHE_URL);
    expect(JSON.stringify(Variables.CACHE_URL)).toContain('ConfigurationEndPoint.Address');
  });

  it('is reached by the functions alone', () => {
    const rules = Object.values(production.findResources('AWS::EC2::SecurityGroupIngress') as Resources);
    expect(rules).toHaveLength(1);
    expect(JSON.stringify(rules[0]?.Properties.SourceSecurityGroupId)).toContain('FunctionGroup');
    for (const { Properties } of Object.values(
      production.findResources('AWS::EC2::SecurityGroup') as Resources,
    ))
      expect(Properties.SecurityGroupIngress).toBeUndefined();
  });

  it('lets a machine in that it is told of, at its own port', () => {
    const stack = new Stack(newApp(), 'School');
    const { cache, vpc } = new ClassroomRealtime(stack, 'Realtime', { preset: 'small' });
    cache.connections.allowDefaultPortFrom(new SecurityGroup(stack, 'Machine', { vpc }));
    Template.fromStack(stack).hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
      SourceSecurityGroupId: { 'Fn::GetAtt': [Match.stringLikeRegexp('Machine'), 'GroupId'] },
      FromPort: 6379,
      ToPort: 6379,
    });
  });
});

describe('the functions', () => {
  // Seen red: the connect function given the right to post.
  it('may do what they have to and nothing else', () => {
    const reads = ['DescribeSecret', 'GetSecretValue'].map((verb) => `secretsmanager:${verb}`);
    const secret = (name: string): string[] => reads.map((action) => `${action} ${name}`);
    const sockets = (...methods: string[]): string[] =>
      methods.map((method) => `execute-api:ManageConnections ${method}/@connections/*`);
    const posting = [...sockets('POST'), ...secret('CachePassword')].sort();
    expect(rightsOf(production)).toEqual({
      Authorizer: secret('JwtSecret'),
      Connect: secret('CachePassword'),
      Message: [...posting, ...sockets('DELETE'), ...secret('JwtSecret')].sort(),
      Disconnect: posting,
      Sweep: posting,
      Operator: posting,
    });
  });

  it('run Node 24 on arm64 in private subnets, and end before their route gives up', () => {
    const functions = Object.values(production.findResources('AWS::Lambda::Function') as Resources);
    expect(functions).toHaveLength(functionNames.length + 1);
    for (const { Properties } of functions) {
      expect(Properties).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'] });
      expect(JSON.stringify(Properties.VpcConfig)).toContain('functionsSubnet');
      expect(JSON.stringify(Properties.Environment)).not.toContain('{{resolve:');
    }
    const timeouts = Object.values(production.findResources('AWS::ApiGatewayV2::Integration') as Resources);
    expect(timeouts.map(({ Properties }) => Properties.TimeoutInMillis)).toEqual([29_000, 29_000, 29_000]);
  });

  // Seen red: a fan-out without an end; a sweep that begins its last round 10 s before its end.
  it('have more time than all that they may have to wait for in a row', () => {
    const { secretMs, keysMs, storeMs, fanOutMs } = deadlines;
    // A connection that is gone is forgotten in three calls of the store; without one the last post takes as long.
    const tellAllMs = fanOutMs + 3 * storeMs;
    const longestMs: Record<AnyFunctionName, number> = {
      // The secret as it was known, and once more if the token fits none.
      authorizer: Math.max(2 * secretMs, keysMs),
      connect: secretMs + storeMs,
      message:
        secretMs +
        Math.max(
          // A hello in chunks with a new token; a publish after which a document is compacted; a page of history.
          2 * secretMs + 2 * storeMs,
          4 * storeMs,
          3 * storeMs,
        ) +
        tellAllMs,
      disconnect: secretMs + 3 * storeMs + tellAllMs,
      sweep: secretMs + RESERVE_MS,
      operator: secretMs + ANSWER_MS + tellAllMs,
    };
    expect(3 * storeMs + tellAllMs).toBeLessThan(RESERVE_MS);
    const functions = Object.values(production.findResources('AWS::Lambda::Function') as Resources);
    for (const { Properties } of functions) {
      const name = String(Properties.Description).split(' ').at(-1) as AnyFunctionName;
      expect(longestMs[name]).toBeLessThan(1000 * Number(Properties.Timeout));
    }
  });

  // Seen red: a rule of the schedule that invokes it.
  it('are invoked by the API and the schedule, and the operator’s by nobody who is not let', () => {
    const permissions = Object.values(production.findResources('AWS::Lambda::Permission') as Resources);
    expect(permissions.length).toBeGreaterThan(3);
    expect(JSON.stringify(permissions)).not.toContain('FunctionsOperator');
    const stack = new Stack(newApp(), 'School');
    const realtime = new ClassroomRealtime(stack, 'Realtime', { operator: false });
    expect(realtime.operator).toBeUndefined();
    Template.fromStack(stack).resourceCountIs('AWS::Lambda::Function', functionNames.length);
  });

  it('are not the only ones who may be let read the secret', () => {
    const stack = new Stack(newApp(), 'School');
    const signer = new Role(stack, 'Signer', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    new ClassroomRealtime(stack, 'Realtime').grantSignTokens(signer);
    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
      PolicyName: Match.stringLikeRegexp('Signer'),
      PolicyDocument: {
        Statement: [Match.objectLike({ Action: Match.arrayWith(['secretsmanager:GetSecretValue']) })],
      },
    });
    const jwksUrl = 'https://school.example/keys';
    const withKeys = new ClassroomRealtime(new Stack(newApp(), 'Other'), 'Realtime', { auth: { jwksUrl } });
    expect(() => withKeys.grantSignTokens(signer)).toThrow('unable to grant signing');
  });

  it('sweep once a minute', () => {
    production.hasResourceProperties('AWS::Events::Rule', { ScheduleExpression: 'rate(1 minute)' });
  });

  it('keep their logs for as long as is said', () => {
    const logs = Object.values(production.findResources('AWS::Logs::LogGroup') as Resources);
    expect(logs.length).toBeGreaterThanOrEqual(functionNames.length + 2);
    for (const { Properties } of logs) expect(Properties.RetentionInDays).toBe(30);
  });
});

describe('the bundles', () => {
  // Seen red: with the AWS SDK's clients in place of its signer, 568 KB.
  it.each([...functionNames, 'operator'] as const)(
    'of %s is small, and holds nothing of the local gateway',
    (name) => {
      const { bytes, inputs } = bundle(name);
      expect(bytes).toBeLessThan(500 * 1024);
      expect(
        inputs.filter((input) => /\/(emulator|dev-server|cli)[./]|node_modules\/ws\//.test(input)),
      ).toEqual([]);
      // The authorizer is what every connection waits for.
      if (name === 'authorizer') expect(inputs.filter((input) => input.includes('ioredis'))).toEqual([]);
    },
  );
});

describe('the API', () => {
  it('admits by the authorizer and the subprotocol header', () => {
    production.hasResourceProperties('AWS::ApiGatewayV2::Authorizer', {
      AuthorizerType: 'REQUEST',
      IdentitySource: ['route.request.header.Sec-WebSocket-Protocol'],
    });
    const routes = Object.values(production.findResources('AWS::ApiGatewayV2::Route') as Resources);
    expect(routes.map(({ Properties }) => [Properties.RouteKey, Properties.AuthorizationType])).toEqual(
      expect.arrayContaining([
        ['$connect', 'CUSTOM'],
        ['$disconnect', 'NONE'],
        ['$default', 'NONE'],
      ]),
    );
  });

  it('throttles, and logs nothing that a client sent', () => {
    production.hasResourceProperties('AWS::ApiGatewayV2::Stage', {
      AutoDeploy: true,
      DefaultRouteSettings: { ThrottlingRateLimit: 2_000, ThrottlingBurstLimit: 1_000 },
    });
    const [stage] = Object.values(production.findResources('AWS::ApiGatewayV2::Stage') as Resources);
    const { Format } = stage?.Properties.AccessLogSettings as { Format: string };
    const variables = [...Format.matchAll(/\$[\w.]+/g)].map(([variable]) => variable);
    expect(variables.length).toBeGreaterThan(4);
    expect(variables.filter((variable) => /header|authorizer|input|body|protocol/i.test(variable))).toEqual(
      [],
    );
  });

  it('has a name of its own if one is given', () => {
    const stack = new Stack(newApp(), 'School');
    const certificate = certificateIn(stack);
    const realtime = new ClassroomRealtime(stack, 'Realtime', {
      domain: { name: 'classroom.example.org', certificate },
    });
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::ApiGatewayV2::DomainName', { DomainName: 'classroom.example.org' });
    expect(realtime.url).toBe('wss://classroom.example.org');
  });
});

describe('what an operator sees', () => {
  type AlarmProperties = Record<'AlarmName' | 'AlarmDescription' | 'Namespace' | 'MetricName', string> & {
    AlarmActions: unknown[];
    Dimensions?: { Name: string; Value: unknown }[];
    Metrics?: { Expression?: string; MetricStat?: unknown }[];
  };
  const alarmsOf = (template: Template): AlarmProperties[] =>
    Object.values(template.findResources('AWS::CloudWatch::Alarm')).map(
      ({ Properties }) => Properties as AlarmProperties,
    );
  const serviceOf = (template: Template): unknown =>
    Object.values(template.findResources('AWS::Lambda::Function') as Resources).map(
      ({ Properties }) =>
        (Properties.Environment as { Variables: Record<string, unknown> }).Variables.POWERTOOLS_SERVICE_NAME,
    )[0];

  // Seen red: alarms that ask for another dimension than the functions write.
  it('is told by each alarm of the runbook, of this deployment and no other', () => {
    const service = serviceOf(production);
    const found = alarmsOf(production);
    expect(found.map(({ AlarmName }) => AlarmName).sort()).toEqual(
      alarms.map(({ name }) => `${String(service)}-${name}`).sort(),
    );
    for (const { AlarmActions, AlarmDescription } of found) {
      expect(AlarmActions).toEqual(['arn:aws:sns:eu-west-1:123456789012:on-call']);
      expect(AlarmDescription).toContain('docs/runbook.md#');
    }
    for (const { Namespace, Dimensions } of found.filter(({ Namespace }) => Namespace === METRIC_NAMESPACE))
      expect([Namespace, Dimensions]).toEqual(['Chalkline', [{ Name: 'service', Value: service }]]);
  });

  it('is told of each coded failure in any function, and of no refusal', () => {
    const filters = Object.values(production.findResources('AWS::Logs::MetricFilter') as Resources);
    expect(filters).toHaveLength(functionNames.length);
    const [{ Properties }] = filters as [Resources[string]];
    expect(Properties.FilterPattern).toContain('$.outcome = "internal"');
    const [transformation] = Properties.MetricTransformations as { MetricNamespace: string }[];
    const internal = alarmsOf(production).find(({ MetricName }) => MetricName === 'internal');
    expect(internal?.Namespace).toBe(transformation?.MetricNamespace);
    const errors = alarmsOf(production).find(({ AlarmName }) => AlarmName.endsWith('functions-fail'));
    expect(errors?.Metrics?.[0]?.Expression).toBe(
      'IF(authorizer > FILL(refused, 0), authorizer - FILL(refused, 0), 0) + connect + message + disconnect + sweep',
    );
  });

  it('is told of each shard of a cluster by an alarm that CloudWatch can hold', () => {
    const found = alarmsOf(large).filter(({ AlarmName }) => AlarmName.includes('cache-cpu'));
    expect(found).toHaveLength(3);
    // An alarm takes ten metrics.
    for (const { Metrics } of found) expect(Metrics?.filter(({ MetricStat }) => MetricStat)).toHaveLength(3);
  });

  it('has a dashboard with every metric that the backend counts', () => {
    const [{ Properties }] = Object.values(production.findResources('AWS::CloudWatch::Dashboard')) as [
      Resources[string],
    ];
    const body = JSON.stringify(Properties.DashboardBody);
    for (const name of Object.keys(metrics)) expect(body).toMatch(new RegExp(`\\W${name}\\W`));
    for (const { title } of panels) expect(body).toContain(title);
  });

  it('pays for as many alarms as the price list assumes, and for our lines alone', () => {
    const billed = alarmsOf(production).flatMap(
      ({ Metrics }) => Metrics?.filter(({ MetricStat }) => MetricStat) ?? [undefined],
    );
    expect(prices.assumptions.alarms).toBe(billed.length);
    production.allResourcesProperties('AWS::Lambda::Function', {
      LoggingConfig: Match.objectLike({ LogFormat: 'JSON', SystemLogLevel: 'WARN' }),
    });
  });
});

describe('the way out', () => {
  it('is one NAT gateway a zone, or one in all, or none', () => {
    production.resourceCountIs('AWS::EC2::NatGateway', 3);
    templateOf({ egress: 'nat' }).resourceCountIs('AWS::EC2::NatGateway', 1);
    small.resourceCountIs('AWS::EC2::NatGateway', 0);
  });

  it('by IPv6 is free, and tried first', () => {
    small.resourceCountIs('AWS::EC2::EgressOnlyInternetGateway', 1);
    small.hasResourceProperties('AWS::ApiGatewayV2::Api', { IpAddressType: 'dualstack' });
    small.allResourcesProperties('AWS::Lambda::Function', {
      VpcConfig: Match.objectLike({ Ipv6AllowedForDualStack: true }),
      Environment: { Variables: Match.objectLike({ NODE_OPTIONS: '--dns-result-order=ipv6first' }) },
    });
  });

  // Seen red: without the validation.
  it('is not closed by an execute-api endpoint with private DNS', () => {
    const stackWith = (privateDnsEnabled?: boolean): (() => unknown) => {
      const app = newApp();
      const stack = new Stack(app, 'School');
      const { vpc } = new ClassroomRealtime(stack, 'Realtime');
      const service = InterfaceVpcEndpointAwsService.APIGATEWAY;
      vpc.addInterfaceEndpoint('Rest', {
        service,
        ...(privateDnsEnabled === undefined ? {} : { privateDnsEnabled }),
      });
      return () => app.synth();
    };
    expect(stackWith()).toThrow(/unable to reach clients; .*Rest.* private DNS/);
    expect(stackWith(false)).not.toThrow();
  });
});

describe('cdk-nag', () => {
  // Seen red: without the flow log, none of this file ran.
  it('finds what is not explained', () => {
    const app = newApp();
    new Vpc(new ClassroomStack(app, 'Chalkline', { preset: 'small' }), 'Unwatched', { natGateways: 0 });
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
    expect(() => app.synth()).toThrow(/AwsSolutions-VPC7/);
  });
});
