import { createRandom } from '@chalkline/client-sdk/testing';
import { bake, BoardDocument, exportSvg, FIRST_PAGE } from '@chalkline/vue-components/whiteboard';
import * as Y from 'yjs';

export const WIDTH = 1280;
export const HEIGHT = 720;
export const STYLE = { color: 'blue', width: 3 };

/** One stroke of a second of writing, about 110 px across, within `spread` screens side by side. */
function makeStroke(random: () => number, spread: number): Uint8Array {
  const [x, y] = [random() * WIDTH * spread, random() * HEIGHT];
  const [bend, swing] = [random() * 6, 8 + random() * 20];
  const raw = Array.from({ length: 118 }, (_, index) => ({
    x: x + index * 0.9 + 6 * Math.cos(bend + index / 5),
    y: y + swing * Math.sin(bend + index / 8),
    timeMs: index * 8,
  }));
  return bake(raw, { width: STYLE.width });
}

export interface Strokes {
  /** For ours: the document as a newcomer loads it. */
  update: Uint8Array;
  /** For the others: the same outlines as SVG paths. */
  paths: string[];
  /** Strokes to add, in both forms. */
  more: { points: Uint8Array; path: string }[];
}

/** The same strokes for each contender. */
export function makeStrokes(count: number, spread: number): Strokes {
  const random = createRandom(count);
  const doc = new Y.Doc();
  const board = new BoardDocument(doc, { authorId: 'ada' });
  const add = (points: Uint8Array) => board.add({ kind: 'ink', pageId: FIRST_PAGE, style: STYLE, points });
  board.transact(() => {
    for (let index = 0; index < count; index++) add(makeStroke(random, spread));
  });
  const update = Y.encodeStateAsUpdate(doc);
  const paths = pathsOf(board);
  // In view, since what is drawn out of sight costs nothing.
  const more = Array.from({ length: 60 }, () => makeStroke(random, 1));
  for (const points of more) add(points);
  const drawn = pathsOf(board).slice(count);
  board.dispose();
  return { update, paths, more: more.map((points, index) => ({ points, path: drawn[index] ?? '' })) };
}

function pathsOf(board: BoardDocument): string[] {
  return [...exportSvg(board, FIRST_PAGE).matchAll(/<path d="([^"]*)"/g)].map(([, path = '']) => path);
}
