import * as engine from '@chalkline/vue-components/whiteboard';
import { createRandom } from '@chalkline/client-sdk/testing';
import * as Y from 'yjs';

/** One board and its view on the page. */
function openBoard({
  update,
  page,
  theme = 'light',
  width,
  height,
}: {
  update?: Uint8Array | undefined;
  page?: string;
  theme?: 'light' | 'dark';
  width?: number;
  height?: number;
} = {}) {
  const doc = new Y.Doc();
  if (update) Y.applyUpdate(doc, update);
  const host = document.createElement('div');
  host.className = 'board';
  if (width !== undefined) host.style.width = `${width}px`;
  if (height !== undefined) host.style.height = `${height}px`;
  document.body.append(host);
  const board = new engine.BoardDocument(doc, { authorId: 'ada' });
  const view = new engine.BoardView(host, {
    board,
    pageId: page ?? engine.FIRST_PAGE,
    theme: theme === 'dark' ? engine.darkColors : engine.lightColors,
    reducedMotion: false,
  });
  /** The pixels of the committed layer, once they are settled. */
  const pixels = async (): Promise<Uint8ClampedArray> => {
    await view.settled();
    const canvas = host.querySelector('canvas');
    const context = canvas?.getContext('2d');
    if (!canvas || !context) throw new Error('there is no canvas on the board');
    return context.getImageData(0, 0, canvas.width, canvas.height).data;
  };
  const close = () => {
    view.dispose();
    board.dispose();
    host.remove();
  };
  return { doc, board, view, host, pixels, close };
}

/** A wavy stroke as a hand draws it, about `length` px long. */
function wave(random: () => number, x: number, y: number, length: number): engine.RawPoint[] {
  const [bend, turn, swing] = [random() * 6, random() * 6.3, 4 + random() * 14];
  const count = Math.max(2, Math.round(length / 3));
  return Array.from({ length: count }, (_, index) => {
    const along = (index / count) * length;
    const side = Math.sin(bend + along / 12) * swing;
    return {
      x: x + Math.cos(turn) * along - Math.sin(turn) * side,
      y: y + Math.sin(turn) * along + Math.cos(turn) * side,
      timeMs: index * 8,
    };
  });
}

const page = { engine, Y, createRandom, openBoard, wave };
/** What scripts in the page find on `globalThis`. */
export type BoardPage = typeof page;
Object.assign(globalThis, page);
