import type { BoardStore } from './board-store.ts';
import { newElementId } from './model/board-document.ts';
import type { BoardElement, ElementPatch } from './model/element.ts';
import type { Place } from './model/geometry.ts';
import type { Stacking } from './model/restack.ts';
import { moveBy } from './tools/select-tool.ts';
import type { BoardTools } from './use-tools.ts';

/** So far beside what it was made of does a copy lie. */
export const BESIDE: Place = { x: 20, y: 20 };

/** What can be done to what is selected; each is one step of undo. */
export function useSelectionActions(store: BoardStore, tools: BoardTools, focusPaper: () => void) {
  const { selected, selection } = tools;
  const patch = (patchOf: (element: BoardElement) => ElementPatch) =>
    store.change((board) =>
      board.update(selected.value.map((element) => ({ id: element.id, patch: patchOf(element) }))),
    );
  /** Puts copies above everything else, and selects them. */
  const addCopies = (elements: readonly BoardElement[], by: Place) =>
    store.change((board) => {
      const ids: string[] = [];
      board.transact(() => {
        for (const element of elements) {
          ids.push(board.add({ ...element, ...moveBy(by.x, by.y)(element), id: newElementId() }));
        }
        board.reorder(ids, 'front');
      });
      tools.choose('select');
      tools.select(ids);
    });
  return {
    /** The bar goes with the selection, and must not take the keyboard along. */
    remove: () => {
      store.change((board) => board.remove(selection.value));
      focusPaper();
    },
    reorder: (where: Stacking) => store.change((board) => board.reorder(selection.value, where)),
    /** A note's colour is its paper's. */
    color: (color: string) =>
      patch(({ kind, style }) => ({
        style:
          kind === 'note'
            ? { ...style, fill: color }
            : { ...style, color, ...(style.fill !== undefined && { fill: color }) },
      })),
    duplicate: () => addCopies(selected.value, BESIDE),
    addCopies,
  };
}

export type SelectionActions = ReturnType<typeof useSelectionActions>;
