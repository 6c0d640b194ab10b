import { intersects, type Rect } from '../model/geometry.ts';
import type { Background } from '../model/page.ts';
import type { Context, Paint } from './draw-element.ts';

/** Between the lines of paper, in board px. */
export const GRID_STEP = 24;
export const RULED_STEP = 32;
/** Lines closer than this on the screen are a grey haze: every second one goes. */
const CLOSEST = 8;

/** How board pixels become pixels of a canvas. */
export interface Projection {
  readonly scale: number;
  /** Where the board's (0, 0) falls. */
  readonly x: number;
  readonly y: number;
}

/** Paper and what is printed on it, for `area` of the canvas, in its pixels; the context is without a transform. */
export function drawBackground(
  context: Context,
  background: Background,
  area: Rect,
  { scale, x, y }: Projection,
  { colors, image }: Paint,
): void {
  context.fillStyle = colors.paper;
  context.fillRect(area.x, area.y, area.width, area.height);
  if (background.kind === 'blank') return;
  if (background.kind === 'image') {
    const [width, height] = [background.width * scale, background.height * scale];
    const picture = image(background.url);
    if (picture && intersects(area, { x, y, width, height })) {
      context.drawImage(picture, x, y, width, height);
    }
    return;
  }
  let step = (background.kind === 'grid' ? GRID_STEP : RULED_STEP) * scale;
  while (step < CLOSEST) step *= 2;
  context.fillStyle = colors.line;
  // On whole pixels, so that lines are sharp.
  for (const top of linesWithin(area.y, area.height, y, step)) context.fillRect(area.x, top, area.width, 1);
  if (background.kind === 'ruled') return;
  for (const left of linesWithin(area.x, area.width, x, step)) context.fillRect(left, area.y, 1, area.height);
}

function linesWithin(from: number, length: number, origin: number, step: number): number[] {
  const first = Math.floor((from - origin) / step);
  const count = Math.ceil(length / step) + 2;
  return Array.from({ length: count }, (_, index) => Math.round(origin + (first + index) * step));
}
