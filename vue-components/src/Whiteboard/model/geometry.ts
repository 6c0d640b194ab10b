/** A place on the board, in board pixels. */
export interface Place {
  x: number;
  y: number;
}

/** Never of negative size. */
export interface Rect {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Where an element stands and how it is stretched, apart from its geometry: moving touches no points. */
export interface Transform {
  x: number;
  y: number;
  scaleX: number;
  scaleY: number;
}

export const IDENTITY: Transform = Object.freeze({ x: 0, y: 0, scaleX: 1, scaleY: 1 });

export function applyTransform({ x, y, scaleX, scaleY }: Transform, place: Place): Place {
  return { x: x + place.x * scaleX, y: y + place.y * scaleY };
}

export function undoTransform({ x, y, scaleX, scaleY }: Transform, place: Place): Place {
  return { x: (place.x - x) / scaleX, y: (place.y - y) / scaleY };
}

/** The rectangle of two opposite corners. */
export function rectBetween(a: Place, b: Place): Rect {
  return {
    x: Math.min(a.x, b.x),
    y: Math.min(a.y, b.y),
    width: Math.abs(a.x - b.x),
    height: Math.abs(a.y - b.y),
  };
}

export function transformRect(transform: Transform, rect: Rect): Rect {
  return rectBetween(
    applyTransform(transform, rect),
    applyTransform(transform, { x: rect.x + rect.width, y: rect.y + rect.height }),
  );
}

export function grow(rect: Rect, by: number): Rect {
  return { x: rect.x - by, y: rect.y - by, width: rect.width + 2 * by, height: rect.height + 2 * by };
}

/** The smallest rectangle around all of them; undefined around nothing. */
export function union(rects: Iterable<Rect>): Rect | undefined {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { x, y, width, height } of rects) {
    left = Math.min(left, x);
    top = Math.min(top, y);
    right = Math.max(right, x + width);
    bottom = Math.max(bottom, y + height);
  }
  return left > right ? undefined : { x: left, y: top, width: right - left, height: bottom - top };
}

export function contains(outer: Rect, inner: Rect): boolean {
  return (
    inner.x >= outer.x &&
    inner.y >= outer.y &&
    inner.x + inner.width <= outer.x + outer.width &&
    inner.y + inner.height <= outer.y + outer.height
  );
}

/** What two rectangles share; undefined where they share no area. */
export function intersection(a: Rect, b: Rect): Rect | undefined {
  const [x, y] = [Math.max(a.x, b.x), Math.max(a.y, b.y)];
  const width = Math.min(a.x + a.width, b.x + b.width) - x;
  const height = Math.min(a.y + a.height, b.y + b.height) - y;
  return width > 0 && height > 0 ? { x, y, width, height } : undefined;
}

export function intersects(a: Rect, b: Rect): boolean {
  return a.x <= b.x + b.width && b.x <= a.x + a.width && a.y <= b.y + b.height && b.y <= a.y + a.height;
}

/** How far `place` lies from the straight line between `from` and `to`, its ends included. */
export function distanceToSegment(place: Place, from: Place, to: Place): number {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const square = dx * dx + dy * dy;
  const along = square === 0 ? 0 : ((place.x - from.x) * dx + (place.y - from.y) * dy) / square;
  const share = Math.max(0, Math.min(1, along));
  return Math.hypot(place.x - from.x - share * dx, place.y - from.y - share * dy);
}

/** How close two straight lines come to each other; 0 if they cross. */
export function distanceOfSegments(a: Place, b: Place, c: Place, d: Place): number {
  const side = (p: Place, q: Place, r: Place) =>
    Math.sign((q.x - p.x) * (r.y - p.y) - (q.y - p.y) * (r.x - p.x));
  const isCrossing = side(a, b, c) * side(a, b, d) < 0 && side(c, d, a) * side(c, d, b) < 0;
  if (isCrossing) return 0;
  return Math.min(
    distanceToSegment(a, c, d),
    distanceToSegment(b, c, d),
    distanceToSegment(c, a, b),
    distanceToSegment(d, a, b),
  );
}

/** As 32-bit floats, which take half of the bytes and are finer than any pixel. */
export function roundTransform({ x, y, scaleX, scaleY }: Transform): Transform {
  return { x: Math.fround(x), y: Math.fround(y), scaleX: Math.fround(scaleX), scaleY: Math.fround(scaleY) };
}
