import { alarms, metrics as known, panels, type MetricName } from '@chalkline/server';
import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  AlarmStatusWidget,
  Column,
  ComparisonOperator,
  Dashboard,
  GraphWidget,
  TextWidget,
  TreatMissingData,
  type IMetric,
  type IWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { functionNames } from '../bundle.ts';
import { WatchedMetrics, type Summary, type Watched } from './watched-metrics.ts';

const MINUTE = Duration.minutes(1);
const counted: Summary = { statistic: 'Sum', period: MINUTE };
const worst: Summary = { statistic: 'Maximum', period: MINUTE };

/** The dashboard, and the alarms of `src/alarms.ts`: `docs/runbook.md` has an entry for each. */
export class Observability extends Construct {
  readonly alarms: readonly Alarm[];
  readonly dashboard: Dashboard;

  constructor(scope: Construct, id: string, watched: Watched, topic: ITopic | undefined) {
    super(scope, id);
    const { service } = watched;
    const metrics = new WatchedMetrics(watched);
    this.alarms = alarms.flatMap(({ name, source, statistic, threshold, minutes }) => {
      const isSum = statistic === 'Sum';
      const figures = metrics.of(source, { statistic, period: Duration.minutes(isSum ? minutes : 1) });
      return figures.map((metric, index) => {
        const suffix = figures.length === 1 ? '' : `-${index + 1}`;
        return new Alarm(this, `${name}${suffix}`, {
          alarmName: `${service}-${name}${suffix}`,
          alarmDescription: `docs/runbook.md#${name} says what it means, what to look at and what to do.`,
          metric,
          threshold,
          evaluationPeriods: isSum ? 1 : minutes,
          comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
          treatMissingData: TreatMissingData.NOT_BREACHING,
        });
      });
    });
    if (topic) {
      const action = new SnsAction(topic);
      for (const alarm of this.alarms) {
        alarm.addAlarmAction(action);
        alarm.addOkAction(action);
      }
    }
    this.dashboard = new Dashboard(this, 'Dashboard', {
      dashboardName: service,
      defaultInterval: Duration.hours(3),
      widgets: [
        [
          new AlarmStatusWidget({
            title: 'Is anything wrong?',
            alarms: [...this.alarms],
            width: 24,
            height: 4,
          }),
        ],
        ...inPairs(ownPanels(metrics)),
        ...inPairs(platformPanels(metrics, watched)),
      ],
    });
  }
}

/** Those that are counted by reason, too. */
const haveReasons = new Set<MetricName>(['failed', 'refused', 'refusedAtDoor']);

/** The panels of the live page of this machine, under the same names. */
function ownPanels(metrics: WatchedMetrics): IWidget[][] {
  const linesOf = (name: MetricName): IMetric[] => {
    const { unit } = known[name];
    if (haveReasons.has(name)) return [metrics.byReason(name)];
    if (unit === 'count') return [metrics.own(name, counted)];
    return ['p50', 'p99'].map((statistic) =>
      metrics.own(name, { statistic, period: MINUTE }).with({ label: `${name} ${statistic}` }),
    );
  };
  return panels.map((panel) => panelOf(panel, panel.metrics.flatMap(linesOf)));
}

/** What only the platform counts. */
function platformPanels(metrics: WatchedMetrics, { functions }: Watched): IWidget[][] {
  const ofFunctions = (metric: string, statistic: string): IMetric[] =>
    functionNames.map((name) =>
      functions.byName[name].metric(metric, { statistic, period: MINUTE, label: `${name} ${metric}` }),
    );
  const ofApi = (...names: string[]): IMetric[] => names.map((name) => metrics.api(name, counted));
  const ofCache = (...names: string[]): IMetric[] =>
    names.flatMap((name) => metrics.cache(name, worst).flat());
  return [
    panelOf(
      { title: 'Do sockets come and speak?', normal: 'Both follow the timetable; errors are none.' },
      ofApi('ConnectCount', 'MessageCount', 'ClientError', 'IntegrationError', 'ExecutionError'),
    ),
    panelOf(
      {
        title: 'Do the functions keep up?',
        normal: 'No throttles; errors of the authorizer are refusals. A message takes some tens of ms.',
      },
      [
        ...ofFunctions('Throttles', 'Sum'),
        ...ofFunctions('Errors', 'Sum'),
        ...ofFunctions('Duration', 'p99'),
      ],
    ),
    panelOf(
      { title: 'Is the cache busy?', normal: 'The engine and the memory below 75 %, on each node.' },
      ofCache('EngineCPUUtilization', 'DatabaseMemoryUsagePercentage'),
    ),
    panelOf(
      { title: 'Are the replicas near?', normal: 'Replicas lag by less than a second; nothing is evicted.' },
      ofCache('ReplicationLag', 'Evictions'),
    ),
  ];
}

/** What is normal, above what is. */
function panelOf({ title, normal }: { title: string; normal: string }, left: IMetric[]): IWidget[] {
  return [
    new TextWidget({ markdown: `### ${title}\n${normal}`, width: 12, height: 2 }),
    new GraphWidget({ left, width: 12, height: 6, liveData: true }),
  ];
}

/** Two panels beside each other. */
function inPairs(panels: readonly IWidget[][]): IWidget[][] {
  const columns = panels.map((widgets) => new Column(...widgets));
  const rows = Math.ceil(columns.length / 2);
  return Array.from({ length: rows }, (_, row) => columns.slice(2 * row, 2 * row + 2));
}
