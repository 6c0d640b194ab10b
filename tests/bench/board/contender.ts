import type { Strokes } from './strokes.ts';

/** One way to draw a board. Each call changes something; what it costs is the time until it is drawn. */
export interface Contender {
  /** From what was loaded to the first picture. */
  load(strokes: Strokes): void;
  add(index: number): void;
  /** One more frame of a stroke under the pen, of so many points. */
  live(points: number): void;
  pan(): void;
  zoom(): void;
  erase(index: number): void;
  /** Resolves when what was asked for is on the screen; may be shown blurred while it moves. */
  drawn(): Promise<void>;
  /** Resolves when nothing is left to do. */
  settled(): Promise<void>;
}

export const nextFrame = () => new Promise<void>((resolve) => requestAnimationFrame(() => resolve()));

/** Waits for a frame, and makes the browser paint the canvases instead of putting it off. */
export async function painted(root: HTMLElement): Promise<void> {
  await nextFrame();
  for (const canvas of root.querySelectorAll('canvas')) canvas.getContext('2d')?.getImageData(0, 0, 1, 1);
}

/** The stroke under the pen, `count` points long. */
export function livePoints(count: number) {
  return Array.from({ length: count }, (_, index) => ({
    x: 200 + index * 3,
    y: 300 + 60 * Math.sin(index / 9),
    pressure: 0.5,
  }));
}
