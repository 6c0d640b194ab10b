import { computed, onBeforeUnmount, onMounted, shallowRef, type ComputedRef, type ShallowRef } from 'vue';
import { darkColors, lightColors, type ThemeColors } from './canvas/theme-colors.ts';

/** Half as bright as white, to the eye. */
const MIDDLE = 0.5;

/** Whether a colour that the browser has resolved, such as `rgb(31, 34, 36)`, is a dark one. */
export function isDark(color: string): boolean {
  const [red = 255, green = 255, blue = 255] = (color.match(/[\d.]+/g) ?? []).map(Number);
  return (0.299 * red + 0.587 * green + 0.114 * blue) / 255 < MIDDLE;
}

/**
 * The board's colours in the theme that `element` stands in, and whether its reader wants no motion. A canvas sees no CSS,
 * so what surrounds it is asked again whenever the theme may be another.
 */
export function useBoardTheme(element: Readonly<ShallowRef<HTMLElement | null>>): {
  colors: ComputedRef<ThemeColors>;
  reducedMotion: ShallowRef<boolean>;
} {
  const isDarkHere = shallowRef(false);
  const reducedMotion = shallowRef(false);
  let stop = (): void => undefined;

  onMounted(() => {
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    const motion = matchMedia('(prefers-reduced-motion: reduce)');
    const look = () => {
      if (element.value) isDarkHere.value = isDark(getComputedStyle(element.value).backgroundColor);
      reducedMotion.value = motion.matches;
    };
    look();
    const observer = new MutationObserver(look);
    observer.observe(document.documentElement, { subtree: true, attributeFilter: ['data-theme', 'style'] });
    for (const query of [scheme, motion]) query.addEventListener('change', look);
    stop = () => {
      observer.disconnect();
      for (const query of [scheme, motion]) query.removeEventListener('change', look);
    };
  });
  onBeforeUnmount(() => stop());
  return { colors: computed(() => (isDarkHere.value ? darkColors : lightColors)), reducedMotion };
}
