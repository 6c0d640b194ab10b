import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { Report } from './benchmark.ts';
import { benchmarks } from './benchmarks.ts';
import { percentile } from './statistics.ts';
import { table } from './table.ts';

/** Runs the command as `pnpm bench` does; resolves with what it prints. */
async function command(...args: string[]): Promise<string> {
  const loader = createRequire(import.meta.url).resolve('tsx');
  const run = fileURLToPath(new URL('./run.ts', import.meta.url));
  return (await promisify(execFile)(process.execPath, ['--import', loader, run, ...args])).stdout;
}

/** With next to no samples, and in this process: a new one would load every benchmark and what it stands on again. */
function quick(name: keyof typeof benchmarks): Promise<Report> {
  return benchmarks[name].run({ isQuick: true, progress: () => undefined });
}

const number: unknown = expect.any(Number);
const shares = { p50: { 6: number, 30: number }, p99: { 6: number, 30: number } };

// On two cores: each waits for the others.
describe.concurrent('pnpm bench', { timeout: 120_000 }, () => {
  it('lists its benchmarks where there is none of the name', async () => {
    const failure = await command('speed').catch((error: unknown) => error);
    expect(failure).toMatchObject({
      stderr: 'there is no benchmark "speed"\n',
      stdout: expect.stringMatching(
        /latency .*\n.*fanout .*\n.*size .*\n.*coldstart .*\n.*growth .*\n.*board .*\n.*wire /,
      ) as unknown,
    });
  });

  it('size: ends in the bytes of each entry and of the peers, as a line of JSON', async () => {
    // Seen red: the figures before the table.
    const lines = (await command('size', '--json', '--quick')).trimEnd().split('\n');
    expect(JSON.parse(lines.at(-1) ?? '')).toEqual({
      ours: {
        'connect+join+publish+recover': number,
        index: number,
        'index, its own code alone': number,
        protocol: number,
        testing: number,
        yjs: number,
      },
      peers: { phoenix: number },
    });
    expect(lines.length).toBeGreaterThan(4);
  });

  it('latency: ends in p50 and p99 of 6 and of 30 members, ours, the peer, the limit and the ratio', async () => {
    const { figures } = await quick('latency');
    const systems = { ours: shares, socketio: shares, socketioNodes: shares, relay: shares };
    expect(figures).toEqual({ ...systems, ratio: shares, ratioToNodes: shares });
  });

  it('fanout: ends in the CPU of a post each way, and the ratio to bare HTTP', async () => {
    const { figures } = await quick('fanout');
    const ways = { bare: number, ours: number, sdk: number, aws4: number };
    expect(figures).toEqual({ us: ways, ratio: ways });
  });

  it('coldstart: ends in the load time, the size and the ratio, and nothing local is in the bundle', async () => {
    const { figures } = await quick('coldstart');
    const parts = { ours: number, empty: number, sdk: number, ioredis: number, zod: number };
    // Seen red: the handler's entry taken together with `startDevServer`.
    expect(figures).toEqual({
      ms: parts,
      kb: parts,
      sum: { ms: number, kb: number },
      ratio: number,
      uninvited: [],
    });
  });

  it('growth: ends in the CPU of Redis for a publish at each number of classrooms, the ratio to one, and one call each', async () => {
    const { figures } = await quick('growth');
    const each = { 1: number, 2: number };
    // Seen red: `append` followed by a call that asks for the seat.
    expect(figures).toEqual({ us: each, ratio: each, calls: { 1: 1, 2: 1 } });
  });

  it('board: ends in the ms of each change at each size, ours, Konva and SVG, and the limit of a load', async () => {
    const { figures } = await quick('board');
    const changes = { add: number, live: number, pan: number, zoom: number, erase: number, load: number };
    const each = { 50: changes };
    expect(figures).toEqual({ ours: each, konva: each, svg: each, spread: changes, limit: { load: number } });
  });

  // Without the peers, whose packages are fetched.
  it('wire: ends in the messages and bytes of a stroke and of a minute', async () => {
    const { figures } = await quick('wire');
    const ours = { messages: { ours: number }, bytes: { ours: number } };
    expect(figures).toEqual({ stroke: ours, minute: ours });
  });
});

it('takes percentiles by nearest rank', () => {
  const values = Array.from({ length: 200 }, (_, index) => 200 - index);
  expect([0, 0.5, 0.99, 1].map((share) => percentile(values, share))).toEqual([1, 100, 198, 200]);
  expect(() => percentile([], 0.5)).toThrow(RangeError);
});

it('aligns the columns of a table', () => {
  expect(table(['way', 'µs'], [['a long one', 1234]])).toBe('way             µs\na long one   1,234');
});
