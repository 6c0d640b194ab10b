import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { startBoardServer } from '../harness/board-server.ts';
import { startBrowser } from '../harness/browser.ts';
import type { Benchmark } from './benchmark.ts';
import type { Action, BenchPage } from './board/page.ts';
import { byName, median, round } from './statistics.ts';
import { table } from './table.ts';

const contenders = ['ours', 'konva', 'svg'] as const;
type Name = (typeof contenders)[number];
const actions = ['add', 'live', 'pan', 'zoom', 'erase'] as const satisfies readonly Action[];
const rows = [...actions, 'load'] as const;
type Figures = Record<(typeof rows)[number], number | null>;

const titles: Record<(typeof rows)[number], string> = {
  add: 'add a stroke',
  live: 'frame of a live stroke',
  pan: 'pan frame',
  zoom: 'zoom frame',
  erase: 'erase a stroke',
  load: 'load and first paint',
};

/** A contender that gives no answer for so long is not waited for. */
const PATIENCE_MS = 60_000;

/**
 * What one change costs until it is painted, on a board of so many strokes that all are in view, which is the worst case;
 * in one run of one browser that draws frames as fast as it can (a frame with nothing to do is some 2 ms of each figure). A
 * canvas is made to paint by reading a pixel of it; SVG is painted beside the page, so that its figures are too small.
 */
export const board: Benchmark = {
  summary:
    'ms to add, draw, pan, zoom, erase and load on boards of 1,000 to 10,000 strokes, beside Konva and SVG',
  async run({ isQuick, progress }) {
    const counts = isQuick ? [50] : [1000, 5000, 10_000];
    const samples = isQuick ? 2 : 25;
    const server = await startBoardServer(join(import.meta.dirname, 'board'));
    const browser = await startBrowser(['--disable-frame-rate-limit', '--disable-gpu-vsync']);
    try {
      const measured = async (name: string, count: number, spread: number): Promise<Figures> => {
        progress(`board: ${name}, ${count} strokes`);
        return measure(browser, server.url, { name, count, spread, samples });
      };
      const figures: Record<Name, Record<number, Figures>> = { ours: {}, konva: {}, svg: {} };
      for (const count of counts) {
        for (const name of contenders) figures[name][count] = await measured(name, count, 1);
      }
      const most = Math.max(...counts);
      const { load: limit } = await measured('canvas', most, 1);
      const spread = await measured('ours', most, 8);
      const cell = (value: number | null | undefined) => value?.toFixed(1) ?? 'no answer';
      const text = table(
        ['ms, median', ...counts.flatMap((count) => contenders.map((name) => `${name} ${count}`))],
        rows.map((row) => [
          titles[row],
          ...counts.flatMap((count) => contenders.map((name) => cell(figures[name][count]?.[row]))),
        ]),
      );
      const notes = [
        `first paint of ${most} finished outlines on a bare canvas, the limit: ${cell(limit)}`,
        `ours with an eighth of ${most} in view: ${rows.map((row) => `${row} ${cell(spread[row])}`).join(', ')}`,
      ];
      return {
        text: [text, '', ...notes].join('\n'),
        figures: { ...figures, spread, limit: { load: limit } },
      };
    } finally {
      await browser.close();
      await server.close();
    }
  },
};

interface Question {
  name: string;
  count: number;
  spread: number;
  samples: number;
}

/** Each contender has a page of its own; null stands for what was not answered in time, and ends its turn. */
async function measure(browser: Browser, url: string, question: Question): Promise<Figures> {
  const figures: Figures = byName(rows, () => null);
  const context = await browser.newContext({ viewport: { width: 1280, height: 720 } });
  try {
    const page = await context.newPage();
    await page.goto(url);
    await page.waitForFunction(() => 'repeat' in globalThis);
    const load = page.evaluate(({ name, count, spread }) => {
      return (globalThis as unknown as BenchPage).load(name, count, spread);
    }, question);
    const loadMs = await within(load);
    if (loadMs === undefined) return figures;
    figures.load = round(loadMs, 1);
    for (const action of actions) {
      const repeated = page.evaluate(
        (asked) => (globalThis as unknown as BenchPage).repeat(asked.action, asked.samples),
        { action, samples: question.name === 'ours' ? question.samples : Math.min(question.samples, 5) },
      );
      const tookMs = await within(repeated);
      if (tookMs === undefined) return figures;
      figures[action] = round(median(tookMs), 1);
    }
    return figures;
  } finally {
    await context.close();
  }
}

async function within<T>(answer: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), PATIENCE_MS);
  });
  // Closing the page rejects what it still owes.
  answer.catch(() => undefined);
  try {
    return await Promise.race([answer, patience]);
  } finally {
    clearTimeout(timer);
  }
}
