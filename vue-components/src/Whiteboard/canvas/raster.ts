import type { BoardElement } from '../model/element.ts';
import { grow, intersection, intersects, union, type Rect } from '../model/geometry.ts';
import type { Background } from '../model/page.ts';
import { toBoard, toScreen, viewOf, type Camera, type Size } from './camera.ts';
import { drawBackground } from './draw-background.ts';
import { drawElement, type Paint } from './draw-element.ts';
import { opaqueCanvas, type Scratch } from './scratch.ts';
import type { Scene } from './scene.ts';

/** What a raster shows. */
export interface Subject {
  scene: Scene;
  background: Background;
  paint: Paint;
}

/** More rectangles than this are drawn anew as one. */
const MOST_RECTS = 24;

/**
 * A canvas with one view of a page: painted from the bottom to the top in slices of time, then kept up to date by drawing
 * on top, or anew within rectangles. Either way it ends in the same pixels.
 */
export class Raster {
  readonly canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D;
  readonly #scratch: Scratch;
  #camera: Camera = { x: 0, y: 0, zoom: 1 };
  #size: Size = { width: 0, height: 0 };
  #ratio = 1;
  #subject: Subject | undefined;
  #queue: BoardElement[] = [];
  #next = 0;
  #late: Rect[] = [];

  constructor(document: Document, scratch: Scratch) {
    this.#scratch = scratch;
    ({ canvas: this.canvas, context: this.#context } = opaqueCanvas(document));
  }

  get camera(): Camera {
    return this.#camera;
  }

  get ratio(): number {
    return this.#ratio;
  }

  get isDone(): boolean {
    return this.#next >= this.#queue.length && this.#late.length === 0;
  }

  /** Begins to paint anew; `run` goes on with it. */
  begin(subject: Subject, camera: Camera, size: Size, ratio: number): void {
    [this.#subject, this.#camera, this.#size, this.#ratio] = [subject, camera, size, ratio];
    const [width, height] = [Math.round(size.width * ratio), Math.round(size.height * ratio)];
    // A new size clears the canvas, and so costs even where it is the old one.
    if (this.canvas.width !== width) this.canvas.width = width;
    if (this.canvas.height !== height) this.canvas.height = height;
    this.#drawBackground(this.#context, subject, { x: 0, y: 0, width, height });
    this.#queue = subject.scene.search(viewOf(camera, size));
    this.#next = 0;
    this.#late = [];
  }

  /** Paints until it is done or `isOver`; returns whether it is done. */
  run(isOver: () => boolean): boolean {
    const subject = this.#subject;
    if (!subject) return true;
    const view = viewOf(this.#camera, this.#size);
    this.#project(this.#context);
    while (this.#next < this.#queue.length) {
      if (this.#next % 16 === 15 && isOver()) return false;
      const queued = this.#queue[this.#next++];
      // As it is now: it may have changed or gone since the painting began.
      const element = queued && subject.scene.element(queued.id);
      const bounds = element && subject.scene.bounds(element.id);
      if (bounds && intersects(bounds, view)) drawElement(this.#context, element, subject.paint);
    }
    this.#queue = [];
    this.#next = 0;
    this.#redraw(this.#late.splice(0));
    return true;
  }

  /** Takes what came above everything else, for the next `run`: it may be a whole lesson at once. */
  append(elements: readonly BoardElement[]): void {
    this.#queue.push(...elements);
  }

  /** Takes where something changed, to be drawn anew by the next `run`, after what is new. */
  repaint(rects: readonly Rect[]): void {
    this.#late.push(...rects);
  }

  /**
   * Draws whole elements on a scratch canvas of the same size, of which the rectangles are copied. A clip would be shorter,
   * but browsers soften the edges of a path otherwise where it is clipped.
   */
  #redraw(rects: readonly Rect[]): void {
    const subject = this.#subject;
    if (!subject || rects.length === 0) return;
    const whole = { x: 0, y: 0, width: this.canvas.width, height: this.canvas.height };
    const areas = rects.flatMap((rect) => intersection(this.#pixelsOf(rect), whole) ?? []);
    const { canvas, context } = this.#scratch.sized(whole);
    for (const area of merge(areas)) {
      this.#drawBackground(context, subject, area);
      this.#project(context);
      const corner = toBoard(this.#camera, { x: area.x / this.#ratio, y: area.y / this.#ratio });
      const scale = this.#camera.zoom * this.#ratio;
      const rect = { ...corner, width: area.width / scale, height: area.height / scale };
      for (const element of subject.scene.search(rect)) drawElement(context, element, subject.paint);
      const { x, y, width, height } = area;
      this.#context.setTransform(1, 0, 0, 1, 0, 0);
      this.#context.drawImage(canvas, x, y, width, height, x, y, width, height);
    }
  }

  #drawBackground(context: CanvasRenderingContext2D, { background, paint }: Subject, area: Rect): void {
    context.setTransform(1, 0, 0, 1, 0, 0);
    const origin = toScreen(this.#camera, { x: 0, y: 0 });
    const projection = {
      scale: this.#camera.zoom * this.#ratio,
      x: origin.x * this.#ratio,
      y: origin.y * this.#ratio,
    };
    drawBackground(context, background, area, projection, paint);
  }

  #project(context: CanvasRenderingContext2D): void {
    const scale = this.#camera.zoom * this.#ratio;
    context.setTransform(scale, 0, 0, scale, -this.#camera.x * scale, -this.#camera.y * scale);
  }

  /** The whole pixels of the canvas that `rect` of the board touches, and one more for soft edges. */
  #pixelsOf(rect: Rect): Rect {
    const scale = this.#camera.zoom * this.#ratio;
    const left = Math.floor((rect.x - this.#camera.x) * scale) - 1;
    const top = Math.floor((rect.y - this.#camera.y) * scale) - 1;
    const right = Math.ceil((rect.x + rect.width - this.#camera.x) * scale) + 1;
    const bottom = Math.ceil((rect.y + rect.height - this.#camera.y) * scale) + 1;
    return { x: left, y: top, width: right - left, height: bottom - top };
  }
}

/** Rectangles that overlap become one, so that nothing is drawn twice. */
function merge(rects: readonly Rect[]): Rect[] {
  if (rects.length > MOST_RECTS) {
    const all = union(rects);
    return all ? [all] : [];
  }
  const merged: Rect[] = [];
  for (let rect of rects) {
    for (let index = 0; index < merged.length;) {
      const other = merged[index];
      if (!other || !intersects(grow(other, -0.5), rect)) index++;
      else {
        rect = union([rect, other]) ?? rect;
        merged.splice(index, 1);
        index = 0;
      }
    }
    merged.push(rect);
  }
  return merged;
}
