import type { ChalklineError } from '@chalkline/client-sdk';
import type { Locale } from '../locales/locale.ts';

/** The sentence that tells why a message was not sent. */
export function failureText(error: ChalklineError | undefined, locale: Locale): string {
  switch (error?.code) {
    case 'forbidden':
    case 'unauthorized':
      return locale.failedForbidden;
    case 'rate-limited':
      return locale.failedRateLimited;
    case 'payload-too-large':
      return locale.failedTooLong;
    case 'connection-lost':
    case 'timeout':
    case 'closed':
      return locale.failedConnection;
    case 'classroom-ended':
      return locale.failedEnded;
    default:
      return locale.failedOther;
  }
}
