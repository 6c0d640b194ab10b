import { livePoints, nextFrame, type Contender } from './contender.ts';
import { HEIGHT, WIDTH, type Strokes } from './strokes.ts';

const NAMESPACE = 'http://www.w3.org/2000/svg';

/** A path element for each stroke, and another picture above for the one under the pen. */
export class SvgBoard implements Contender {
  readonly #group: SVGGElement;
  readonly #line: SVGPolylineElement;
  #strokes: Strokes | undefined;
  #camera = { x: 0, y: 0, zoom: 1 };

  constructor(root: HTMLElement) {
    this.#group = picture(root).appendChild(document.createElementNS(NAMESPACE, 'g'));
    this.#group.setAttribute('fill', '#1f66ad');
    this.#line = picture(root).appendChild(document.createElementNS(NAMESPACE, 'polyline'));
    this.#line.setAttribute('style', 'fill:none;stroke:#1f66ad;stroke-width:3;stroke-linecap:round');
  }

  load(strokes: Strokes): void {
    this.#strokes = strokes;
    this.#group.append(...strokes.paths.map(pathOf));
  }

  add(index: number): void {
    this.#group.append(pathOf(this.#strokes?.more[index]?.path ?? ''));
  }

  live(points: number): void {
    this.#line.setAttribute(
      'points',
      livePoints(points)
        .map(({ x, y }) => `${x},${y}`)
        .join(' '),
    );
  }

  pan(): void {
    this.#look({ ...this.#camera, x: this.#camera.x - 7, y: this.#camera.y + 3 });
  }

  zoom(): void {
    this.#look({ ...this.#camera, zoom: this.#camera.zoom * 1.01 });
  }

  erase(index: number): void {
    const { children } = this.#group;
    children[(index * 97) % children.length]?.remove();
  }

  async drawn(): Promise<void> {
    // The second frame begins once the first has been handed over.
    await nextFrame();
    await nextFrame();
  }

  settled(): Promise<void> {
    return this.drawn();
  }

  #look(camera: { x: number; y: number; zoom: number }): void {
    this.#camera = camera;
    this.#group.setAttribute('transform', `translate(${camera.x} ${camera.y}) scale(${camera.zoom})`);
  }
}

function picture(root: HTMLElement): SVGSVGElement {
  const svg = root.appendChild(document.createElementNS(NAMESPACE, 'svg'));
  svg.setAttribute('style', `position:absolute;left:0;top:0;width:${WIDTH}px;height:${HEIGHT}px`);
  return svg;
}

function pathOf(data: string): SVGPathElement {
  const path = document.createElementNS(NAMESPACE, 'path');
  path.setAttribute('d', data);
  return path;
}
