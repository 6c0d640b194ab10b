import { computed, onMounted, onScopeDispose, shallowRef, watch, type Ref } from 'vue';
import type { ChatHandle } from './use-chat.ts';

/** What is new and not in sight: how much, and on which side of the view it begins. */
export interface OutOfSight {
  count: number;
  firstId: string;
  direction: 'up' | 'down';
}

/**
 * Says what is read (all, while the reader is at the end of a page that is in front) and keeps what was unread for the reader,
 * until its beginning has been in sight.
 *
 * @param sideOf on which side of the view a message is; `seen` where it is in it.
 */
export function useUnread(
  chat: ChatHandle,
  isAtEnd: Ref<boolean>,
  sideOf: (id: string) => 'up' | 'seen' | 'down',
  read: () => void,
) {
  const isInFront = shallowRef(true);
  const kept = shallowRef<{ count: number; firstId: string }>();

  const keep = () => {
    const { count, firstId } = chat.unread.value;
    if (firstId !== undefined) kept.value = { count, firstId };
  };
  const settle = () => {
    if (!isAtEnd.value || !isInFront.value || chat.unread.value.count === 0) return;
    chat.markRead();
    read();
  };

  // What comes in while we watch is read at once, before it counts as something that we missed.
  watch(chat.unread, settle, { flush: 'sync' });
  watch(() => chat.unread.value.firstId, keep);
  watch(() => chat.unread.value.count, keep);
  watch([isAtEnd, isInFront], () => {
    keep();
    settle();
  });

  const look = () => (isInFront.value = document.visibilityState === 'visible');
  onMounted(() => {
    look();
    document.addEventListener('visibilitychange', look);
    keep();
    settle();
  });
  onScopeDispose(() => {
    if (typeof document !== 'undefined') document.removeEventListener('visibilitychange', look);
  });

  const outOfSight = computed<OutOfSight | undefined>(() => {
    if (!kept.value) return undefined;
    const direction = sideOf(kept.value.firstId);
    return direction === 'seen' ? undefined : { ...kept.value, direction };
  });
  watch(
    () => kept.value && sideOf(kept.value.firstId),
    (side) => {
      if (side === 'seen') kept.value = undefined;
    },
    { flush: 'post' },
  );

  return { outOfSight };
}
