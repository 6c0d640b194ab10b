import type { Point } from './ink.ts';

/**
 * Leaves out every point that lies closer than `tolerance` to what the others draw (Ramer, Douglas, Peucker). The
 * thickness counts as a third dimension: `reach` is how many pixels a full change of pressure moves the edge.
 */
export function simplify(points: readonly Point[], tolerance: number, reach = 0): Point[] {
  if (points.length < 3) return [...points];
  const isKept = new Uint8Array(points.length);
  isKept[0] = isKept[points.length - 1] = 1;
  const spans: [number, number][] = [[0, points.length - 1]];
  for (let span = spans.pop(); span; span = spans.pop()) {
    const [first, last] = span;
    const [from, to] = [points[first], points[last]];
    if (!from || !to) continue;
    let [farthest, most] = [0, tolerance];
    for (let index = first + 1; index < last; index++) {
      const point = points[index];
      const deviation = point ? deviationOf(point, from, to, reach) : 0;
      if (deviation > most) [farthest, most] = [index, deviation];
    }
    if (farthest === 0) continue;
    isKept[farthest] = 1;
    spans.push([first, farthest], [farthest, last]);
  }
  return points.filter((_, index) => isKept[index] === 1);
}

function deviationOf(point: Point, from: Point, to: Point, reach: number): number {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const square = dx * dx + dy * dy;
  const along = square === 0 ? 0 : ((point.x - from.x) * dx + (point.y - from.y) * dy) / square;
  const share = Math.max(0, Math.min(1, along));
  const edge = (point.pressure - from.pressure - share * (to.pressure - from.pressure)) * reach;
  return Math.hypot(point.x - from.x - share * dx, point.y - from.y - share * dy, edge);
}
