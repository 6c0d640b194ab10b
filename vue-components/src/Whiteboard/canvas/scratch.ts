interface Drawable {
  canvas: HTMLCanvasElement;
  context: CanvasRenderingContext2D;
}

/** A canvas for paper, which is never seen through. */
export function opaqueCanvas(document: Document): Drawable {
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d', { alpha: false });
  if (!context) throw new Error('unable to draw the board; the browser gives no canvas');
  return { canvas, context };
}

/** A canvas to draw on what is then copied; made when it is first needed, and shared. */
export class Scratch {
  readonly #document: Document;
  #drawable: Drawable | undefined;

  constructor(document: Document) {
    this.#document = document;
  }

  /** The canvas in that size, with whatever was drawn on it last. */
  sized({ width, height }: { width: number; height: number }): Drawable {
    this.#drawable ??= opaqueCanvas(this.#document);
    const { canvas } = this.#drawable;
    if (canvas.width !== width) canvas.width = width;
    if (canvas.height !== height) canvas.height = height;
    return this.#drawable;
  }
}
