import type { BoardElement, ElementPatch } from './element.ts';
import type { Rect } from './geometry.ts';

/**
 * What changes of an element when a selection is drawn from one rectangle to another. Ink is stretched by its transform,
 * everything else gets a new size, so that lines keep their thickness. A side of no length moves and is not stretched.
 */
export function scaleInto(element: BoardElement, from: Rect, to: Rect): ElementPatch {
  const byX = from.width > 0 ? to.width / from.width : 1;
  const byY = from.height > 0 ? to.height / from.height : 1;
  const { x, y, scaleX, scaleY } = element.transform;
  const transform = { x: to.x + (x - from.x) * byX, y: to.y + (y - from.y) * byY, scaleX, scaleY };
  switch (element.kind) {
    case 'ink':
    case 'highlight':
      return { transform: { ...transform, scaleX: scaleX * byX, scaleY: scaleY * byY } };
    case 'text':
      return { transform, width: element.width * byX, fontSize: element.fontSize * byY };
    case 'note': {
      const height = element.height === undefined ? {} : { height: element.height * byY };
      return { transform, width: element.width * byX, ...height };
    }
    case 'line':
    case 'arrow':
    case 'rectangle':
    case 'ellipse':
    case 'image':
      return { transform, width: element.width * byX, height: element.height * byY };
  }
}
