import { computed, type ComputedRef } from 'vue';
import { useLocale } from '../locales/use-locale.ts';
import { whiteboardEn } from './whiteboard-en.ts';
import type { WhiteboardLocale } from './whiteboard-locale.ts';

/** The board's words in use here: English, then `whiteboard` of the words that the app gave. */
export function useWhiteboardLocale(): ComputedRef<WhiteboardLocale> {
  const locale = useLocale();
  return computed(() => ({ ...whiteboardEn, ...locale.value.whiteboard }));
}
