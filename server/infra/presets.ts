import { RetentionDays } from 'aws-cdk-lib/aws-logs';

/** For a school that tries it, for lessons that must not fail, and for thousands of them at once. */
export type Preset = 'small' | 'production' | 'large';

/** What each preset stands for; `docs/deploying.md` says what it is good for. */
export const presets = {
  small: {
    zones: 2,
    egress: 'nat',
    cache: { nodeType: 'cache.t4g.small', replicas: 1, shards: 1, snapshotDays: 1 },
    memoryMiB: 256,
    throttle: { ratePerSecond: 500, burst: 500 },
    logRetention: RetentionDays.ONE_WEEK,
  },
  production: {
    zones: 3,
    egress: 'nat-per-zone',
    cache: { nodeType: 'cache.m7g.large', replicas: 1, shards: 1, snapshotDays: 7 },
    memoryMiB: 512,
    throttle: { ratePerSecond: 2_000, burst: 1_000 },
    logRetention: RetentionDays.ONE_MONTH,
  },
  large: {
    zones: 3,
    egress: 'nat-per-zone',
    cache: { nodeType: 'cache.m7g.large', replicas: 2, shards: 3, snapshotDays: 7 },
    memoryMiB: 1024,
    throttle: { ratePerSecond: 8_000, burst: 4_000 },
    logRetention: RetentionDays.ONE_MONTH,
  },
} as const;
