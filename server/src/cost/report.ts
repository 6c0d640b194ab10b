import { providerNames } from './bills.ts';
import { passes, providers, RATIOS, type Comparison, type Terms } from './comparison.ts';
import { billedOf, type TrafficAt } from './traffic.ts';

/** The comparison for a person, in plain text. */
export function textReport(title: string, comparison: Comparison, { prices }: Terms): string {
  const { traffic, items, total, offers } = comparison;
  const billed = billedOf(traffic);
  const each = priceOfMessages(comparison);
  const kinds = Object.entries(traffic.kinds).sort(([, a], [, b]) => b - a);
  return [
    title,
    `list prices of ${prices.asOf}, ${prices.region}, a month`,
    '',
    row('AWS', '', '$', '$ a class-hour'),
    ...items.map(({ name, amount, price }) =>
      row(name, amount, money(price), perHour(price, traffic.classHours)),
    ),
    row('together', '', money(total), perHour(total, traffic.classHours)),
    '',
    row('billed messages by kind', 'a class-hour', 'share', '$'),
    ...kinds.map(([kind, count]) =>
      row(
        kind,
        (count / traffic.classHours).toFixed(1),
        `${((count / billed) * 100).toFixed(1)} %`,
        money((count / billed) * each),
      ),
    ),
    row('together', (billed / traffic.classHours).toFixed(1), '100 %', money(each)),
    '',
    row('providers', 'the same traffic', '÷ AWS', offers[0]?.naive === undefined ? '' : 'naive ÷ AWS'),
    ...offers.map(({ name, same, sameRatio, naiveRatio }) =>
      row(name, money(same), sameRatio.toFixed(2), naiveRatio === undefined ? '' : naiveRatio.toFixed(2)),
    ),
  ].join('\n');
}

/** Between which volumes each provider costs 3, 5 and 10 times as much. */
export function passesReport(at: TrafficAt, askedAt: TrafficAt, terms: Terms): string {
  return [
    row('class-hours a month at which it is', ...RATIOS.map((ratio) => `≥ ${ratio} × AWS`)),
    ...providers.map((provider) =>
      row(
        providerNames[provider],
        ...RATIOS.map((ratio) => range(passes(at, askedAt, provider, ratio, terms))),
      ),
    ),
  ].join('\n');
}

const priceOfMessages = ({ items }: Comparison): number => items[0]?.price ?? 0;

function row(name: string, ...cells: readonly string[]): string {
  const widths = [22, 14, 17];
  const rest = cells.map((cell, index) => cell.padStart(widths[index] ?? 0)).join('');
  return `${name.padEnd(38)}${rest}`.trimEnd();
}

function range(volumes: { from: number; to?: number } | undefined): string {
  if (!volumes) return 'never';
  const { from, to } = volumes;
  return to === undefined ? `from ${thousands(from)}` : `${thousands(from)} to ${thousands(to)}`;
}

const thousands = (count: number): string =>
  count < 1000 ? String(count) : `${Number((count / 1000).toPrecision(2))}k`;

function money(price: number): string {
  return price >= 100 ? Math.round(price).toLocaleString('en') : price.toFixed(price >= 0.1 ? 2 : 4);
}

const perHour = (price: number, classHours: number): string => (price / classHours).toFixed(5);
