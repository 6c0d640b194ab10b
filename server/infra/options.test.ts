import { App, Stack } from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { describe, expect, it } from 'vitest';
import { resolveOptions, type ClassroomRealtimeProps } from './options.ts';
import type { Preset } from './presets.ts';

describe('options that would not work together', () => {
  const vpcOf = (stack: Stack, ...zones: string[]) =>
    Vpc.fromVpcAttributes(stack, 'Vpc', {
      vpcId: 'vpc-1',
      availabilityZones: zones,
      privateSubnetIds: zones.map((zone, index) => `subnet-${zone}-${index}`),
    });
  const certificateOf = (stack: Stack) =>
    Certificate.fromCertificateArn(stack, 'Certificate', 'arn:aws:acm:eu-west-1:123456789012:certificate/1');
  const secretOf = (stack: Stack) => Secret.fromSecretNameV2(stack, 'Secret', 'jwt');
  it.each<[string, (stack: Stack) => ClassroomRealtimeProps]>([
    ['auth has a secret and a jwksUrl', (s) => ({ auth: { secret: secretOf(s), jwksUrl: 'https://a.b/c' } })],
    ['begin with https://', () => ({ auth: { jwksUrl: 'http://school.example/keys' } })],
    ['zones are 2 to 6', () => ({ zones: 1 })],
    ['zones are those of the vpc', (s) => ({ vpc: vpcOf(s, 'a', 'b'), zones: 3 })],
    ['subnets with a way out in two zones', (s) => ({ vpc: vpcOf(s, 'a', 'a') })],
    ['preset is small, production or large', () => ({ preset: 'huge' as Preset })],
    ['there is no file /nowhere.ts', () => ({ app: '/nowhere.ts' })],
    ['cache.nodeType begins with cache.', () => ({ cache: { nodeType: 'm7g.large' } })],
    ['cache.engineVersion is one of Valkey', () => ({ cache: { engineVersion: '6.2' } })],
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
    ['limits.graceMs is at most limits.leaseMs', () => ({ limits: { leaseMs: 5_000, graceMs: 6_000 } })],
    [
      'is no part of the zone example.org',
      (s) => ({
        domain: {
          name: 'classroom.school.example',
          certificate: certificateOf(s),
          hostedZone: HostedZone.fromHostedZoneAttributes(s, 'Zone', {
            hostedZoneId: 'Z',
            zoneName: 'example.org',
          }),
        },
      }),
    ],
    ['limits.leaseMs has to be above 0', () => ({ limits: { leaseMs: -1 } })],
    [
      'is a bare name',
      (s) => ({
        domain: {
          name: 'wss://a.example',
          certificate: certificateOf(s),
        },
      }),
    ],
  ])('are refused with a sentence: %s', (sentence, props) => {
    const stack = new Stack(new App(), 'School');
    expect(() => resolveOptions(props(stack))).toThrow(
      new RegExp(`unable to build ClassroomRealtime; .*${sentence}`),
    );
  });
});

it("are the preset's where nothing is said, also of a part of the cache", () => {
  const { egress, cache } = resolveOptions({ preset: 'small', cache: { replicas: 2 } });
  expect([egress, cache.nodeType, cache.replicas, cache.awaitedReplicas]).toEqual([
    'nat',
    'cache.t4g.small',
    2,
    2,
  ]);
});
