import type { BoardElement } from './element.ts';
import { applyTransform, contains, distanceOfSegments, type Place, type Rect } from './geometry.ts';
import { decode } from './ink.ts';

/** Straight pieces of an ellipse's edge: enough for a finger. */
const ELLIPSE_PIECES = 48;

/** Whether the straight way between two places comes within `tolerance` px of what is seen of the element. */
export function touches(
  element: BoardElement,
  bounds: Rect,
  from: Place,
  to: Place,
  tolerance: number,
): boolean {
  const isSolid = 'url' in element || 'text' in element || element.style.fill !== undefined;
  if (isSolid && contains(bounds, { ...from, width: 0, height: 0 })) return true;
  const path = edgeOf(element, bounds);
  const { scaleX, scaleY } = element.transform;
  const half = (element.style.width / 2) * Math.max(Math.abs(scaleX), Math.abs(scaleY));
  const reach = tolerance + ('text' in element || 'url' in element ? 0 : half);
  let last = path[0];
  if (!last) return false;
  // A dot has no piece between two points.
  if (path.length === 1) return distanceOfSegments(from, to, last, last) <= reach;
  for (const place of path) {
    if (distanceOfSegments(from, to, last, place) <= reach) return true;
    last = place;
  }
  return false;
}

function edgeOf(element: BoardElement, bounds: Rect): Place[] {
  const place = (x: number, y: number) => applyTransform(element.transform, { x, y });
  switch (element.kind) {
    case 'ink':
    case 'highlight':
      return decode(element.points).map((point) => applyTransform(element.transform, point));
    case 'line':
    case 'arrow':
      return [place(0, 0), place(element.width, element.height)];
    case 'rectangle': {
      const { width, height } = element;
      return [place(0, 0), place(width, 0), place(width, height), place(0, height), place(0, 0)];
    }
    case 'ellipse':
      return Array.from({ length: ELLIPSE_PIECES + 1 }, (_, index) => {
        const angle = (index / ELLIPSE_PIECES) * 2 * Math.PI;
        return place(
          (element.width / 2) * (1 + Math.cos(angle)),
          (element.height / 2) * (1 + Math.sin(angle)),
        );
      });
    case 'text':
    case 'note':
    case 'image': {
      const { x, y, width, height } = bounds;
      return [
        { x, y },
        { x: x + width, y },
        { x: x + width, y: y + height },
        { x, y: y + height },
        { x, y },
      ];
    }
  }
}
