import type { Place, Rect } from '../model/geometry.ts';

/** Where a selection is taken to resize it, by the points of the compass. */
export type Handle = 'nw' | 'n' | 'ne' | 'e' | 'se' | 's' | 'sw' | 'w';

/** The side of a handle as it is seen, in screen px. */
export const HANDLE_SIZE = 9;

/** The middles of the handles of a frame. */
export function handlesOf({ x, y, width, height }: Rect): Record<Handle, Place> {
  const [middle, center, right, bottom] = [x + width / 2, y + height / 2, x + width, y + height];
  return {
    nw: { x, y },
    n: { x: middle, y },
    ne: { x: right, y },
    e: { x: right, y: center },
    se: { x: right, y: bottom },
    s: { x: middle, y: bottom },
    sw: { x, y: bottom },
    w: { x, y: center },
  };
}

/** The handle of `frame` that lies closest to `place`, within `reach`; all in screen px. */
export function handleNear(frame: Rect, place: Place, reach: number): Handle | undefined {
  let nearest: Handle | undefined;
  let least = reach;
  for (const [name, { x, y }] of Object.entries(handlesOf(frame)) as [Handle, Place][]) {
    const distance = Math.hypot(place.x - x, place.y - y);
    if (distance <= least) [nearest, least] = [name, distance];
  }
  return nearest;
}
