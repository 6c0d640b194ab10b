import type { BoardElement, ElementId } from '../model/element.ts';
import { rectBetween, type Place, type Rect } from '../model/geometry.ts';
import { scaleInto } from '../model/scale-into.ts';
import type { Desk, Drag, Tool } from './desk.ts';

/** No side of a selection becomes shorter than this, in board pixels. */
const SHORTEST = 4;

/** Selects with a press or a rectangle, moves what is selected, and resizes it by its handles. Shift adds, or keeps the proportions. */
export const selectTool: Tool = (start, desk, { isShift }) => {
  const handle = desk.handleAt();
  if (handle !== undefined) return resizing(handle, start, desk);
  const id = desk.touched(start, start, desk.reach / 2).at(-1);
  if (id === undefined) return boxing(start, desk, isShift ? desk.selection : []);
  const isSelected = desk.selection.includes(id);
  if (isShift) {
    desk.select(isSelected ? desk.selection.filter((each) => each !== id) : [...desk.selection, id]);
  } else if (!isSelected) desk.select([id]);
  return moving(start, desk);
};

const elementsOf = (desk: Desk) => desk.selection.flatMap((id) => desk.board.get(id) ?? []);

function boxing(start: Place, desk: Desk, kept: readonly ElementId[]): Drag {
  desk.select(kept);
  return {
    move(samples) {
      const box = rectBetween(start, samples.at(-1) ?? start);
      desk.showMarquee(box);
      desk.select([...new Set([...kept, ...desk.within(box)])]);
    },
    end: () => desk.showMarquee(undefined),
    cancel() {
      desk.showMarquee(undefined);
      desk.select(kept);
    },
  };
}

/** A drag that writes the selection anew with each move, from what it was at the start: one step of undo. */
function changing(
  desk: Desk,
  patchOf: (to: Place, isShift: boolean) => ((element: BoardElement) => object) | undefined,
) {
  const before = elementsOf(desk);
  const close = desk.board.step();
  const write = (patch: (element: BoardElement) => object) =>
    desk.change(() =>
      desk.board.update(before.map((element) => ({ id: element.id, patch: patch(element) }))),
    );
  let hasMoved = false;
  return {
    move(samples: readonly Place[], { isShift }: { isShift: boolean }) {
      const to = samples.at(-1);
      const patch = to && patchOf(to, isShift);
      if (!patch) return;
      hasMoved = true;
      write(patch);
    },
    end: close,
    cancel() {
      if (hasMoved) write((element) => element);
      close();
    },
  };
}

function moving(start: Place, desk: Desk): Drag {
  let isFar = false;
  return changing(desk, (to) => {
    // A press that trembles is a press.
    isFar ||= Math.hypot(to.x - start.x, to.y - start.y) > desk.reach / 3;
    return isFar ? moveBy(to.x - start.x, to.y - start.y) : undefined;
  });
}

/** What moves an element. */
export function moveBy(dx: number, dy: number) {
  return ({ transform }: BoardElement) => ({
    transform: { ...transform, x: transform.x + dx, y: transform.y + dy },
  });
}

function resizing(handle: string, start: Place, desk: Desk): Drag {
  const from = desk.boundsOf(desk.selection) ?? { x: start.x, y: start.y, width: 0, height: 0 };
  // What has no natural shape keeps its proportions at a corner.
  const isFree = elementsOf(desk).every(
    ({ kind }) =>
      kind === 'rectangle' || kind === 'ellipse' || kind === 'note' || kind === 'line' || kind === 'arrow',
  );
  return changing(desk, (to, isShift) => {
    const isCorner = handle.length === 2;
    const into = dragged(
      from,
      handle,
      { x: to.x - start.x, y: to.y - start.y },
      isCorner && isFree === isShift,
    );
    return (element) => scaleInto(element, from, into);
  });
}

/** `from` with the sides that `handle` names moved. */
export function dragged(from: Rect, handle: string, by: Place, isProportional: boolean): Rect {
  const [isLeft, isTop] = [handle.includes('w'), handle.includes('n')];
  const across = handle.includes('e') ? by.x : isLeft ? -by.x : 0;
  const down = handle.includes('s') ? by.y : isTop ? -by.y : 0;
  const least = (length: number) => Math.min(length, SHORTEST);
  let width = Math.max(least(from.width), from.width + across);
  let height = Math.max(least(from.height), from.height + down);
  if (isProportional) {
    const factor = Math.max(width / (from.width || 1), height / (from.height || 1));
    [width, height] = [from.width * factor, from.height * factor];
  }
  return {
    x: isLeft ? from.x + from.width - width : from.x,
    y: isTop ? from.y + from.height - height : from.y,
    width,
    height,
  };
}
