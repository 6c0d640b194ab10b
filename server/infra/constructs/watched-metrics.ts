import { Duration } from 'aws-cdk-lib';
import { MathExpression, Metric, type IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import { FilterPattern } from 'aws-cdk-lib/aws-logs';
import { METRIC_NAMESPACE, type AlarmSource, type MetricName } from '@chalkline/server';
import { functionNames } from '../bundle.ts';
import type { Cache } from './cache.ts';
import type { Functions } from './functions.ts';
import type { ClassroomApi } from './websocket-api.ts';

export interface Watched {
  /** The dimension that tells this deployment's metrics from another's. */
  readonly service: string;
  readonly api: ClassroomApi;
  readonly functions: Functions;
  readonly cache: Cache;
}

/** How a figure is summed up. */
export interface Summary {
  readonly statistic: string;
  readonly period: Duration;
}

const EACH_MINUTE = Duration.minutes(1);

/** A failed post is counted as `failed`; all else that a function writes as `internal` is for `backend-fails`. */
const INTERNAL = '{ $.outcome = "internal" && $.action != "post" && $.action != "broadcast" }';

/** The metrics of one deployment, wherever CloudWatch keeps them. */
export class WatchedMetrics {
  readonly #watched: Watched;
  readonly #logNamespace: string;

  constructor(watched: Watched) {
    this.#watched = watched;
    // A filter can name no dimension that its lines do not hold.
    this.#logNamespace = `${METRIC_NAMESPACE}/${watched.service}`;
    for (const logGroup of Object.values(watched.functions.logGroups)) {
      logGroup.addMetricFilter('Internal', {
        filterPattern: FilterPattern.literal(INTERNAL),
        metricNamespace: this.#logNamespace,
        metricName: 'internal',
        defaultValue: 0,
      });
    }
  }

  own(metricName: MetricName, { statistic, period }: Summary): Metric {
    const dimensionsMap = { service: this.#watched.service };
    return new Metric({ namespace: METRIC_NAMESPACE, metricName, dimensionsMap, statistic, period });
  }

  /** A line for each reason that there was. */
  byReason(metricName: MetricName): MathExpression {
    const schema = `{${METRIC_NAMESPACE},service,reason}`;
    const expression = `SEARCH('${schema} service="${this.#watched.service}" MetricName="${metricName}"', 'Sum', 60)`;
    return new MathExpression({ expression, usingMetrics: {}, period: EACH_MINUTE, label: '' });
  }

  internal({ statistic, period }: Summary): Metric {
    return new Metric({ namespace: this.#logNamespace, metricName: 'internal', statistic, period });
  }

  api(metricName: string, { statistic, period }: Summary): Metric {
    const { apiId, stageName } = this.#watched.api;
    const dimensionsMap = { ApiId: apiId, Stage: stageName };
    return new Metric({ namespace: 'AWS/ApiGateway', metricName, dimensionsMap, statistic, period });
  }

  /** A metric of each node: those of one shard together. */
  cache(metricName: string, { statistic, period }: Summary): Metric[][] {
    return this.#watched.cache.nodeIds.map((shard) =>
      shard.map(
        (CacheClusterId) =>
          new Metric({
            namespace: 'AWS/ElastiCache',
            metricName,
            dimensionsMap: { CacheClusterId },
            statistic,
            period,
          }),
      ),
    );
  }

  /** What an alarm watches; of the cache one figure for each shard, as an alarm takes ten metrics. */
  of(source: AlarmSource, summary: Summary): IMetric[] {
    if ('log' in source) return [this.internal(summary)];
    if (!('aws' in source)) return [this.own(source.metric, summary)];
    if (source.aws === 'api') return [this.api(source.metric, summary)];
    if (source.aws === 'functions') return [this.#ofFunctions(source.metric, summary)];
    return this.cache(source.metric, summary).map((shard) => {
      const usingMetrics = Object.fromEntries(shard.map((metric, index) => [`node${index + 1}`, metric]));
      const expression = `MAX([${Object.keys(usingMetrics).join(', ')}])`;
      return new MathExpression({ expression, usingMetrics, period: summary.period, label: source.metric });
    });
  }

  #ofFunctions(metric: 'Errors' | 'Throttles', { period }: Summary): MathExpression {
    const { byName } = this.#watched.functions;
    const usingMetrics: Record<string, IMetric> = Object.fromEntries(
      functionNames.map((name) => [name, byName[name].metric(metric, { statistic: 'Sum', period })]),
    );
    let sum = functionNames.join(' + ');
    if (metric === 'Errors') {
      // Lambda counts a refusal as an error, for API Gateway wants it thrown.
      usingMetrics.refused = this.own('refusedAtDoor', { statistic: 'Sum', period });
      const known = 'FILL(refused, 0)';
      sum = sum.replace('authorizer', `IF(authorizer > ${known}, authorizer - ${known}, 0)`);
    }
    return new MathExpression({ expression: sum, usingMetrics, period, label: metric });
  }
}
