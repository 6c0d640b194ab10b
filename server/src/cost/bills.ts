import { priceOf, type Prices } from './prices.ts';
import { billedOf, peakConnections, type Traffic } from './traffic.ts';

/** How the backend is deployed, as far as its price goes. */
export interface Deployment {
  egress: 'ipv6' | 'nat' | 'nat-per-zone';
  /** The type of the cache's nodes. @default what the peak asks for */
  cacheNode?: string | undefined;
  /** @default 2 */
  cacheNodes: number;
  /** What an invocation writes to the log, in KB. */
  logKb: number;
  /** Prices of another region, divided by those of the file's. */
  regionFactor: number;
}

export interface BillItem {
  name: string;
  /** How much of it, for the reader. */
  amount: string;
  price: number;
}

/** Connections up to which a node type is taken, where none is named. */
const NODE_STEPS: readonly (readonly [number, string])[] = [
  [500, 'cache.t4g.micro'],
  [4_000, 'cache.t4g.small'],
  [12_000, 'cache.t4g.medium'],
  [Infinity, 'cache.m7g.large'],
];
const ZONES = 2;

/** AWS's month, item by item. @throws Error for a cache node that has no price. */
export function awsBill(traffic: Traffic, deployment: Deployment, prices: Prices): BillItem[] {
  const { aws, assumptions } = prices;
  const { egress, cacheNodes, logKb, regionFactor } = deployment;
  const messages = billedOf(traffic);
  // Authorizer, `$connect` and `$disconnect` run once each for a connection.
  const invocations = traffic.framesIn + 3 * traffic.connects;
  const gbSeconds = (invocations * assumptions.lambdaMs * assumptions.lambdaMb) / 1000 / 1024;
  const logGb = (invocations * logKb) / 1e6;
  const outGb = traffic.bytesOut / 1e9;
  const postGb = outGb + (traffic.framesOut * assumptions.postOverheadBytes) / 1e9;
  const peak = peakConnections(traffic, prices);
  const node = deployment.cacheNode ?? NODE_STEPS.find(([most]) => peak <= most)?.[1] ?? '';
  const nodeHour = aws.cacheNodeHour.nodes[node];
  if (nodeHour === undefined) {
    throw new Error(
      `there is no price for ${node}; there is one for ${Object.keys(aws.cacheNodeHour.nodes).join(', ')}`,
    );
  }
  const gateways = egress === 'ipv6' ? 0 : egress === 'nat' ? 1 : ZONES;
  const nat =
    gateways * aws.natHour.price * assumptions.hoursAMonth + (gateways > 0 ? postGb * aws.natGb.price : 0);
  const items: BillItem[] = [
    {
      name: 'API Gateway messages',
      amount: `${millions(messages)} M`,
      price: priceOf(messages, aws.webSocketMessages.perMillion),
    },
    {
      name: 'API Gateway connection minutes',
      amount: `${millions(traffic.connectionMinutes)} M`,
      price: priceOf(traffic.connectionMinutes, aws.connectionMinutes.perMillion),
    },
    {
      name: 'Lambda requests',
      amount: `${millions(invocations)} M`,
      price: priceOf(invocations, aws.lambdaRequests.perMillion),
    },
    {
      name: 'Lambda compute',
      amount: `${millions(gbSeconds)} M GB-s`,
      price: priceOf(gbSeconds, aws.lambdaGbSeconds.perMillion),
    },
    {
      name: 'ElastiCache',
      amount: `${cacheNodes} × ${node}`,
      price: cacheNodes * nodeHour * assumptions.hoursAMonth,
    },
    {
      name: egress === 'ipv6' ? 'Egress by IPv6' : 'NAT gateways',
      amount: gateways === 0 ? 'no gateway' : `${gateways}, ${postGb.toFixed(1)} GB`,
      price: nat,
    },
    { name: 'CloudWatch logs', amount: `${logGb.toFixed(1)} GB`, price: logGb * aws.logGb.price },
    {
      name: 'CloudWatch metrics, alarms, dashboard',
      amount: `${assumptions.metrics} + ${assumptions.alarms} + 1`,
      price:
        assumptions.metrics * aws.metricMonth.price +
        assumptions.alarms * aws.alarmMonth.price +
        aws.dashboardMonth.price,
    },
    { name: 'Data to clients', amount: `${outGb.toFixed(1)} GB`, price: outGb * aws.dataOutGb.price },
  ];
  return items.map((item) => ({ ...item, price: item.price * regionFactor }));
}

export type Provider = keyof Prices['providers'];

export const providerNames: Readonly<Record<Provider, string>> = {
  ably: 'Ably, by the message',
  pusher: 'Pusher Channels',
  pubnub: 'PubNub, by transaction',
  pubnubByUser: 'PubNub, by monthly user',
  liveblocks: 'Liveblocks',
};

/** What each provider asks for the same month. */
export function providerBills(traffic: Traffic, prices: Prices): Record<Provider, number> {
  const { ably, pusher, pubnub, pubnubByUser, liveblocks } = prices.providers;
  const { busyHoursAMonth, busyDaysAMonth, peakOverMean, classHoursAUser } = prices.assumptions;
  const connections = peakConnections(traffic, prices);
  const messages = traffic.publishes + traffic.deliveries;
  const perSecond = (messages / busyHoursAMonth / 3600) * peakOverMean;
  const perDay = messages / busyDaysAMonth;
  const users = (traffic.classHours * traffic.members) / classHoursAUser;
  return {
    ably:
      severalOf(ably.plans, (plan) =>
        Math.max(connections / plan.connections, perSecond / plan.messagesPerSecond),
      ) +
      priceOf(messages + traffic.echoes, ably.messagesPerMillion) +
      (traffic.connectionMinutes / 1e6) * ably.connectionMinutesPerMillion +
      ((traffic.classHours * 60) / 1e6) * ably.channelMinutesPerMillion,
    pusher: severalOf(pusher.plans, (plan) =>
      Math.max(connections / plan.connections, perDay / plan.messagesPerDay),
    ),
    pubnub: traffic.publishes * pubnub.publishEach + traffic.deliveries * pubnub.deliveryEach,
    pubnubByUser: alongSteps(pubnubByUser.steps, users),
    liveblocks: Math.max(liveblocks.month, traffic.connectionMinutes * liveblocks.minuteEach),
  };
}

/** The smallest plan that `load` fits into (1 is full), or as many of the largest as are needed. */
function severalOf<P extends { month: number }>(plans: readonly P[], load: (plan: P) => number): number {
  const fitting = plans.find((plan) => load(plan) <= 1);
  if (fitting) return fitting.month;
  const largest = plans.at(-1);
  return largest ? largest.month * Math.ceil(load(largest)) : 0;
}

function alongSteps(steps: Prices['providers']['pubnubByUser']['steps'], users: number): number {
  const [first, ...rest] = steps;
  if (!first || users <= first.users) return first?.month ?? 0;
  let from = first;
  for (const to of rest) {
    if (users <= to.users) {
      return from.month + ((users - from.users) / (to.users - from.users)) * (to.month - from.month);
    }
    from = to;
  }
  // Above the last step: at the last step's price a user.
  return (users / from.users) * from.month;
}

export function millions(count: number): string {
  const number = count / 1e6;
  return number.toFixed(number >= 100 ? 0 : number >= 1 ? 1 : 3);
}
