import type { ChatMessage } from '@chalkline/client-sdk';
import { onScopeDispose, shallowRef, watch, type ComputedRef, type ShallowRef } from 'vue';
import type { Locale } from '../locales/locale.ts';
import { fillTemplate } from '../locales/split-template.ts';
import { displayName } from '../text/display-name.ts';

/** The least time between two announcements. */
export const ANNOUNCE_EVERY_MS = 3000;

const LONGEST_TEXT = 200;

/**
 * What a screen reader says of new messages: one message as it is, several as their number, and nothing of our own, of older
 * pages, or of a message's way from pending to sent. A live log would read out all of those and drown the teacher's voice.
 */
export function useAnnouncement(
  messages: () => readonly ChatMessage[],
  locale: ComputedRef<Locale>,
): ShallowRef<string> {
  const announcement = shallowRef('');
  let saidSeq = Math.max(0, ...messages().map((message) => message.seq ?? 0));
  let timer: ReturnType<typeof setTimeout> | undefined;

  const fresh = () => messages().filter((message) => (message.seq ?? 0) > saidSeq);

  const say = () => {
    timer = undefined;
    const news = fresh().filter((message) => !message.isOwn);
    const [first] = news;
    saidSeq = Math.max(saidSeq, ...fresh().map((message) => message.seq ?? 0));
    if (first === undefined) {
      // Emptied, so that the same words, written again, are a change and are said again.
      announcement.value = '';
      return;
    }
    const { newMessages, announcedMessage, unnamed } = locale.value;
    announcement.value =
      news.length > 1
        ? newMessages(news.length)
        : fillTemplate(announcedMessage, {
            name: displayName(first.from.name, unnamed),
            text: first.text.slice(0, LONGEST_TEXT),
          });
    timer = setTimeout(say, ANNOUNCE_EVERY_MS);
  };

  watch(messages, () => {
    if (timer === undefined && fresh().length > 0) say();
  });
  onScopeDispose(() => clearTimeout(timer));
  return announcement;
}
