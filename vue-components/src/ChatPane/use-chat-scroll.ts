import type { ChatMessage } from '@chalkline/client-sdk';
import { onBeforeUnmount, onMounted, shallowRef, watch, type ShallowRef } from 'vue';

// A reader this close to the end is reading the newest, even if a line of it is cut off.
const NEAR_END_PX = 48;

interface Anchor {
  id: string;
  top: number;
}

const newestSeq = (messages: readonly ChatMessage[]) =>
  messages.reduce((newest, message) => Math.max(newest, message.seq ?? 0), 0);

/**
 * Keeps the scroll where the reader is. At the end it stays at the end; anywhere else the message under the reader's eyes keeps
 * its place, whatever comes above or below. Our own new message brings us to the end, because we want to see it stand there.
 *
 * @param viewport the scrolling element, with a `data-message-id` on each message
 */
export function useChatScroll(
  viewport: Readonly<ShallowRef<HTMLElement | null>>,
  messages: () => readonly ChatMessage[],
) {
  /** How many messages of others came in below what the reader sees. */
  const unseenCount = shallowRef(0);
  const isAtEnd = shallowRef(true);
  let seenSeq = newestSeq(messages());
  let lastOwnId = messages().findLast((message) => message.isOwn)?.id;
  let anchor: Anchor | undefined;

  const messageElements = () => viewport.value?.querySelectorAll<HTMLElement>('[data-message-id]') ?? [];
  const topOf = (element: Element) => element.getBoundingClientRect().top;

  /** The first message that reaches into view, and how far it is from the top of the view. */
  const findAnchor = (): Anchor | undefined => {
    const view = viewport.value;
    if (!view) return undefined;
    for (const element of messageElements()) {
      const { top, bottom } = element.getBoundingClientRect();
      if (bottom > topOf(view)) return { id: element.dataset.messageId ?? '', top: top - topOf(view) };
    }
    return undefined;
  };

  const markSeen = () => {
    seenSeq = Math.max(seenSeq, newestSeq(messages()));
    unseenCount.value = 0;
  };

  const scrollToEnd = () => {
    const view = viewport.value;
    if (!view) return;
    view.scrollTop = view.scrollHeight;
    isAtEnd.value = true;
    markSeen();
  };

  const restore = () => {
    const view = viewport.value;
    if (!view || !anchor) return;
    for (const element of messageElements()) {
      if (element.dataset.messageId !== anchor.id) continue;
      view.scrollTop += topOf(element) - topOf(view) - anchor.top;
      return;
    }
  };

  const onScroll = () => {
    const view = viewport.value;
    if (!view) return;
    isAtEnd.value = view.scrollHeight - view.scrollTop - view.clientHeight <= NEAR_END_PX;
    if (isAtEnd.value) markSeen();
  };

  watch(messages, () => (anchor = isAtEnd.value ? undefined : findAnchor()), { flush: 'pre' });
  watch(
    messages,
    (now) => {
      const own = now.findLast((message) => message.isOwn);
      const isNewOwn = own !== undefined && own.id !== lastOwnId && (own.seq ?? Infinity) > seenSeq;
      lastOwnId = own?.id;
      if (isAtEnd.value || isNewOwn) {
        scrollToEnd();
        return;
      }
      restore();
      unseenCount.value = now.filter((message) => !message.isOwn && (message.seq ?? 0) > seenSeq).length;
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
  onBeforeUnmount(() => observer?.disconnect());

  return { unseenCount, isAtEnd, scrollToEnd, onScroll };
}
