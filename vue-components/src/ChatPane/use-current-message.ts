import { computed, shallowRef } from 'vue';
import type { MessageRow } from './message-rows.ts';

export interface CurrentMessageOptions {
  rows: () => readonly MessageRow[];
  /** Brings a row into sight and resolves with its element. */
  reveal: (id: string) => Promise<HTMLElement | undefined>;
  /** The index of the row at which the arrow keys begin. */
  firstInSight: () => number;
}

const rowOf = (target: EventTarget | null) =>
  target instanceof Element ? target.closest<HTMLElement>('[data-row-id]') : null;

/**
 * Which message is at hand: the one that a mouse points at, or else the one that has the focus. The list is one stop of the
 * Tab key; Up, Down, Home and End go from message to message, and a press gives a message the focus.
 */
export function useCurrentMessage({ rows, reveal, firstInSight }: CurrentMessageOptions) {
  const focusedId = shallowRef<string>();
  const hoveredId = shallowRef<string>();
  /** Whether the focus is on something inside the message, which must not go away under it. */
  const isFocusInside = shallowRef(false);

  const focusRow = async (index: number) => {
    const id = rows()[index]?.message.id;
    if (id !== undefined) (await reveal(id))?.focus({ preventScroll: true });
  };

  return {
    focusedId,
    activeId: computed(() => (isFocusInside.value ? focusedId.value : (hoveredId.value ?? focusedId.value))),
    onFocusin: (event: FocusEvent): void => {
      const row = rowOf(event.target);
      focusedId.value = row?.dataset.rowId;
      isFocusInside.value = row !== null && row !== event.target;
    },
    onFocusout: (event: FocusEvent): void => {
      if (rowOf(event.relatedTarget)) return;
      focusedId.value = undefined;
      isFocusInside.value = false;
    },
    onClick: (event: MouseEvent): void => {
      const row = rowOf(event.target);
      const isOther = (event.target as Element).closest('a, button, input');
      // Who marks words to copy them has not pressed the message.
      if (row && !isOther && row.ownerDocument.getSelection()?.isCollapsed !== false)
        row.focus({ preventScroll: true });
    },
    onPointerover: (event: PointerEvent): void => {
      if (event.pointerType === 'mouse') hoveredId.value = rowOf(event.target)?.dataset.rowId;
    },
    onPointerleave: (): void => {
      hoveredId.value = undefined;
    },
    onKeydown: (event: KeyboardEvent): void => {
      const row = rowOf(event.target);
      const log = event.currentTarget as HTMLElement;
      const last = rows().length - 1;
      if (event.key === 'Escape' && row) {
        log.focus();
        return;
      }
      // What is inside a message has its own keys.
      if (event.target !== row && event.target !== log) return;
      const at = row ? rows().findIndex(({ message }) => message.id === row.dataset.rowId) : undefined;
      const next = {
        ArrowUp: at === undefined ? firstInSight() : at - 1,
        ArrowDown: at === undefined ? firstInSight() : at + 1,
        Home: row ? 0 : undefined,
        End: row ? last : undefined,
      }[event.key];
      if (next === undefined || next < 0 || next > last) return;
      event.preventDefault();
      hoveredId.value = undefined;
      void focusRow(next);
    },
  };
}
