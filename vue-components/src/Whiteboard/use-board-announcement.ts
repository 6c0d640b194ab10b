import { onScopeDispose, shallowRef, watch, type ComputedRef, type ShallowRef } from 'vue';
import { ANNOUNCE_EVERY_MS } from '../ChatPane/use-announcement.ts';
import { fillTemplate } from '../locales/split-template.ts';
import type { BoardStore } from './board-store.ts';
import { outlineOf } from './describe-element.ts';
import type { BoardElement } from './model/element.ts';
import type { WhiteboardLocale } from './whiteboard-locale.ts';

/** What a screen reader says of what others add: now and then, and never of our own. */
export function useBoardAnnouncement(
  store: BoardStore,
  selfId: () => string,
  nameOf: (userId: string) => string,
  locale: ComputedRef<WhiteboardLocale>,
): ShallowRef<string> {
  const announcement = shallowRef('');
  let fresh: BoardElement[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;

  const say = () => {
    timer = undefined;
    const lines = outlineOf(fresh, locale.value);
    fresh = [];
    const [first] = lines;
    // Emptied, so that the same words are said again when they are true again.
    announcement.value = '';
    if (!first) return;
    const isOfOne = lines.every(({ authorId }) => authorId === first.authorId);
    announcement.value = isOfOne
      ? fillTemplate(locale.value.added, {
          name: nameOf(first.authorId),
          what: lines.map(({ what }) => what).join(', '),
        })
      : locale.value.changedBySeveral;
    timer = setTimeout(say, ANNOUNCE_EVERY_MS);
  };

  watch(
    () => [store.board, store.hasLoaded] as const,
    ([board, hasLoaded], _, onCleanup) => {
      // What was there before is no news.
      if (!hasLoaded) return;
      onCleanup(
        board.on('elements', ({ pageId, added }) => {
          if (pageId !== store.pageId) return;
          const news = added.flatMap((id) => board.get(id) ?? []);
          fresh.push(...news.filter(({ authorId }) => authorId !== selfId()));
          if (timer === undefined && fresh.length > 0) say();
        }),
      );
    },
    { immediate: true },
  );
  onScopeDispose(() => clearTimeout(timer));
  return announcement;
}
