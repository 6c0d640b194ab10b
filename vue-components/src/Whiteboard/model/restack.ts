import { compareElements, type BoardElement, type ElementId } from './element.ts';
import { orderBetween } from './order.ts';

/** Where elements go among the others of their page. */
export type Stacking = 'front' | 'back' | 'forward' | 'backward';

/** The new orders of `ids`, so that they stand together above or below others. */
export function restack(
  elements: readonly BoardElement[],
  ids: ReadonlySet<ElementId>,
  where: Stacking,
): { id: ElementId; patch: { order: string } }[] {
  const moved = elements.filter((element) => ids.has(element.id));
  const others = elements.filter((element) => !ids.has(element.id));
  // Among the others: how many stand below the moved ones afterwards.
  const below = {
    front: () => others.length,
    back: () => 0,
    forward: () => others.filter((other) => isBelow(other, moved.at(-1))).length + 1,
    backward: () => others.filter((other) => isBelow(other, moved[0])).length - 1,
  }[where]();
  const index = Math.max(0, Math.min(below, others.length));
  let low = others[index - 1]?.order;
  const floor = low;
  // Several that were drawn at once may share an order: only above all of them is there room.
  const high = others.slice(index).find((other) => floor === undefined || other.order > floor)?.order;
  return moved.map(({ id }) => {
    low = orderBetween(low, high);
    return { id, patch: { order: low } };
  });
}

function isBelow(element: BoardElement, other: BoardElement | undefined): boolean {
  return other !== undefined && compareElements(element, other) < 0;
}
