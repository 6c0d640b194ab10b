import type { BoardElement } from '../model/element.ts';
import { grow, rectBetween, transformRect, type Rect } from '../model/geometry.ts';
import { decode } from '../model/ink.ts';
import { REACH } from './outline.ts';
import { heightOf } from './text-layout.ts';

const inkBounds = new WeakMap<Uint8Array, Rect>();

/** The rectangle in which all of an element is seen, its line's thickness included. */
export function boundsOf(element: BoardElement, font: string): Rect {
  return transformRect(element.transform, localBounds(element, font));
}

function localBounds(element: BoardElement, font: string): Rect {
  switch (element.kind) {
    case 'ink':
    case 'highlight':
      return grow(boundsOfPoints(element.points), element.style.width * REACH);
    case 'line':
    case 'rectangle':
    case 'ellipse':
      return grow(
        rectBetween({ x: 0, y: 0 }, { x: element.width, y: element.height }),
        element.style.width / 2,
      );
    case 'arrow':
      // The barbs stand out to the sides.
      return grow(
        rectBetween({ x: 0, y: 0 }, { x: element.width, y: element.height }),
        element.style.width * 1.75 + 4,
      );
    case 'image':
      return { x: 0, y: 0, width: element.width, height: element.height };
    case 'text':
    case 'note':
      return { x: 0, y: 0, width: element.width, height: heightOf(element, font) };
  }
}

function boundsOfPoints(bytes: Uint8Array): Rect {
  let bounds = inkBounds.get(bytes);
  if (!bounds) {
    let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
    for (const { x, y } of decode(bytes)) {
      if (x < left) left = x;
      if (x > right) right = x;
      if (y < top) top = y;
      if (y > bottom) bottom = y;
    }
    bounds =
      left > right
        ? { x: 0, y: 0, width: 0, height: 0 }
        : { x: left, y: top, width: right - left, height: bottom - top };
    inkBounds.set(bytes, bounds);
  }
  return bounds;
}
