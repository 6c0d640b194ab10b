import type { BoardStore } from './board-store.ts';
import { newElementId } from './model/board-document.ts';
import type { BoardElement, ElementPatch } from './model/element.ts';
import { moveBy } from './tools/select-tool.ts';
import type { BoardTools } from './use-tools.ts';

/** So far beside the one it was made of does a copy lie. */
const BESIDE = 20;

/** What can be done to what is selected; each is one step of undo. */
export function useSelectionActions(store: BoardStore, tools: BoardTools) {
  const { selected, selection } = tools;
  const patch = (patchOf: (element: BoardElement) => ElementPatch) =>
    store.change((board) =>
      board.update(selected.value.map((element) => ({ id: element.id, patch: patchOf(element) }))),
    );
  return {
    remove: () => store.change((board) => board.remove(selection.value)),
    front: () => store.change((board) => board.reorder(selection.value, 'front')),
    back: () => store.change((board) => board.reorder(selection.value, 'back')),
    /** A note's colour is its paper's. */
    color: (color: string) =>
      patch(({ kind, style }) => ({
        style:
          kind === 'note'
            ? { ...style, fill: color }
            : { ...style, color, ...(style.fill !== undefined && { fill: color }) },
      })),
    duplicate: () =>
      store.change((board) => {
        const ids: string[] = [];
        board.transact(() => {
          for (const element of selected.value) {
            ids.push(board.add({ ...element, ...moveBy(BESIDE, BESIDE)(element), id: newElementId() }));
          }
          board.reorder(ids, 'front');
        });
        tools.select(ids);
      }),
  };
}
