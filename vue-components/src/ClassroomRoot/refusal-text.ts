import type { ChalklineError } from '@chalkline/client-sdk';
import type { Locale } from '../locales/locale.ts';

/** The sentence that tells a person why the classroom did not open, and what to do. */
export function refusalText(cause: ChalklineError | undefined, locale: Locale): string {
  switch (cause?.code) {
    case 'unauthorized':
      return locale.refusedUnauthorized;
    case 'forbidden':
      return locale.refusedForbidden;
    case 'removed':
      return locale.removed;
    case 'not-found':
      return locale.refusedNotFound;
    case 'unsupported-version':
      return locale.refusedUnsupportedVersion;
    default:
      return cause?.retryable === true ? locale.refusedForNow : locale.refusedOther;
  }
}
