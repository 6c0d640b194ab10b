import Konva from 'konva';
import { livePoints, painted, type Contender } from './contender.ts';
import { HEIGHT, WIDTH, type Strokes } from './strokes.ts';

/** Konva as it draws such strokes fastest: shapes that fill a `Path2D` made once, on a layer that listens to nothing. */
export class KonvaBoard implements Contender {
  readonly #root: HTMLElement;
  readonly #stage: Konva.Stage;
  readonly #layer = new Konva.Layer({ listening: false });
  readonly #overlay = new Konva.Layer({ listening: false });
  readonly #line = new Konva.Line({ stroke: '#1f66ad', strokeWidth: 3, lineCap: 'round' });
  #strokes: Strokes | undefined;

  constructor(root: HTMLElement) {
    this.#root = root;
    const container = root.appendChild(document.createElement('div'));
    this.#stage = new Konva.Stage({ container, width: WIDTH, height: HEIGHT });
    this.#overlay.add(this.#line);
    this.#stage.add(this.#layer, this.#overlay);
  }

  load(strokes: Strokes): void {
    this.#strokes = strokes;
    this.#layer.add(...strokes.paths.map(shapeOf));
    this.#layer.draw();
  }

  add(index: number): void {
    this.#layer.add(shapeOf(this.#strokes?.more[index]?.path ?? ''));
    this.#layer.draw();
  }

  live(points: number): void {
    this.#line.points(livePoints(points).flatMap(({ x, y }) => [x, y]));
    this.#overlay.draw();
  }

  pan(): void {
    this.#layer.move({ x: -7, y: 3 });
    this.#layer.draw();
  }

  zoom(): void {
    const scale = this.#layer.scaleX() * 1.01;
    this.#layer.scale({ x: scale, y: scale });
    this.#layer.draw();
  }

  erase(index: number): void {
    const { children } = this.#layer;
    children[(index * 97) % children.length]?.destroy();
    this.#layer.draw();
  }

  drawn(): Promise<void> {
    return painted(this.#root);
  }

  settled(): Promise<void> {
    return painted(this.#root);
  }
}

function shapeOf(data: string): Konva.Shape {
  const path = new Path2D(data);
  return new Konva.Shape({
    perfectDrawEnabled: false,
    sceneFunc: (context) => {
      context._context.fillStyle = '#1f66ad';
      context._context.fill(path);
    },
  });
}
