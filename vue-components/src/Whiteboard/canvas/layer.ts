import type { Rect } from '../model/geometry.ts';
import type { Camera, Size } from './camera.ts';

/** A canvas that is seen through and drawn anew with every frame; clears no more than was drawn. */
export class Layer {
  readonly canvas: HTMLCanvasElement;
  readonly context: CanvasRenderingContext2D;
  /** Where this frame drew, in screen px. */
  readonly drawn: Rect[] = [];

  constructor(document: Document) {
    this.canvas = document.createElement('canvas');
    this.canvas.ariaHidden = 'true';
    this.canvas.style.cssText = 'position:absolute;left:0;top:0;pointer-events:none';
    const context = this.canvas.getContext('2d');
    if (!context) throw new Error('unable to draw the board; the browser gives no canvas');
    this.context = context;
  }

  /** Takes back the last frame and measures in screen pixels. */
  clear(size: Size, ratio: number): void {
    const [width, height] = [Math.round(size.width * ratio), Math.round(size.height * ratio)];
    if (this.canvas.width !== width || this.canvas.height !== height) {
      [this.canvas.width, this.canvas.height] = [width, height];
      this.canvas.style.width = `${width / ratio}px`;
      this.canvas.style.height = `${height / ratio}px`;
    }
    this.context.setTransform(ratio, 0, 0, ratio, 0, 0);
    for (const { x, y, width: w, height: h } of this.drawn.splice(0)) {
      this.context.clearRect(x - 1, y - 1, w + 2, h + 2);
    }
  }

  /** Measures in board pixels while `draw` runs. */
  inBoardPixels(camera: Camera, ratio: number, draw: () => void): void {
    const scale = camera.zoom * ratio;
    this.context.save();
    this.context.setTransform(scale, 0, 0, scale, -camera.x * scale, -camera.y * scale);
    draw();
    this.context.restore();
  }
}
