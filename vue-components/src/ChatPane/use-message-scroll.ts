import {
  defaultRangeExtractor,
  observeElementRect,
  useVirtualizer,
  type Rect,
  type Virtualizer,
} from '@tanstack/vue-virtual';
import { computed, nextTick, onMounted, onScopeDispose, shallowRef, watch, type ShallowRef } from 'vue';
import type { MessageRow } from './message-rows.ts';

/** A reader this close to the end is reading the newest, even if a line of it is cut off. */
const NEAR_END_PX = 48;
/** About what a message of one line takes, with what stands around it. */
const ESTIMATED_ROW_PX = 48;
/** Where there is no layout (a pane that is hidden, a test without a browser) as much is rendered as a screen would show. */
const UNSEEN_RECT: Rect = { width: 320, height: 640 };
/** Rows that are rendered beyond either edge: what the arrow keys reach next is there already. */
const OVERSCAN = 6;

export interface MessageScrollOptions {
  /** The element that scrolls. */
  viewport: Readonly<ShallowRef<HTMLElement | null>>;
  rows: () => readonly MessageRow[];
  /** Room above the first row and below the last, in px. */
  paddingStart: number;
  paddingEnd: number;
  /** The row that stays rendered when it is scrolled out of sight, because the focus is in it. */
  keptId: () => string | undefined;
}

/**
 * Which of the rows are rendered and where, and a scroll that stays where the reader is. At the end it stays at the end;
 * anywhere else the line under the reader's eyes keeps its place, whatever comes above or below or grows. Our own new message
 * brings us to the end, because we want to see it stand there.
 */
export function useMessageScroll({ viewport, rows, paddingStart, paddingEnd, keptId }: MessageScrollOptions) {
  const isAtEnd = shallowRef(true);
  const indexOf = (id: string | undefined) =>
    id === undefined ? -1 : rows().findIndex(({ message }) => message.id === id);

  const virtualizer = useVirtualizer<HTMLElement, HTMLElement>(
    computed(() => {
      const now = rows();
      return {
        count: now.length,
        getScrollElement: () => viewport.value,
        estimateSize: () => ESTIMATED_ROW_PX,
        getItemKey: (index: number) => now[index]?.message.id ?? index,
        paddingStart,
        paddingEnd,
        overscan: OVERSCAN,
        anchorTo: 'end' as const,
        scrollEndThreshold: NEAR_END_PX,
        observeElementRect: observeRect,
        rangeExtractor: (range) => {
          const indexes = defaultRangeExtractor(range);
          const kept = indexOf(keptId());
          return kept < 0 || indexes.includes(kept) ? indexes : [...indexes, kept].sort((a, b) => a - b);
        },
      };
    }),
  );

  // What is above the view moves it along when it changes, whichever way we scroll: a row that has lost its day to an older
  // one would else pull the line from under the eyes. Of a row across the edge only the first measuring is a correction.
  virtualizer.value.shouldAdjustScrollPositionOnItemSizeChange = ({ key, start, end }, _delta, list) => {
    const top = list.scrollOffset ?? 0;
    return list.itemSizeCache.has(key) ? end <= top : start < top;
  };

  const scrollToEnd = () => {
    isAtEnd.value = true;
    virtualizer.value.scrollToEnd();
  };

  let lastTop = 0;
  const onScroll = () => {
    const view = viewport.value;
    if (!view) return;
    const isNearEnd = view.scrollHeight - view.scrollTop - view.clientHeight <= NEAR_END_PX;
    // Only the reader goes up. A pane that shrinks and a row that grows put the end out of sight too, and we follow it.
    if (isNearEnd || view.scrollTop < lastTop) isAtEnd.value = isNearEnd;
    else if (isAtEnd.value) scrollToEnd();
    lastTop = view.scrollTop;
  };

  /** Resolves with a row's element, once it is rendered. */
  const reveal = async (id: string, align: 'start' | 'center' | 'auto'): Promise<HTMLElement | undefined> => {
    const index = indexOf(id);
    if (index < 0) return undefined;
    virtualizer.value.scrollToIndex(index, { align });
    const find = () =>
      viewport.value?.querySelector<HTMLElement>(`[data-index="${indexOf(id)}"]`) ?? undefined;
    await nextTick();
    return (
      find() ??
      (await new Promise((resolve) => {
        const stop = watch(
          () => virtualizer.value.getVirtualItems(),
          () => {
            const element = find();
            if (element === undefined && indexOf(id) >= 0) return;
            stop();
            resolve(element);
          },
          { flush: 'post' },
        );
      }))
    );
  };

  const lastIds = () => {
    const last = rows().at(-1)?.message;
    return {
      id: last?.id,
      ownPendingId: last?.isOwn === true && last.seq === undefined ? last.id : undefined,
    };
  };
  watch(
    lastIds,
    (now, before) => {
      if (now.id !== before.id && (isAtEnd.value || now.ownPendingId !== undefined)) scrollToEnd();
    },
    { flush: 'post' },
  );

  // The view grows and shrinks with the composer, the keyboard and the window; its end stays the end.
  let observer: ResizeObserver | undefined;
  onMounted(() => {
    scrollToEnd();
    if (!viewport.value || typeof ResizeObserver === 'undefined') return;
    observer = new ResizeObserver(() => {
      if (isAtEnd.value) scrollToEnd();
    });
    observer.observe(viewport.value);
  });
  onScopeDispose(() => observer?.disconnect());

  return {
    /** The rows that are rendered, each with its index and how far it is from the top, in px. */
    items: computed(() => virtualizer.value.getVirtualItems()),
    /** How high all rows are together, in px. */
    height: computed(() => virtualizer.value.getTotalSize()),
    /** To be called with each row's element, which carries `data-index`; and with null when it goes. */
    measure: (element: unknown) => virtualizer.value.measureElement(element as HTMLElement | null),
    /** The first and the last row that can be seen. */
    inSight: computed(() => {
      const { range } = virtualizer.value;
      return { first: range?.startIndex ?? 0, last: range?.endIndex ?? rows().length - 1 };
    }),
    isAtEnd,
    indexOf,
    scrollToEnd,
    onScroll,
    reveal,
  };
}

function observeRect(instance: Virtualizer<HTMLElement, HTMLElement>, tell: (rect: Rect) => void) {
  return observeElementRect(instance, (rect) => tell(rect.height > 0 ? rect : UNSEEN_RECT));
}
