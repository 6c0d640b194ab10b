import type { MetricName } from './meter.ts';

/** Where a figure comes from. */
export type AlarmSource =
  /** Our own metrics. */
  | { metric: MetricName }
  /** Lines of the functions' logs whose outcome is `internal`. */
  | { log: 'internal' }
  | { aws: 'api' | 'cache'; metric: string }
  /** All functions together. */
  | { aws: 'functions'; metric: 'Errors' | 'Throttles' };

/** One alarm. `docs/runbook.md` has an entry of the same name, and a test compares the two. */
export interface Alarm {
  name: string;
  source: AlarmSource;
  /** A sum is that of all the minutes; of the others each minute counts. */
  statistic: 'Sum' | 'Maximum' | 'p99';
  /** Above it somebody is told. */
  threshold: number;
  /** Minutes in a row. */
  minutes: number;
}

/** What somebody is woken for: something that users feel, or that they will feel if nobody acts. */
export const alarms: readonly Alarm[] = [
  { name: 'backend-fails', source: { log: 'internal' }, statistic: 'Sum', threshold: 5, minutes: 2 },
  { name: 'posts-fail', source: { metric: 'failed' }, statistic: 'Sum', threshold: 20, minutes: 5 },
  {
    name: 'posts-are-throttled',
    source: { metric: 'retries' },
    statistic: 'Sum',
    threshold: 500,
    minutes: 5,
  },
  {
    name: 'commands-are-refused',
    source: { metric: 'refused' },
    statistic: 'Sum',
    threshold: 500,
    minutes: 5,
  },
  { name: 'door-refuses', source: { metric: 'refusedAtDoor' }, statistic: 'Sum', threshold: 200, minutes: 5 },
  {
    name: 'discontinuities',
    source: { metric: 'discontinuities' },
    statistic: 'Sum',
    threshold: 50,
    minutes: 5,
  },
  { name: 'store-is-slow', source: { metric: 'storeMs' }, statistic: 'p99', threshold: 250, minutes: 5 },
  { name: 'fan-out-is-slow', source: { metric: 'fanOutMs' }, statistic: 'p99', threshold: 2_000, minutes: 5 },
  {
    name: 'functions-fail',
    source: { aws: 'functions', metric: 'Errors' },
    statistic: 'Sum',
    threshold: 5,
    minutes: 2,
  },
  {
    name: 'functions-are-throttled',
    source: { aws: 'functions', metric: 'Throttles' },
    statistic: 'Sum',
    threshold: 0,
    minutes: 2,
  },
  {
    name: 'integration-errors',
    source: { aws: 'api', metric: 'IntegrationError' },
    statistic: 'Sum',
    threshold: 10,
    minutes: 2,
  },
  {
    name: 'cache-cpu',
    source: { aws: 'cache', metric: 'EngineCPUUtilization' },
    statistic: 'Maximum',
    threshold: 75,
    minutes: 10,
  },
  {
    name: 'cache-memory',
    source: { aws: 'cache', metric: 'DatabaseMemoryUsagePercentage' },
    statistic: 'Maximum',
    threshold: 75,
    minutes: 10,
  },
  {
    name: 'cache-evicts',
    source: { aws: 'cache', metric: 'Evictions' },
    statistic: 'Sum',
    threshold: 0,
    minutes: 1,
  },
  {
    name: 'cache-lags',
    source: { aws: 'cache', metric: 'ReplicationLag' },
    statistic: 'Maximum',
    threshold: 5,
    minutes: 5,
  },
];
