import { existsSync } from 'node:fs';
import { defaultStoreLimits, type StoreLimits } from '@chalkline/server';
import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import type { IVpc } from 'aws-cdk-lib/aws-ec2';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IHostedZone } from 'aws-cdk-lib/aws-route53';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { presets, type Preset } from './presets.ts';

/** How posts to the clients leave the VPC: they go to the internet, whatever the VPC. */
export type Egress = 'nat' | 'nat-per-zone' | 'ipv6';

/** Who may enter: whoever signs tokens. */
export interface AuthOptions {
  /** What tokens are signed with (HS256), at least 32 bytes. @default a new random one, whose ARN is an output */
  readonly secret?: ISecret;
  /** The `https://` address of the signer's public keys (ES256, RS256), instead of a secret. @default none */
  readonly jwksUrl?: string;
  /** What tokens must say of their issuer. @default not checked */
  readonly issuer?: string;
  /** What tokens must say of their audience. @default not checked */
  readonly audience?: string;
}

export interface CacheOptions {
  /** @default the preset's */
  readonly nodeType?: string;
  /** Copies of each primary, in other zones: 1 to 5. @default the preset's */
  readonly replicas?: number;
  /** How many nodes share the classrooms; from 2 on the cache is in cluster mode. @default the preset's */
  readonly shards?: number;
  /** For how many of the replicas an `ack` waits, up to 100 ms. @default all of them */
  readonly awaitedReplicas?: number;
  /** For how many days a daily snapshot is kept; 0 takes none. @default the preset's */
  readonly snapshotDays?: number;
  /** @default '8.1' */
  readonly engineVersion?: string;
  /** ElastiCache's own durable log: needs cluster mode, Valkey 9 and no t node. @default none: `awaitedReplicas` */
  readonly durability?: 'sync' | 'async';
}

export interface DomainOptions {
  /** Such as `classroom.example.org`. */
  readonly name: string;
  /** For that name, in the stack's region. */
  readonly certificate: ICertificate;
  /** Where to write the name. @default nowhere: it is yours to write */
  readonly hostedZone?: IHostedZone;
}

export interface ClassroomRealtimeProps {
  /** Where every default below comes from: docs/deploying.md has the table. @default 'production' */
  readonly preset?: Preset;
  /** @default a new secret */
  readonly auth?: AuthOptions;
  /**
   * The path of a module that exports the app's own message types as `messages`, its keys of the state as `state`, and what is done
   * with a class that has ended as `onEnded`; each where there is one. It is bundled into the functions.
   * @default Chalkline's own types only
   */
  readonly app?: string;
  /** A VPC of yours, with private subnets that have the `egress` named below. @default a new one */
  readonly vpc?: IVpc;
  /** Availability zones of a new VPC, at least 2. @default the preset's */
  readonly zones?: number;
  /**
   * `nat` is one gateway, and one zone that everything fails with; `nat-per-zone` is one each; `ipv6` has none and costs
   * nothing. @default the preset's
   */
  readonly egress?: Egress;
  /** @default the preset's */
  readonly cache?: CacheOptions;
  /** Memory of the functions that carry out frames, in MiB; their share of a processor grows with it. @default the preset's */
  readonly memoryMiB?: number;
  /** Frames a second that the API takes from all clients together, and how many at once. @default the preset's */
  readonly throttle?: { readonly ratePerSecond: number; readonly burst: number };
  /** How long and how much classrooms keep. @default StoreLimits' own defaults */
  readonly limits?: Partial<StoreLimits>;
  /** @default the preset's */
  readonly logRetention?: RetentionDays;
  /**
   * Whether to give API Gateway the right to write logs. It is one setting for the whole account and region: switch it off
   * where it is made already. @default true
   */
  readonly accountLogRole?: boolean;
  /**
   * Whether there is a function that `chalkline-server export`, `erase` and `goaway` invoke, for who has no machine in the VPC. No
   * route leads to it, and nobody may invoke it whom no policy lets: see `operator`. @default true
   */
  readonly operator?: boolean;
  /** Whether X-Ray follows invocations. @default false */
  readonly tracing?: boolean;
  /** Who is told when an alarm goes off, and when it is over. @default nobody: the construct has the `alarms` */
  readonly alarmTopic?: ITopic;
  /** @default the API's own name only */
  readonly domain?: DomainOptions;
}

/** The options of a deployment, with the preset's values for all that was left out. */
export type Options = ReturnType<typeof resolveOptions>;

/** @throws TypeError for options that would not work together: the message says which, and why. */
export function resolveOptions(props: ClassroomRealtimeProps) {
  const name = props.preset ?? 'production';
  if (!Object.hasOwn(presets, name)) throw refusal(`preset is small, production or large; it is "${name}"`);
  const preset = presets[name];
  const options = {
    ...preset,
    auth: {},
    limits: {},
    accountLogRole: true,
    operator: true,
    tracing: false,
    ...withoutUndefined(props),
    cache: { engineVersion: '8.1', ...preset.cache, ...withoutUndefined(props.cache ?? {}) },
  };
  const cache = { awaitedReplicas: options.cache.replicas, ...options.cache };
  const resolved = {
    ...options,
    cache,
    auth: options.auth,
    vpc: props.vpc,
    app: props.app,
    alarmTopic: props.alarmTopic,
  };
  const problem = problemOf(props, resolved.cache, resolved.zones);
  if (problem !== undefined) throw refusal(problem);
  return resolved;
}

function refusal(problem: string): TypeError {
  return new TypeError(`unable to build ClassroomRealtime; ${problem}`);
}

function withoutUndefined<T extends object>(given: T): T {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as T;
}

function problemOf(
  { auth, app, vpc, zones: givenZones, throttle, domain, limits, memoryMiB }: ClassroomRealtimeProps,
  cache: Required<Omit<CacheOptions, 'durability'>> & Pick<CacheOptions, 'durability'>,
  zones: number,
): string | undefined {
  const isCount = (value: number, from: number, to: number): boolean =>
    Number.isInteger(value) && value >= from && value <= to;

  if (auth?.secret && auth.jwksUrl !== undefined)
    return 'auth has a secret and a jwksUrl; tokens have one signer';
  if (auth?.jwksUrl !== undefined && !/^https:\/\//.test(auth.jwksUrl))
    return `auth.jwksUrl has to begin with https://; it is "${auth.jwksUrl}"`;
  if (vpc && givenZones !== undefined)
    return 'zones are those of the vpc that is given; leave one of them out';
  if (vpc && new Set(vpc.privateSubnets.map(({ availabilityZone }) => availabilityZone)).size < 2)
    return 'the vpc has no private subnets with a way out in two zones; posts to the clients go to the internet';
  if (!isCount(zones, 2, 6)) return `zones are 2 to 6, so that one may fail; there are ${zones}`;
  if (!isCount(cache.replicas, 1, 5))
    return `cache.replicas are 1 to 5, as nothing takes over without one; there are ${cache.replicas}`;
  if (!isCount(cache.shards, 1, 500)) return `cache.shards are 1 to 500; there are ${cache.shards}`;
  if (!isCount(cache.awaitedReplicas, 0, cache.replicas))
    return `cache.awaitedReplicas are 0 to ${cache.replicas}, as many as there are; it is ${cache.awaitedReplicas}`;
  if (!isCount(cache.snapshotDays, 0, 35))
    return `cache.snapshotDays are 0 to 35; it is ${cache.snapshotDays}`;
  if (!cache.nodeType.startsWith('cache.'))
    return `cache.nodeType begins with cache. as ElastiCache names it; it is "${cache.nodeType}"`;
  if (!(parseFloat(cache.engineVersion) >= 7.2))
    return `cache.engineVersion is one of Valkey, from 7.2 on; it is "${cache.engineVersion}"`;
  if (cache.durability !== undefined) {
    if (cache.shards < 2) return 'cache.durability needs cluster mode, which begins with cache.shards of 2';
    if (parseFloat(cache.engineVersion) < 9)
      return `cache.durability needs Valkey 9; cache.engineVersion is ${cache.engineVersion}`;
    if (cache.nodeType.startsWith('cache.t'))
      return `cache.durability is not for t nodes; cache.nodeType is ${cache.nodeType}`;
  }
  if (throttle && !(throttle.ratePerSecond > 0 && throttle.burst > 0))
    return 'throttle.ratePerSecond and throttle.burst are above 0';
  if (memoryMiB !== undefined && !isCount(memoryMiB, 128, 10_240))
    return `memoryMiB is 128 to 10240; it is ${memoryMiB}`;
  if (domain && !/^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(domain.name))
    return `domain.name is a bare name such as classroom.example.org; it is "${domain.name}"`;
  const { name, hostedZone } = domain ?? {};
  if (hostedZone && !`.${name}`.endsWith(`.${hostedZone.zoneName}`))
    return `domain.name is no part of the zone ${hostedZone.zoneName}; it is "${name}"`;
  if (app !== undefined && !existsSync(app)) return `there is no file ${app} to bundle as the app`;
  const [badLimit] = Object.entries(limits ?? {}).find(([, value]) => !(value > 0)) ?? [];
  if (badLimit !== undefined) return `limits.${badLimit} has to be above 0`;
  const { graceMs, leaseMs } = { ...defaultStoreLimits, ...limits };
  if (limits?.graceMs !== undefined && graceMs > leaseMs)
    return `limits.graceMs is at most limits.leaseMs, ${leaseMs}; it is ${graceMs}`;
  return undefined;
}
