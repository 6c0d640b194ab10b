import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack, Validations } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { InterfaceVpcEndpointAwsService } from 'aws-cdk-lib/aws-ec2';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { AwsSolutionsChecks } from 'cdk-nag';
import { afterAll, describe, expect, it } from 'vitest';
import { bundle, functionNames } from './bundle.ts';
import { ClassroomStack } from './classroom-stack.ts';
import { ClassroomRealtime } from './constructs/classroom-realtime.ts';
import type { ClassroomRealtimeProps } from './options.ts';

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
const templateOf = (props: ClassroomRealtimeProps = {}): Template =>
  Template.fromStack(new ClassroomStack(new App({ outdir: newOutdir() }), 'Chalkline', props));
const production = templateOf();
const small = templateOf({ preset: 'small', egress: 'ipv6' });
const large = templateOf({ preset: 'large' });

/** What each function may do, apart from its log and its network interface. */
function rightsOf(template: Template): Record<string, string[]> {
  const policies = Object.values(template.findResources('AWS::IAM::Policy') as Resources);
  return Object.fromEntries(
    policies.flatMap(({ Properties: { PolicyName, PolicyDocument } }) => {
      const name = /Functions(\w+?)Role/.exec(String(PolicyName))?.[1];
      if (name === undefined) return [];
      const { Statement } = PolicyDocument as { Statement: Statement[] };
      const rights = Statement.flatMap(({ Action, Resource }) =>
        [Action].flat().map((action) => `${action} ${JSON.stringify(Resource)}`),
      );
      return [[name, rights.filter((right) => !/^(logs|ec2):/.test(right))]];
    }),
  );
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
});

describe('the functions', () => {
  // Seen red: the connect function given the right to post.
  it('may do what they have to and nothing else', () => {
    const secret = (name: string): unknown[] => [
      expect.stringMatching(`^secretsmanager:GetSecretValue .*${name}`),
      expect.stringMatching(`^secretsmanager:DescribeSecret .*${name}`),
    ];
    const sockets = (...methods: string[]): unknown[] => [
      expect.stringMatching(
        `^execute-api:ManageConnections .*${methods.map((method) => `/live/${method}/@connections/\\*`).join('.*')}`,
      ),
    ];
    expect(rightsOf(production)).toEqual({
      Authorizer: secret('JwtSecret'),
      Connect: secret('CachePassword'),
      Message: [...secret('JwtSecret'), ...secret('CachePassword'), ...sockets('POST', 'DELETE')],
      Disconnect: [...secret('CachePassword'), ...sockets('POST')],
      Sweep: [...secret('CachePassword'), ...sockets('POST')],
    });
  });

  it('run Node 24 on arm64 in private subnets, and end before their route gives up', () => {
    const functions = Object.values(production.findResources('AWS::Lambda::Function') as Resources);
    expect(functions).toHaveLength(functionNames.length);
    for (const { Properties } of functions) {
      expect(Properties).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'] });
      expect(JSON.stringify(Properties.VpcConfig)).toContain('functionsSubnet');
      expect(JSON.stringify(Properties.Environment)).not.toContain('{{resolve:');
    }
    const timeouts = Object.values(production.findResources('AWS::ApiGatewayV2::Integration') as Resources);
    expect(timeouts.map(({ Properties }) => Properties.TimeoutInMillis)).toEqual([29_000, 29_000, 29_000]);
    // The secret, the store and one post together, each with its own deadline, take 8.5 s.
    for (const { Properties } of functions) expect(Properties.Timeout).toBeGreaterThan(9);
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
  it.each(functionNames)('of %s is small, and holds nothing of the local gateway', (name) => {
    const { bytes, inputs } = bundle(name);
    expect(bytes).toBeLessThan(500 * 1024);
    expect(
      inputs.filter((input) => /\/(emulator|dev-server|cli)[./]|node_modules\/ws\//.test(input)),
    ).toEqual([]);
    // The authorizer is what every connection waits for.
    if (name === 'authorizer') expect(inputs.filter((input) => input.includes('ioredis'))).toEqual([]);
  });
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
    const stack = new Stack(new App({ outdir: newOutdir() }), 'School');
    const certificate = certificateIn(stack);
    const realtime = new ClassroomRealtime(stack, 'Realtime', {
      domain: { name: 'classroom.example.org', certificate },
    });
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::ApiGatewayV2::DomainName', { DomainName: 'classroom.example.org' });
    expect(realtime.url).toBe('wss://classroom.example.org');
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
      const app = new App({ outdir: newOutdir() });
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
  // Seen red: without the flow log.
  it.each<ClassroomRealtimeProps>([
    {},
    { preset: 'small', egress: 'ipv6', tracing: true },
    { preset: 'large' },
  ])('AWS Solutions finds nothing that is not explained in %o', (props) => {
    const app = new App({ outdir: newOutdir() });
    new ClassroomStack(app, 'Chalkline', props);
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
    expect(() => app.synth()).not.toThrow();
  });
});

describe('options that would not work together', () => {
  const secretOf = (stack: Stack) => Secret.fromSecretNameV2(stack, 'Secret', 'jwt');
  it.each<[string, (stack: Stack) => ClassroomRealtimeProps]>([
    ['auth has a secret and a jwksUrl', (s) => ({ auth: { secret: secretOf(s), jwksUrl: 'https://a.b/c' } })],
    ['begin with https://', () => ({ auth: { jwksUrl: 'http://school.example/keys' } })],
    ['zones are 2 to 6', () => ({ zones: 1 })],
    ['cache.replicas are 1 to 5', () => ({ cache: { replicas: 0 } })],
    ['cache.shards are 1 to 500', () => ({ cache: { shards: 0 } })],
    ['cache.awaitedReplicas are 0 to 1', () => ({ cache: { awaitedReplicas: 2 } })],
    ['cache.snapshotDays are 0 to 35', () => ({ cache: { snapshotDays: 36 } })],
    ['needs cluster mode', () => ({ cache: { durability: 'sync' } })],
    ['needs Valkey 9', () => ({ preset: 'large', cache: { durability: 'sync' } })],
    [
      'not for t nodes',
      () => ({
        cache: { durability: 'async', shards: 2, engineVersion: '9.0', nodeType: 'cache.t4g.medium' },
      }),
    ],
    ['above 0', () => ({ throttle: { ratePerSecond: 0, burst: 10 } })],
    ['memoryMiB is 128 to 10240', () => ({ memoryMiB: 64 })],
    ['limits.leaseMs has to be above 0', () => ({ limits: { leaseMs: -1 } })],
    [
      'is a bare name',
      (s) => ({
        domain: {
          name: 'wss://a.example',
          certificate: certificateIn(s),
        },
      }),
    ],
  ])('are refused with a sentence: %s', (sentence, props) => {
    const stack = new Stack(new App({ outdir: newOutdir() }), 'School');
    expect(() => new ClassroomRealtime(stack, 'Realtime', props(stack))).toThrow(
      new RegExp(`unable to build ClassroomRealtime; .*${sentence}`),
    );
  });
});
