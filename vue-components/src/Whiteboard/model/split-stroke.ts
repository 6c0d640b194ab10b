import type { BoardElement } from './element.ts';
import { distanceToSegment, undoTransform, type Place } from './geometry.ts';
import { decode, encode, type Point } from './ink.ts';
import { simplify } from './simplify.ts';

/** So close to its place is ink cut, in px. */
const GRAIN = 1;
/** What is left of a line shorter than this, in px, is crumbs. */
const CRUMB = 1.5;
const TOLERANCE = 0.15;

/**
 * What the partial eraser leaves of a stroke: its pieces, in the stroke's own geometry. The same bytes alone where it was
 * not touched, nothing where all is gone.
 */
export function splitStroke(
  element: Extract<BoardElement, { points: Uint8Array }>,
  eraserPath: readonly Place[],
  radius: number,
): Uint8Array[] {
  const { transform, points, kind } = element;
  const path = eraserPath.map((place) => undoTransform(transform, place));
  const reach = radius / Math.max(Math.abs(transform.scaleX), Math.abs(transform.scaleY));
  const isErased = (place: Place) =>
    path.some((to, index) => distanceToSegment(place, path[index - 1] ?? to, to) <= reach);

  const pieces: Point[][] = [];
  let piece: Point[] = [];
  let isTouched = false;
  for (const point of dense(decode(points), Math.max(GRAIN, reach / 4))) {
    if (!isErased(point)) piece.push(point);
    else {
      isTouched = true;
      if (piece.length > 0) pieces.push(piece);
      piece = [];
    }
  }
  if (!isTouched) return [points];
  if (piece.length > 0) pieces.push(piece);
  return pieces
    .filter((left) => lengthOf(left) >= CRUMB)
    .map((left) => encode(simplify(left, TOLERANCE, element.style.width / 2), kind === 'highlight'));
}

/** The same line with a point at least every `step` px, so that a cut falls where the eraser was. */
function dense(points: readonly Point[], step: number): Point[] {
  return points.flatMap((point, index) => {
    const last = points[index - 1];
    if (!last) return [point];
    const count = Math.max(1, Math.ceil(Math.hypot(point.x - last.x, point.y - last.y) / step));
    return Array.from({ length: count }, (_, piece) => {
      const share = (piece + 1) / count;
      return {
        x: last.x + (point.x - last.x) * share,
        y: last.y + (point.y - last.y) * share,
        pressure: last.pressure + (point.pressure - last.pressure) * share,
      };
    });
  });
}

function lengthOf(points: readonly Point[]): number {
  let length = 0;
  for (const [index, point] of points.entries()) {
    const last = points[index - 1] ?? point;
    length += Math.hypot(point.x - last.x, point.y - last.y);
  }
  return length;
}
