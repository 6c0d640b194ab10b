import { intersection, type Rect } from '../model/geometry.ts';
import { viewOf, type Camera, type Size } from './camera.ts';
import { Raster, type Subject } from './raster.ts';
import { Scratch } from './scratch.ts';
import type { SceneChange } from './scene.ts';

/** The camera rests when it stood still for so long; then the picture is made sharp. */
const REST_MS = 90;
/** How long a frame may paint, in ms: alone, and while the camera moves or a hand draws. */
const SLICE_MS = 12;
const SHARPENING_MS = 5;
/** A moved picture that fills less of the view than this, or is stretched more, is painted anew even in motion. */
const LEAST_COVER = 0.6;
const MOST_STRETCH = 2;

/**
 * What is on the page, as two canvases: the one that is seen is moved and stretched with the camera, which costs nothing,
 * while the other is painted for where the camera stands and then takes its place.
 */
export class Backing {
  readonly #host: HTMLElement;
  #front: Raster;
  #back: Raster;
  #isPainting = false;
  #subject: Subject | undefined;
  #camera: Camera = { x: 0, y: 0, zoom: 1 };
  #size: Size = { width: 0, height: 0 };
  #ratio = 1;
  #movedMs = -Infinity;
  /** What of the seen canvas is out of date: nothing, its look or size, or the page itself. */
  #stale: 'no' | 'look' | 'page' = 'page';
  #onTop: SceneChange['onTop'][number][] = [];
  #dirty: Rect[] = [];

  constructor(host: HTMLElement) {
    this.#host = host;
    const scratch = new Scratch(host.ownerDocument);
    this.#front = new Raster(host.ownerDocument, scratch);
    this.#back = new Raster(host.ownerDocument, scratch);
    for (const { canvas } of [this.#back, this.#front]) {
      canvas.style.cssText = 'position:absolute;left:0;top:0;transform-origin:0 0';
      canvas.ariaHidden = 'true';
    }
    host.append(this.#front.canvas);
  }

  /** Shows something else, or the same in another look. */
  show(subject: Subject, isSamePage: boolean): void {
    this.#subject = subject;
    if (isSamePage && this.#stale !== 'page') this.#stale = 'look';
    else this.#stale = 'page';
    // What waits is of the scene before, which the new one holds.
    if (this.#stale === 'page') [this.#onTop, this.#dirty] = [[], []];
  }

  setSize(size: Size, ratio: number): void {
    if (size.width === this.#size.width && size.height === this.#size.height && ratio === this.#ratio) return;
    [this.#size, this.#ratio] = [size, ratio];
    if (this.#stale === 'no') this.#stale = 'look';
  }

  setCamera(camera: Camera, nowMs: number): void {
    this.#camera = camera;
    this.#movedMs = nowMs;
  }

  take({ onTop, dirty }: SceneChange): void {
    this.#onTop.push(...onTop);
    this.#dirty.push(...dirty);
  }

  /** Draws what is due; returns whether the next frame has more to do. */
  frame(nowMs: number): boolean {
    if (!this.#subject || this.#size.width === 0 || this.#size.height === 0) return false;
    this.#update();
    if (this.#stale === 'page') {
      // Nothing worth keeping is to be seen: the new page grows before one's eyes.
      this.#stale = 'no';
      this.#isPainting = false;
      this.#front.begin(this.#subject, this.#camera, this.#size, this.#ratio);
    }
    if (!this.#front.isDone) this.#front.run(until(SLICE_MS));
    else this.#sharpen(nowMs, this.#subject);
    this.#place();
    return !this.#front.isDone || this.#isPainting || this.#isMoved || this.#stale !== 'no';
  }

  /** What changed goes to both canvases. */
  #update(): void {
    for (const raster of this.#isPainting ? [this.#front, this.#back] : [this.#front]) {
      raster.append(this.#onTop);
      raster.repaint(this.#dirty);
    }
    this.#onTop = [];
    this.#dirty = [];
  }

  #sharpen(nowMs: number, subject: Subject): void {
    const isDue = this.#isMoved && (nowMs - this.#movedMs >= REST_MS || this.#isFar);
    if (!this.#isPainting && (isDue || this.#stale === 'look')) {
      this.#stale = 'no';
      this.#isPainting = true;
      this.#back.begin(subject, this.#camera, this.#size, this.#ratio);
    }
    if (!this.#isPainting || !this.#back.run(until(SHARPENING_MS))) return;
    this.#isPainting = false;
    [this.#front, this.#back] = [this.#back, this.#front];
    this.#host.insertBefore(this.#front.canvas, this.#back.canvas);
    this.#back.canvas.remove();
  }

  get #isMoved(): boolean {
    const { x, y, zoom } = this.#front.camera;
    return x !== this.#camera.x || y !== this.#camera.y || zoom !== this.#camera.zoom;
  }

  get #isFar(): boolean {
    const stretch = this.#camera.zoom / this.#front.camera.zoom;
    if (stretch > MOST_STRETCH || stretch < 1 / MOST_STRETCH) return true;
    const [seen, painted] = [viewOf(this.#camera, this.#size), viewOf(this.#front.camera, this.#size)];
    return coverOf(seen, painted) < LEAST_COVER;
  }

  #place(): void {
    const { style } = this.#front.canvas;
    const { camera } = this.#front;
    const { zoom } = this.#camera;
    const [x, y] = [(camera.x - this.#camera.x) * zoom, (camera.y - this.#camera.y) * zoom];
    style.width = `${this.#front.canvas.width / this.#front.ratio}px`;
    style.height = `${this.#front.canvas.height / this.#front.ratio}px`;
    style.transform = this.#isMoved ? `translate(${x}px, ${y}px) scale(${zoom / camera.zoom})` : '';
  }
}

/** Which share of `seen` lies within `painted`. */
function coverOf(seen: Rect, painted: Rect): number {
  const shared = intersection(seen, painted);
  return shared ? (shared.width * shared.height) / (seen.width * seen.height) : 0;
}

function until(sliceMs: number): () => boolean {
  const end = performance.now() + sliceMs;
  return () => performance.now() >= end;
}
