import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { awsBill, providerBills } from './bills.ts';
import { compare, passes, totalOf } from './comparison.ts';
import { costPlot } from './plot.ts';
import { priceOf, readPrices } from './prices.ts';
import { readRecording, TrafficRecorder, trafficOfRecording } from './recording.ts';
import { billedOf, times, type Traffic } from './traffic.ts';
import { presets, trafficOf } from './workload.ts';

const prices = readPrices();
const deployment = { egress: 'nat', cacheNodes: 2, logKb: 0.25, regionFactor: 1 } as const;
const terms = { deployment, prices };
const at = (classHours: number): Traffic => trafficOf(presets.balanced, classHours, prices);
const naiveAt = (classHours: number): Traffic => trafficOf(presets.naive, classHours, prices);

const folders: string[] = [];
afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true })));
const fileOf = (content: unknown): string => {
  const folder = mkdtempSync(join(tmpdir(), 'chalkline-cost-'));
  folders.push(folder);
  const file = join(folder, 'file.json');
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
};

describe('a price that falls with the volume', () => {
  it('takes each step for what lies in it', () => {
    // Seen red: the step of the whole volume for all of it.
    const tiers = [{ upTo: 1e9, price: 1 }, { price: 0.8 }];
    expect(priceOf(1e9, tiers)).toBe(1000);
    expect(priceOf(3e9, tiers)).toBe(1000 + 1600);
    expect(priceOf(0, tiers)).toBe(0);
  });
});

describe('the traffic of a workload', () => {
  it('has one frame a member for each publish: the event for the others, the ack for the sender', () => {
    const quiet = { ...presets.balanced, drawShare: 0, pointerShare: 0 };
    const { kinds } = trafficOf(quiet, 1, prices);
    expect(kinds['in publish chat.send']).toBe(480);
    expect(kinds['out ack']).toBe(480);
    expect(kinds['out events chat.send']).toBe(480 * 3);
  });

  it('sends the cursors of a large class to its teacher only', () => {
    // Seen red: every cursor to everyone.
    const cursorsOf = (members: number): number =>
      trafficOf({ ...presets.balanced, members }, 1, prices).kinds['out signals board.cursor'] ?? 0;
    expect(cursorsOf(6)).toBe(1080 * 6 * 5);
    expect(cursorsOf(30)).toBe(1080 * (29 + 29));
  });
});

describe('the bill', () => {
  const item = (name: string, traffic: Traffic, other: Partial<typeof deployment> = {}): number =>
    awsBill(traffic, { ...deployment, ...other }, prices).find((entry) => entry.name === name)?.price ?? NaN;

  it('of AWS is what its items add up to by hand', () => {
    const traffic: Traffic = {
      classHours: 1000,
      members: 4,
      kinds: { 'in ping': 400e6, 'out pong': 600e6 },
      framesIn: 399.7e6,
      framesOut: 600e6,
      bytesOut: 100e9,
      connects: 0.1e6,
      connectionMinutes: 4e6,
      publishes: 0,
      deliveries: 0,
      echoes: 0,
    };
    expect(item('API Gateway messages', traffic)).toBe(1000);
    expect(item('API Gateway connection minutes', traffic)).toBe(1);
    expect(item('Lambda requests', traffic)).toBeCloseTo(80);
    expect(item('Lambda compute', traffic)).toBeCloseTo(400e6 * 0.015 * 0.5 * 0.0000133334, 0);
    expect(item('CloudWatch logs', traffic)).toBeCloseTo(50);
    expect(item('Data to clients', traffic)).toBeCloseTo(9);
    // One gateway for 730 hours, and 100 GB of frames with 900 GB around them.
    expect(item('NAT gateways', traffic)).toBeCloseTo(36.5 + 45);
    expect(item('Egress by IPv6', traffic, { egress: 'ipv6' } as never)).toBe(0);
    expect(() => awsBill(traffic, { ...deployment, cacheNode: 'cache.x' }, prices)).toThrow(
      'there is no price for cache.x; there is one for cache.t4g.micro',
    );
  });

  it('of providers counts what each of them counts', () => {
    // Seen red: the sender's own copy left out at Ably, which echoes.
    const month = { ...at(1000), publishes: 10e6, deliveries: 30e6, echoes: 10e6 };
    const bills = providerBills(month, prices);
    expect(bills.ably).toBeCloseTo(29 + 125 + (1000 * 4 * 60) / 1e6 + (1000 * 60) / 1e6);
    // 2 M messages on each of 20 busy days are above the plan for 1 M.
    expect(bills.pusher).toBe(99);
    expect(bills.pubnub).toBeCloseTo(10e6 * 0.000123 + 30e6 * 0.000033);
    expect(bills.pubnubByUser).toBe(98);
    expect(bills.liveblocks).toBeCloseTo(1000 * 4 * 60 * 0.002);
  });

  it('asks Pusher for several of its largest plan once one does not do', () => {
    const month = { ...at(1000), publishes: 0, deliveries: 20 * 200e6 };
    expect(providerBills(month, prices).pusher).toBe(3 * 1199);
  });

  it('of another region is higher by its factor', () => {
    const own = totalOf(awsBill(at(1000), deployment, prices));
    expect(totalOf(awsBill(at(1000), { ...deployment, regionFactor: 1.15 }, prices))).toBeCloseTo(own * 1.15);
  });
});

describe('the comparison', () => {
  it('gives the ratio for the same traffic, and for that of a naive integration', () => {
    const { total, offers } = compare(at, naiveAt, 10_000, terms);
    const ably = offers.find(({ provider }) => provider === 'ably');
    expect(ably?.sameRatio).toBeCloseTo((ably?.same ?? NaN) / total);
    expect(ably?.naiveRatio).toBeGreaterThan(ably?.sameRatio ?? NaN);
  });

  it('finds between which volumes a provider is so much dearer', () => {
    const ratioAt = (volume: number): number | undefined =>
      compare(at, naiveAt, volume, terms).offers.find(({ provider }) => provider === 'ably')?.naiveRatio;
    const { from = NaN, to = NaN } = passes(at, naiveAt, 'ably', 4, terms) ?? {};
    expect([from, to].map((volume) => Number(ratioAt(volume)) >= 4)).toEqual([true, true]);
    expect([from / 1.13, to * 1.13].map((volume) => Number(ratioAt(volume)) >= 4)).toEqual([false, false]);
    expect(passes(at, at, 'liveblocks', 3, terms)).toEqual({ from: expect.any(Number) as number });
    expect(passes(at, at, 'pubnubByUser', 3, terms)).toBeUndefined();
  });

  it('draws a line for each', () => {
    const svg = costPlot('What a class-hour costs', at, terms);
    expect(svg.match(/<polyline/g)).toHaveLength(6);
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  });
});

describe('a recording', () => {
  const frame = (type: 'frame-in' | 'frame-out', body: object, billed = 1) =>
    ({ type, connectionId: 'a', bytes: 100, billed, data: Buffer.from(JSON.stringify(body)) }) as const;

  it('counts billed messages by kind, and the minutes of connections that are still open', () => {
    let now = 0;
    const recorder = new TrafficRecorder(() => now);
    recorder.observe({ type: 'connected', connectionId: 'a' });
    recorder.observe({ type: 'connected', connectionId: 'b' });
    now = 60_000;
    recorder.observe({ type: 'disconnected', connectionId: 'b', code: 1000, reason: '' });
    const signals = [{ type: 'board.ink' }, { type: 'board.cursor' }, { type: 'board.ink' }];
    recorder.observe(frame('frame-in', { action: 'signal', signals }));
    recorder.observe(frame('frame-out', { action: 'events', events: [{ type: 'chat.send' }] }, 3));
    recorder.observe(frame('frame-out', { action: 'joined', events: [{ type: 'chat.send' }] }));
    recorder.observe({ ...frame('frame-in', {}), data: 'no JSON' });
    now = 120_000;
    const recording = recorder.recording();
    expect(recording).toMatchObject({ durationMs: 120_000, members: 2, connects: 2, connectionMs: 180_000 });
    expect(
      Object.fromEntries(Object.entries(recording.kinds).map(([kind, { billed }]) => [kind, billed])),
    ).toEqual({
      'out events chat.send': 3,
      'in signal board.cursor+board.ink': 1,
      'out joined': 1,
      'in unreadable': 1,
    });
    const traffic = trafficOfRecording(readRecording(fileOf(recording)));
    expect(traffic).toMatchObject({
      framesIn: 2,
      framesOut: 2,
      publishes: 1,
      deliveries: 1,
      connectionMinutes: 3,
    });
    expect(billedOf(times(traffic, 10))).toBe(60);
  });

  it('that is none is refused with a sentence', () => {
    expect(() => readRecording('/nowhere.json')).toThrow(
      'unable to read the recording /nowhere.json; it is not there',
    );
    expect(() => readRecording(fileOf({ chalkline: 'recording' }))).toThrow('"from" does not fit');
  });
});

it('refuses prices that lack an entry, by its name', () => {
  expect(() => readPrices(fileOf({ ...prices, aws: { ...prices.aws, natGb: {} } }))).toThrow(
    '"aws.natGb.price"',
  );
  expect(() => readPrices(fileOf('{'))).toThrow('it is not there, or not JSON');
});
