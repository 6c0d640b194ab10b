import { BoardDocument, BoardView, FIRST_PAGE, lightColors } from '@chalkline/vue-components/whiteboard';
import * as Y from 'yjs';
import { livePoints, painted, type Contender } from './contender.ts';
import { STYLE, type Strokes } from './strokes.ts';

export class Ours implements Contender {
  readonly #root: HTMLElement;
  #board: BoardDocument | undefined;
  #view: BoardView | undefined;
  #strokes: Strokes | undefined;
  #inView: string[] = [];

  constructor(root: HTMLElement) {
    this.#root = root;
  }

  load(strokes: Strokes): void {
    this.#strokes = strokes;
    const doc = new Y.Doc();
    Y.applyUpdate(doc, strokes.update);
    this.#board = new BoardDocument(doc, { authorId: 'ada' });
    this.#view = new BoardView(this.#root, {
      board: this.#board,
      pageId: FIRST_PAGE,
      theme: lightColors,
      reducedMotion: false,
    });
  }

  add(index: number): void {
    const points = this.#strokes?.more[index]?.points ?? new Uint8Array();
    this.#board?.add({ kind: 'ink', pageId: FIRST_PAGE, style: STYLE, points });
  }

  live(points: number): void {
    if (this.#view) this.#view.live.stroke = { kind: 'ink', style: STYLE, points: livePoints(points) };
  }

  pan(): void {
    this.#view?.panBy(-7, 3);
  }

  zoom(): void {
    this.#view?.zoomAt({ x: 640, y: 360 }, 1.01);
  }

  erase(index: number): void {
    const id = this.#inView[(index * 97) % this.#inView.length];
    if (id !== undefined) this.#board?.remove([id]);
  }

  drawn(): Promise<void> {
    return painted(this.#root);
  }

  async settled(): Promise<void> {
    await this.#view?.settled();
    await painted(this.#root);
    // Not while an eraser's time is taken: to look for a stroke in view costs more than to find the one under a pointer.
    this.#inView = this.#view?.within(this.#view.visible) ?? [];
  }
}
