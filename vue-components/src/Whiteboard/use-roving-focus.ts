import { onMounted, onUpdated, type ShallowRef } from 'vue';

const STEPS: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

/**
 * Makes the buttons inside `container` one stop of the Tab key; arrows, Home and End go from one to the next.
 * @returns the handler of the container's `keydown` and `focusin`.
 */
export function useRovingFocus(container: Readonly<ShallowRef<HTMLElement | null>>) {
  let current: HTMLButtonElement | undefined;

  const buttons = () => [
    ...(container.value?.querySelectorAll<HTMLButtonElement>('button:not(:disabled)') ?? []),
  ];
  const mark = () => {
    const all = buttons();
    const stop =
      all.find((button) => button === current) ??
      all.find((button) => button.getAttribute('aria-pressed') === 'true') ??
      all[0];
    for (const button of all) button.tabIndex = button === stop ? 0 : -1;
  };
  onMounted(mark);
  onUpdated(mark);

  return {
    onFocusin: (event: FocusEvent): void => {
      const button = buttons().find((each) => each === event.target);
      if (button) current = button;
      mark();
    },
    onKeydown: (event: KeyboardEvent): void => {
      const all = buttons();
      const at = all.findIndex((button) => button === event.target);
      if (at < 0) return;
      const isReversed = getComputedStyle(event.target as Element).direction === 'rtl';
      const step = (STEPS[event.key] ?? 0) * (isReversed && event.key.match(/Left|Right/) ? -1 : 1);
      const next = event.key === 'Home' ? 0 : event.key === 'End' ? all.length - 1 : at + step;
      if (next === at) return;
      event.preventDefault();
      all[(next + all.length) % all.length]?.focus();
    },
  };
}
