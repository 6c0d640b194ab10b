import { readFileSync } from 'node:fs';
import * as z from 'zod/mini';

const price = z.number().check(z.minimum(0));
/** A price a million that falls with the volume: each step holds up to its bound, the last one has none. */
const tiers = z.array(z.object({ upTo: z.optional(z.number()), price }));
const origin = { source: z.string(), confidence: z.enum(['published', 'secondary', 'assumed']) };
const tiered = z.object({ perMillion: tiers, ...origin });
const flat = z.object({ price, ...origin });

const pricesSchema = z.object({
  asOf: z.string().check(z.regex(/^\d{4}-\d\d-\d\d$/)),
  region: z.string(),
  aws: z.object({
    webSocketMessages: tiered,
    connectionMinutes: tiered,
    lambdaRequests: tiered,
    lambdaGbSeconds: tiered,
    cacheNodeHour: z.object({ nodes: z.record(z.string(), price), ...origin }),
    natHour: flat,
    natGb: flat,
    logGb: flat,
    metricMonth: flat,
    dashboardMonth: flat,
    alarmMonth: flat,
    dataOutGb: flat,
  }),
  providers: z.object({
    ably: z.object({
      plans: z.array(z.object({ month: price, connections: z.number(), messagesPerSecond: z.number() })),
      messagesPerMillion: tiers,
      connectionMinutesPerMillion: price,
      channelMinutesPerMillion: price,
      ...origin,
    }),
    pusher: z.object({
      plans: z.array(z.object({ month: price, connections: z.number(), messagesPerDay: z.number() })),
      ...origin,
    }),
    pubnub: z.object({ publishEach: price, deliveryEach: price, ...origin }),
    pubnubByUser: z.object({
      steps: z.array(z.object({ users: z.number(), month: price })).check(z.minLength(1)),
      ...origin,
    }),
    liveblocks: z.object({ minuteEach: price, month: price, ...origin }),
  }),
  assumptions: z.object({
    hoursAMonth: z.number(),
    busyHoursAMonth: z.number(),
    busyDaysAMonth: z.number(),
    peakOverMean: z.number(),
    classHoursAUser: z.number(),
    lambdaMb: z.number(),
    lambdaMs: z.number(),
    postOverheadBytes: z.number(),
    frameBytes: z.number(),
    alarms: z.number(),
    metrics: z.number(),
  }),
});

/** What things cost, since when, and on whose word. */
export type Prices = z.infer<typeof pricesSchema>;
export type Tiers = z.infer<typeof tiers>;

/** The prices that come with Chalkline: correct them there. */
export const ownPrices = new URL('./prices.json', import.meta.url);

/** @throws Error that names the file and the entry that does not fit. */
export function readPrices(file: string | URL = ownPrices): Prices {
  const name = file instanceof URL ? 'prices.json' : file;
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new Error(`unable to read the prices of ${name}; it is not there, or not JSON`, { cause });
  }
  const { success, data, error } = z.safeParse(pricesSchema, content);
  if (success) return data;
  throw new Error(
    `unable to read the prices of ${name}; "${error.issues[0]?.path.join('.') ?? ''}" does not fit`,
  );
}

/** What `count` costs by tiers. */
export function priceOf(count: number, perMillion: Tiers): number {
  let left = count;
  let from = 0;
  let total = 0;
  for (const { upTo = Infinity, price: each } of perMillion) {
    const here = Math.min(left, upTo - from);
    total += (here / 1e6) * each;
    left -= here;
    from = upTo;
  }
  return total;
}
