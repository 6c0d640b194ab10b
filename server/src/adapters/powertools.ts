import { LogFormatter, Logger, LogItem } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { LogLine } from '../backend.ts';
import { metrics as known, type Meter, type MetricName } from '../meter.ts';

/** What every line and metric of ours stands under in CloudWatch. */
export const METRIC_NAMESPACE = 'Chalkline';

/** Only what a line says: the names of function, version and request are in the log stream and cost as much as the line. */
class ShortLine extends LogFormatter {
  override formatAttributes(
    { logLevel, timestamp }: { logLevel: string; timestamp: Date },
    additional: Record<string, unknown>,
  ): LogItem {
    return new LogItem({
      attributes: { timestamp: timestamp.toISOString(), level: logLevel, ...additional },
    });
  }
}

export interface LogOptions {
  /** From which level on lines are written; `POWERTOOLS_LOG_LEVEL` goes before it. @default 'INFO' */
  level?: 'DEBUG' | 'INFO' | 'WARN' | 'ERROR';
}

/** One short JSON line for each thing that is logged: what went well at INFO, a refusal at WARN, our own failure at ERROR. */
export function createLog({ level = 'INFO' }: LogOptions = {}): (line: LogLine) => void {
  const logger = new Logger({
    serviceName: METRIC_NAMESPACE,
    logLevel: level,
    logFormatter: new ShortLine(),
  });
  return ({ action, ...details }) => {
    const write = details.outcome === 'ok' ? 'info' : details.outcome === 'internal' ? 'error' : 'warn';
    logger[write](action, { action, ...details });
  };
}

/** How long sums are held before they are written: a line for each invocation would cost as much as the log. */
const HOLD_MS = 10_000;
const units = { count: MetricUnit.Count, ms: MetricUnit.Milliseconds, members: MetricUnit.Count } as const;
/** What somebody is woken for does not wait for the next invocation, which may never come. */
const urgent = new Set<MetricName>(['failed', 'refused', 'refusedAtDoor', 'discontinuities']);

/** Metrics in CloudWatch's embedded format: nothing is called, they are read out of the log. */
export interface EmbeddedMeter extends Meter {
  /** Call it at the end of each invocation: writes what is held, if it is urgent or was held long enough. */
  flush(): void;
}

export function createEmbeddedMeter(now: () => number = Date.now): EmbeddedMeter {
  // Powertools adds the dimension `service`: the deployment says it as POWERTOOLS_SERVICE_NAME.
  const summary = new Metrics({ namespace: METRIC_NAMESPACE });
  const counts = new Map<MetricName, number>();
  let heldSince: number | undefined;
  let isUrgent = false;
  return {
    add(name, value = 1, reason) {
      heldSince ??= now();
      isUrgent ||= urgent.has(name);
      const { unit } = known[name];
      if (unit === 'count') counts.set(name, (counts.get(name) ?? 0) + value);
      // CloudWatch makes percentiles of the single values, and takes a hundred of them at a time.
      else summary.addMetric(name, units[unit], value);
      if (reason !== undefined)
        summary.singleMetric().addDimension('reason', reason).addMetric(name, units[unit], value);
    },
    flush() {
      if (heldSince === undefined || (!isUrgent && now() - heldSince < HOLD_MS)) return;
      for (const [name, count] of counts) summary.addMetric(name, MetricUnit.Count, count);
      summary.publishStoredMetrics();
      counts.clear();
      heldSince = undefined;
      isUrgent = false;
    },
  };
}
