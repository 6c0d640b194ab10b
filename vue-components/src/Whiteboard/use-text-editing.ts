import { shallowRef, watch } from 'vue';
import { isBlank } from '../text/is-blank.ts';
import type { BoardStore } from './board-store.ts';
import type { EditedText } from './tools/desk.ts';
import type { BoardTools } from './use-tools.ts';

export interface TextEditingOptions {
  store: BoardStore;
  tools: BoardTools;
  canEdit: () => boolean;
  focusPaper: () => void;
}

/** The text or note that is under the keyboard, and what becomes of it: a new one is added, one without a word is removed. */
export function useTextEditing({ store, tools, canEdit, focusPaper }: TextEditingOptions) {
  const edited = shallowRef<EditedText>();
  watch(canEdit, (can) => !can && (edited.value = undefined));

  return {
    edited,
    edit: (text: EditedText) => (edited.value = text),
    editSelected(): void {
      const [element] = tools.selected.value;
      if (canEdit() && element && 'text' in element) edited.value = element;
    },
    finish(text: string): void {
      const element = edited.value;
      edited.value = undefined;
      if (element === undefined || text === element.text) return;
      store.change((board) => {
        const { id } = element;
        if (id === undefined) {
          if (!isBlank(text)) tools.select([board.add({ ...element, text })]);
        } else if (isBlank(text)) board.remove([id]);
        else board.update([{ id, patch: { text } }]);
      });
      focusPaper();
    },
  };
}
