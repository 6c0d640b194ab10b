import {
  awsBill,
  providerBills,
  providerNames,
  type BillItem,
  type Deployment,
  type Provider,
} from './bills.ts';
import type { Prices } from './prices.ts';
import type { Traffic, TrafficAt } from './traffic.ts';

/** The ratios that a reader asks for. */
export const RATIOS = [3, 5, 10] as const;

/** How a provider stands to AWS at one volume. */
export interface Offer {
  provider: Provider;
  name: string;
  /** The same frames, batched as we batch them. */
  same: number;
  sameRatio: number;
  /** What an integration that flushes 20 times a second would send. Absent where nothing but the traffic is known. */
  naive?: number;
  naiveRatio?: number;
}

export interface Comparison {
  traffic: Traffic;
  items: readonly BillItem[];
  total: number;
  offers: readonly Offer[];
}

export interface Terms {
  deployment: Deployment;
  prices: Prices;
}

export const totalOf = (items: readonly BillItem[]): number =>
  items.reduce((sum, { price }) => sum + price, 0);

export const providers = Object.keys(providerNames) as Provider[];

/** One month on AWS, beside what providers ask for it. */
export function compare(
  at: TrafficAt,
  naiveAt: TrafficAt | undefined,
  classHours: number,
  terms: Terms,
): Comparison {
  const traffic = at(classHours);
  const items = awsBill(traffic, terms.deployment, terms.prices);
  const total = totalOf(items);
  const same = providerBills(traffic, terms.prices);
  const naive = naiveAt && providerBills(naiveAt(classHours), terms.prices);
  return {
    traffic,
    items,
    total,
    offers: providers.map((provider) => ({
      provider,
      name: providerNames[provider],
      same: same[provider],
      sameRatio: same[provider] / total,
      ...(naive ? { naive: naive[provider], naiveRatio: naive[provider] / total } : {}),
    })),
  };
}

/** Class-hours a month that a plot or a search looks at: 100 to a million, twenty in each decade. */
export const VOLUMES: readonly number[] = Array.from({ length: 81 }, (_, step) =>
  Math.round(100 * 10 ** (step / 20)),
);

/** Between which volumes a provider costs so many times as much, `to` being absent if it still does at the last one. */
export function passes(
  at: TrafficAt,
  askedAt: TrafficAt,
  provider: Provider,
  ratio: number,
  { deployment, prices }: Terms,
): { from: number; to?: number } | undefined {
  const isPassed = VOLUMES.map((classHours) => {
    const own = totalOf(awsBill(at(classHours), deployment, prices));
    return providerBills(askedAt(classHours), prices)[provider] / own >= ratio;
  });
  const passed = VOLUMES.filter((_, index) => isPassed[index]);
  const [from, to] = [passed[0], passed.at(-1)];
  if (from === undefined || to === undefined) return undefined;
  return to === VOLUMES.at(-1) ? { from } : { from, to };
}
