import { painted, type Contender } from './contender.ts';
import { HEIGHT, WIDTH, type Strokes } from './strokes.ts';

/** The limit of a first picture: every outline is there already and is filled once, and nothing can be done with it. */
export class BareCanvas implements Contender {
  readonly #root: HTMLElement;

  constructor(root: HTMLElement) {
    this.#root = root;
  }

  load({ paths }: Strokes): void {
    const canvas = this.#root.appendChild(document.createElement('canvas'));
    [canvas.width, canvas.height] = [WIDTH, HEIGHT];
    const context = canvas.getContext('2d', { alpha: false });
    if (!context) return;
    context.fillStyle = '#1f66ad';
    for (const path of paths) context.fill(new Path2D(path));
  }

  add(): void {}
  live(): void {}
  pan(): void {}
  zoom(): void {}
  erase(): void {}

  drawn(): Promise<void> {
    return painted(this.#root);
  }

  settled(): Promise<void> {
    return painted(this.#root);
  }
}
