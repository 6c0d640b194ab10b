import { fork, type ChildProcess } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { until } from '../harness/until.ts';
import { startBackend } from './long/backend-link.ts';
import type { CrowdOrder, CrowdReport } from './storm/crowd.ts';
import { svgPlot, textPlot } from './storm/plot.ts';

const usage = `pnpm storm [--clients 2000] [--base MS] [--cap MS] [--out FOLDER] [--json]
    Connects as many clients, drops them all at once, and shows how they come back.
    --base, --cap   another backoff than the SDK's own
    --out           writes storm.svg into this folder
    --json          the figures as the last line, in one line of JSON
`;

const { values } = parseArgs({
  options: {
    clients: { type: 'string', default: '2000' },
    base: { type: 'string' },
    cap: { type: 'string' },
    out: { type: 'string' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

/** What API Gateway admits in one second; above it answers 429. */
const PER_SECOND = 500;
const PROCESSES = 4;
/** What comes in tenths of a second, by the tenth of the epoch. */
type Tenths = Map<number, number>;

if (values.help) process.stdout.write(usage);
else await storm(Number(values.clients));
process.exit();

async function storm(clients: number): Promise<void> {
  const attempts: Tenths = new Map();
  const admitted: Tenths = new Map();
  const refused: Tenths = new Map();
  const listeners = new Set<() => void>();
  const onNews = (listener: () => void): (() => void) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  };
  const notify = (): void => [...listeners].forEach((listener) => listener());
  const backend = await startBackend(undefined, (report) => {
    if (report.type !== 'door') return;
    const tenth = Math.floor(report.at / 100);
    add(admitted, tenth, report.connected);
    add(refused, tenth, report.refused);
  });
  const crowds = Array.from({ length: PROCESSES }, () => {
    const child = fork(new URL('./storm/crowd.ts', import.meta.url), [], {
      execArgv: ['--import', createRequire(import.meta.url).resolve('tsx')],
    });
    const crowd = { child, connected: 0 };
    child.on('message', (report: CrowdReport) => {
      crowd.connected = report.connected;
      for (const [tenth, count] of Object.entries(report.attempts)) add(attempts, Number(tenth), count);
      notify();
    });
    return crowd;
  });
  const tell = (child: ChildProcess, order: CrowdOrder): void => void child.send(order);
  const connected = (): number => crowds.reduce((sum, crowd) => sum + crowd.connected, 0);
  const timing = {
    ...(values.base === undefined ? {} : { reconnectBaseMs: Number(values.base) }),
    ...(values.cap === undefined ? {} : { backoffCapMs: Number(values.cap) }),
  };
  try {
    // A hundred at a time: how they come is not what is asked here.
    const share = Math.ceil(clients / PROCESSES);
    for (let from = 0; from < share; from += 25) {
      const count = Math.min(25, share - from);
      for (const [index, { child }] of crowds.entries())
        tell(child, { type: 'connect', url: backend.url, from: index * share + from, count, timing });
      const goal = (from + count) * PROCESSES;
      await until(`${goal} clients are connected`, onNews, () => connected() >= goal, 60_000);
    }
    process.stderr.write(`${connected()} clients are connected; all are dropped now\n`);
    const droppedAt = Date.now();
    backend.order({ type: 'cut', manner: 'drop', share: 1, seed: 1 });
    await until('they notice', onNews, () => connected() < clients / 2, 30_000);
    await until('all are back', onNews, () => connected() >= share * PROCESSES, 300_000);
    const backMs = Date.now() - droppedAt;
    const series = [
      { name: 'attempts', color: '#888', tenths: attempts },
      { name: 'connected', color: '#2a7', tenths: admitted },
      { name: 'refused (429)', color: '#e80', tenths: refused },
    ].map(({ tenths, ...rest }) => {
      const since = tenthsSince(tenths, Math.floor(droppedAt / 100));
      return { ...rest, perSecond: perSecond(since), peak: peakOf(since) };
    });
    const [asked, came, turned] = series;
    for (const { name, perSecond: rows, peak } of series) {
      process.stdout.write(
        `${textPlot(`${name} per second; the most in any second is ${peak}`, rows, PER_SECOND)}\n\n`,
      );
    }
    process.stdout.write(`all ${clients} were back after ${(backMs / 1000).toFixed(1)} s\n`);
    if (values.out !== undefined) {
      mkdirSync(values.out, { recursive: true });
      const file = join(values.out, 'storm.svg');
      writeFileSync(file, svgPlot(`${clients} clients dropped at once, per second`, series, PER_SECOND));
      process.stdout.write(`${file}\n`);
    }
    const figures = {
      clients,
      back: connected(),
      backMs,
      peakAttempts: asked?.peak,
      peakConnects: came?.peak,
      refused: turned?.perSecond.reduce((sum, count) => sum + count, 0),
      attempts: asked?.perSecond,
      connects: came?.perSecond,
    };
    if (values.json) process.stdout.write(`${JSON.stringify(figures)}\n`);
  } finally {
    for (const { child } of crowds) if (child.connected) tell(child, { type: 'leave' });
    await backend.stop();
  }
}

function add(tenths: Tenths, tenth: number, count: number): void {
  tenths.set(tenth, (tenths.get(tenth) ?? 0) + count);
}

function tenthsSince(tenths: Tenths, start: number): number[] {
  const end = Math.max(start, ...tenths.keys());
  return Array.from({ length: end - start + 1 }, (_, index) => tenths.get(start + index) ?? 0);
}

function perSecond(tenths: readonly number[]): number[] {
  const seconds = Math.ceil(tenths.length / 10);
  return Array.from({ length: seconds }, (_, second) => sum(tenths.slice(second * 10, second * 10 + 10)));
}

/** The most in any ten tenths in a row. */
function peakOf(tenths: readonly number[]): number {
  return Math.max(0, ...tenths.map((_, index) => sum(tenths.slice(index, index + 10))));
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
