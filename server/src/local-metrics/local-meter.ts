import { Counter, Histogram, Registry } from 'prom-client';
import { panels } from '../dashboard.ts';
import { metricNames, metrics, type Meter, type MetricName } from '../meter.ts';

/** How far back the live page looks, in s. */
const WINDOW_S = 300;
const BUCKETS = {
  ms: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000],
  members: [1, 2, 4, 6, 10, 20, 30, 60, 100, 300, 1000],
} as const;

/** What the live page shows of one metric: a count, or median and worst, of each second up to now; null where there is none. */
interface Series {
  name: MetricName;
  unit: (typeof metrics)[MetricName]['unit'];
  help: string;
  values: (number | null)[];
  /** The worst of each second, for what is not counted. */
  worst?: (number | null)[];
  /** All counts since the start, by reason. */
  reasons: Record<string, number>;
  total: number;
}

/** The metrics of a backend on this machine, for Prometheus and for a page. */
export class LocalMeter implements Meter {
  readonly #registry = new Registry();
  readonly #counters = new Map<MetricName, Counter>();
  readonly #histograms = new Map<MetricName, Histogram>();
  /** By metric, then by second since 1970. */
  readonly #seconds = new Map<MetricName, Map<number, number[]>>();
  readonly #reasons = new Map<MetricName, Record<string, number>>();
  readonly #totals = new Map<MetricName, number>();
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
    for (const name of metricNames) {
      const { unit, help } = metrics[name];
      const registers = [this.#registry];
      if (unit === 'count') {
        this.#counters.set(
          name,
          new Counter({ name: `${prometheusName(name)}_total`, help, registers, labelNames: ['reason'] }),
        );
      } else {
        this.#histograms.set(
          name,
          new Histogram({ name: prometheusName(name), help, registers, buckets: [...BUCKETS[unit]] }),
        );
      }
    }
  }

  add(name: MetricName, value = 1, reason?: string): void {
    this.#counters.get(name)?.inc(reason === undefined ? {} : { reason }, value);
    this.#histograms.get(name)?.observe(value);
    this.#totals.set(name, (this.#totals.get(name) ?? 0) + value);
    if (reason !== undefined) {
      const reasons = this.#reasons.get(name) ?? {};
      reasons[reason] = (reasons[reason] ?? 0) + value;
      this.#reasons.set(name, reasons);
    }
    const second = Math.floor(this.#now() / 1000);
    const seconds = this.#seconds.get(name) ?? new Map<number, number[]>();
    this.#seconds.set(name, seconds);
    const values = seconds.get(second);
    if (values) values.push(value);
    else {
      seconds.set(second, [value]);
      for (const old of seconds.keys()) if (old < second - WINDOW_S) seconds.delete(old);
    }
  }

  /** In the text format of Prometheus. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** What the live page draws. */
  live(): { panels: { title: string; normal: string; series: Series[] }[] } {
    return {
      panels: panels.map(({ title, normal, metrics: names }) => ({
        title,
        normal,
        series: names.map((name) => this.#series(name)),
      })),
    };
  }

  #series(name: MetricName): Series {
    const { unit, help } = metrics[name];
    const now = Math.floor(this.#now() / 1000);
    const bySecond = Array.from({ length: WINDOW_S }, (_, index) =>
      (this.#seconds.get(name)?.get(now - WINDOW_S + 1 + index) ?? []).sort((a, b) => a - b),
    );
    const isCount = unit === 'count';
    return {
      name,
      unit,
      help,
      values: bySecond.map((values) =>
        isCount ? values.reduce((sum, value) => sum + value, 0) : (values[values.length >> 1] ?? null),
      ),
      ...(isCount ? {} : { worst: bySecond.map((values) => values.at(-1) ?? null) }),
      reasons: this.#reasons.get(name) ?? {},
      total: this.#totals.get(name) ?? 0,
    };
  }
}

function prometheusName(name: MetricName): string {
  return `chalkline_${name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`;
}
