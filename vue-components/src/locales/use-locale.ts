import { computed, inject, provide, type ComputedRef, type InjectionKey } from 'vue';
import { en } from './en.ts';
import type { Locale } from './locale.ts';

/** Where the plugin and each `<ClassroomRoot>` put the words in use. */
export const localeKey: InjectionKey<ComputedRef<Locale>> = Symbol('chalkline locale');

const english = computed(() => en);

/** The words in use here: English, then what the app gave the plugin, then what it gave the nearest `<ClassroomRoot>`. */
export function useLocale(): ComputedRef<Locale> {
  return inject(localeKey, english);
}

/** Lays `overrides` over the words in use, for all components below this one. */
export function provideLocale(overrides: () => Partial<Locale> | undefined): ComputedRef<Locale> {
  const outer = useLocale();
  const locale = computed(() => ({ ...outer.value, ...overrides() }));
  provide(localeKey, locale);
  return locale;
}
