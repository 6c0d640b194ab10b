import type { ChalklineError, ConnectionStatus } from '@chalkline/client-sdk';
import type { Locale } from '../locales/locale.ts';

/** How the badge looks: all is well, it is being taken care of, or a person has to act. */
export type ConnectionLook = 'fine' | 'returning' | 'needs-you';

export interface ConnectionWords {
  look: ConnectionLook;
  /** One word. */
  label: string;
  /** One plain sentence, and the next step where there is one. */
  text: string;
}

/** The look and the words for each status of the connection. */
export function connectionWords(
  status: ConnectionStatus,
  cause: ChalklineError | undefined,
  locale: Locale,
): ConnectionWords {
  switch (status) {
    case 'connected':
      return { look: 'fine', label: locale.connectionFine, text: locale.connectionFineText };
    case 'idle':
    case 'connecting': {
      const text = cause ? locale.connectionFailingText : locale.connectionStartingText;
      return { look: 'returning', label: locale.connectionStarting, text };
    }
    case 'reconnecting':
      return { look: 'returning', label: locale.connectionReturning, text: locale.connectionReturningText };
    case 'closed':
      return {
        look: 'needs-you',
        label: locale.connectionLost,
        text: cause?.code === 'unauthorized' ? locale.connectionUnauthorizedText : locale.connectionLostText,
      };
    default:
      return status satisfies never;
  }
}
