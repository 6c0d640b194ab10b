import { computed, shallowRef, watch, type Ref } from 'vue';
import type { Mentionable } from './text/mentions.ts';

/** As many as are seen at once. */
const MOST_SHOWN = 6;

/** An `@` at the beginning or after something that is no part of a word, and what is written of the name. */
const beginning = /(?:^|[^\p{L}\p{N}_@])@([^@\n]{0,40})$/u;

function fits(name: string, query: string): boolean {
  const [whole, wanted] = [name.toLocaleLowerCase(), query.toLocaleLowerCase()];
  return (
    whole.startsWith(wanted) || whole.split(/\s+/).some((word) => wanted !== '' && word.startsWith(wanted))
  );
}

/**
 * Offers the people whose name begins with what stands after an `@` before the caret.
 * @param picked is told whom the writer chose, after the name stands in the text.
 */
export function useMentionPicker(
  text: Ref<string>,
  people: () => readonly Mentionable[],
  picked: (person: Mentionable, caret: number) => void,
) {
  const caret = shallowRef(0);
  const activeIndex = shallowRef(0);
  /** Where the `@` stands for which the offer was put away. */
  const dismissedAt = shallowRef<number>();

  const query = computed(() => beginning.exec(text.value.slice(0, caret.value))?.[1]);
  const start = computed(() => caret.value - (query.value?.length ?? 0) - 1);
  const options = computed(() => {
    const wanted = query.value;
    if (wanted === undefined || dismissedAt.value === start.value) return [];
    return people()
      .filter(({ name }) => fits(name, wanted))
      .slice(0, MOST_SHOWN);
  });
  watch(options, () => (activeIndex.value = 0));
  watch(query, (now) => {
    if (now === undefined) dismissedAt.value = undefined;
  });

  const pick = (person: Mentionable): void => {
    const before = `${text.value.slice(0, start.value)}@${person.name} `;
    text.value = before + text.value.slice(caret.value).trimStart();
    caret.value = before.length;
    picked(person, caret.value);
  };

  const dismiss = (): void => {
    dismissedAt.value = start.value;
  };

  return {
    options,
    activeIndex,
    pick,
    dismiss,
    /** To be called whenever the caret may have moved. */
    moveCaret: (position: number): void => {
      caret.value = position;
    },
    /** Takes the keys that are for the offer; returns whether it took this one. */
    onKey: (key: string): boolean => {
      const count = options.value.length;
      if (count === 0) return false;
      const active = options.value[activeIndex.value];
      if (key === 'ArrowDown') activeIndex.value = (activeIndex.value + 1) % count;
      else if (key === 'ArrowUp') activeIndex.value = (activeIndex.value + count - 1) % count;
      else if (key === 'Escape') dismiss();
      else if ((key === 'Enter' || key === 'Tab') && active) pick(active);
      else return false;
      return true;
    },
  };
}
