import { computed } from 'vue';
import type { BoardStore } from './board-store.ts';
import { noticeText } from './notice-text.ts';
import { useWhiteboardLocale } from './use-whiteboard-locale.ts';

export interface BoardStateOptions {
  store: BoardStore;
  isReadOnly: () => boolean;
  isObserver: () => boolean;
}

/** How the board is, in words where there are any: why one cannot draw, what becomes of what one draws, what went wrong. */
export function useBoardState({ store, isReadOnly, isObserver }: BoardStateOptions) {
  const locale = useWhiteboardLocale();
  const isLocked = computed(() => !isReadOnly() && !isObserver() && !store.canDraw);
  return {
    canEdit: computed(() => store.hasLoaded && store.canDraw && !isReadOnly()),
    isLocked,
    text: computed(() => {
      if (!store.hasLoaded) return store.status === 'failed' ? locale.value.loadFailed : undefined;
      if (isReadOnly()) return locale.value.readOnly;
      if (isLocked.value) return locale.value.locked;
      if (!store.canDraw) return locale.value.observer;
      return store.status === 'offline' ? locale.value.offline : undefined;
    }),
    notice: computed(() => store.notice && noticeText(store.notice, locale.value)),
    paper: computed(() => store.pages.find(({ id }) => id === store.pageId)?.background.kind ?? 'blank'),
  };
}
