import { computed, markRaw, toRaw, type Plugin } from 'vue';
import type { AnyClient } from './any-client.ts';
import { clientKey } from './client-context.ts';
import { draftStorageKey, type DraftStorage } from './ChatPane/draft-storage.ts';
import { provideDevtools } from './devtools.ts';
import { en } from './locales/en.ts';
import type { Locale } from './locales/locale.ts';
import { localeKey } from './locales/use-locale.ts';

export interface ChalklineOptions {
  /** The client that every `<ClassroomRoot>` without one of its own uses. The app made it, and the app closes it. */
  client?: AnyClient | undefined;
  /**
   * Words that replace the English ones.
   * @default {}
   */
  locale?: Partial<Locale> | undefined;
  /**
   * Where what is written in a chat and not sent yet is kept through a reload; `null` keeps nothing.
   * @default the tab's `sessionStorage`
   */
  drafts?: DraftStorage | null | undefined;
}

/**
 * A Vue plugin that gives a client and words to all of an app: `app.use(createPinia()).use(createChalkline({ client }))`.
 * It registers no component: import those that you use.
 */
export function createChalkline(options: ChalklineOptions = {}): Plugin<[]> {
  const { client, locale, drafts } = options;
  return {
    install(app) {
      if (process.env.NODE_ENV !== 'production') provideDevtools(app);
      // A deep proxy around an SDK object would break its private fields.
      if (client) app.provide(clientKey, markRaw(toRaw(client)));
      if (drafts !== undefined) app.provide(draftStorageKey, drafts);
      const words = { ...en, ...locale };
      app.provide(
        localeKey,
        computed(() => words),
      );
    },
  };
}
