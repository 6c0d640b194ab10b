import { onScopeDispose, shallowRef, watch, type ComputedRef, type ShallowRef } from 'vue';
import { ANNOUNCE_EVERY_MS } from '../ChatPane/use-announcement.ts';
import { fillTemplate } from '../locales/split-template.ts';
import type { BoardStore } from './board-store.ts';
import { outlineOf } from './describe-element.ts';
import type { BoardElement } from './model/element.ts';
import type { WhiteboardLocale } from './whiteboard-locale.ts';

/** What a screen reader says of the board: what others add, now and then; another page, an empty one; and that one may draw again. */
export function useBoardAnnouncement(
  store: BoardStore,
  selfId: () => string,
  nameOf: (userId: string) => string,
  locale: ComputedRef<WhiteboardLocale>,
): ShallowRef<string> {
  const announcement = shallowRef('');
  let sentences: string[] = [];
  let fresh: BoardElement[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;

  const additions = (): string[] => {
    const lines = outlineOf(fresh, locale.value);
    const [first] = lines;
    if (!first) return [];
    if (lines.some(({ authorId }) => authorId !== first.authorId)) return [locale.value.changedBySeveral];
    const what = lines.map((line) => line.what).join(', ');
    return [fillTemplate(locale.value.added, { name: nameOf(first.authorId), what })];
  };
  const say = () => {
    timer = undefined;
    // Emptied where there is nothing, so that the same words are said again when they are true again.
    announcement.value = [...sentences, ...additions()].join('. ');
    sentences = [];
    fresh = [];
    if (announcement.value !== '') timer = setTimeout(say, ANNOUNCE_EVERY_MS);
  };
  const tell = (news: { sentence?: string; added?: BoardElement[] }) => {
    if (news.sentence !== undefined) sentences.push(news.sentence);
    fresh.push(...(news.added ?? []));
    if (timer === undefined && sentences.length + fresh.length > 0) say();
  };

  watch(
    () => [store.board, store.hasLoaded] as const,
    ([board, hasLoaded], _, onCleanup) => {
      // What was there before is no news.
      if (!hasLoaded) return;
      onCleanup(
        board.on('elements', ({ pageId, added, removed }) => {
          if (pageId !== store.pageId) return;
          const news = added.flatMap((id) => board.get(id) ?? []);
          // Ink that comes as other goes is what an eraser left.
          const isNews = (element: BoardElement) =>
            element.authorId !== selfId() && (removed.length === 0 || !('points' in element));
          tell({ added: news.filter(isNews) });
          if (removed.length > 0 && board.elements(pageId).length === 0) {
            tell({ sentence: locale.value.cleared });
          }
        }),
      );
    },
    { immediate: true },
  );
  watch(
    () => [store.hasLoaded, store.pageId, store.canDraw] as const,
    ([hasLoaded, pageId, canDraw], [hadLoaded, lastPageId, couldDraw]) => {
      if (!hasLoaded || !hadLoaded) return;
      if (pageId !== lastPageId) {
        const index = store.pages.findIndex(({ id }) => id === pageId);
        const page = store.pages[index]?.name ?? locale.value.page(index + 1);
        tell({ sentence: fillTemplate(locale.value.pageShown, { page }) });
      }
      if (canDraw && !couldDraw) tell({ sentence: locale.value.unlocked });
    },
  );
  onScopeDispose(() => clearTimeout(timer));
  return announcement;
}
