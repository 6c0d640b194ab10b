import { ChalklineError } from '@chalkline/client-sdk';
import { computed, shallowRef } from 'vue';
import { useLocale } from '../locales/use-locale.ts';

/** Follows what a teacher asked for, and says in a sentence when it was refused, until the next that is not. */
export function useAttempt() {
  const locale = useLocale();
  const cause = shallowRef<ChalklineError>();
  const words = {
    forbidden: 'controlForbidden',
    'payload-too-large': 'controlFull',
    'connection-lost': 'controlOffline',
    'rate-limited': 'controlTooFast',
  } as const;
  return {
    failure: computed(() => {
      const code = cause.value?.code;
      return code && locale.value[code in words ? words[code as keyof typeof words] : 'controlFailed'];
    }),
    attempt: async (work: Promise<unknown>): Promise<boolean> => {
      try {
        await work;
        cause.value = undefined;
        return true;
      } catch (error) {
        if (!(error instanceof ChalklineError)) throw error;
        // We have left: nobody is there to be told.
        if (error.code !== 'closed') cause.value = error;
        return false;
      }
    },
  };
}
