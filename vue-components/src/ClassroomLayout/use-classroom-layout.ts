import { computed, shallowRef, type ShallowRef } from 'vue';
import type { ClassroomPane } from './classroom-layout-contract.ts';
import { useDivider } from './use-divider.ts';
import { useKeyboardInset } from './use-keyboard-inset.ts';

export interface ClassroomLayoutOptions {
  /** What holds all panes. */
  element: Readonly<ShallowRef<HTMLElement | null>>;
  /** Those that have content, in the order of their tabs. */
  panes: () => readonly ClassroomPane[];
  /** The one that the app wants on a phone. @default the last one chosen, or else the first */
  pane?: () => ClassroomPane | undefined;
}

/** What `<ClassroomLayout>` knows, for a layout of one's own: the pane of a phone, the divider, the on-screen keyboard. */
export function useClassroomLayout({ element, panes, pane }: ClassroomLayoutOptions) {
  const chosen = shallowRef<ClassroomPane>();
  return {
    /** The one pane that a phone shows. */
    shown: computed(() => {
      const wanted = pane?.() ?? chosen.value;
      return wanted && panes().includes(wanted) ? wanted : panes()[0];
    }),
    choose: (name: ClassroomPane): void => {
      chosen.value = name;
    },
    /** The width of the side beside the lesson, in px, which is remembered, and the handlers of the line between them. */
    divider: useDivider(element),
    /** How many px of the element's bottom the on-screen keyboard covers. */
    keyboardInsetPx: useKeyboardInset(element),
  };
}
