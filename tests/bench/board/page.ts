import { BareCanvas } from './bare-canvas.ts';
import type { Contender } from './contender.ts';
import { KonvaBoard } from './konva.ts';
import { Ours } from './ours.ts';
import { makeStrokes } from './strokes.ts';
import { SvgBoard } from './svg.ts';

const contenders: Record<string, new (root: HTMLElement) => Contender> = {
  ours: Ours,
  konva: KonvaBoard,
  svg: SvgBoard,
  canvas: BareCanvas,
};

export const actions = ['add', 'live', 'pan', 'zoom', 'erase'] as const;
export type Action = (typeof actions)[number];

/** Fills the board of the page; returns the ms to the first whole picture. */
async function load(name: string, count: number, spread: number): Promise<number> {
  const root = document.querySelector<HTMLElement>('#board');
  const Board = contenders[name];
  if (!root || !Board) throw new Error(`there is no contender "${name}"`);
  const strokes = makeStrokes(count, spread);
  const board = new Board(root);
  const startMs = performance.now();
  board.load(strokes);
  await board.settled();
  const tookMs = performance.now() - startMs;
  shown = board;
  return tookMs;
}

let shown: Contender | undefined;

/** The ms of each of `samples` times that `action` is done on the board that was loaded, until it is drawn. */
async function repeat(action: Action, samples: number): Promise<number[]> {
  const board = shown;
  if (!board) throw new Error('no board was loaded');
  const tookMs: number[] = [];
  for (let index = 0; index < samples; index++) {
    const startMs = performance.now();
    if (action === 'live') board.live(20 + index * 4);
    else board[action](index);
    await board.drawn();
    tookMs.push(performance.now() - startMs);
  }
  await board.settled();
  return tookMs;
}

const page = { load, repeat };
export type BenchPage = typeof page;
Object.assign(globalThis, page);
