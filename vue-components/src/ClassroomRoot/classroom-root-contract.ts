import type { ChalklineError } from '@chalkline/client-sdk';
import type { AnyClient } from '../any-client.ts';
import type { Locale } from '../locales/locale.ts';

export interface ClassroomRootProps {
  /** The classroom to be in. Another id leaves the one and joins the other. */
  classroomId: string;
  /** @default the client of the plugin */
  client?: AnyClient | undefined;
  /** Words that replace those in use, for this classroom only. */
  locale?: Partial<Locale> | undefined;
  /** @default the theme of the nearest `data-theme`, or else of the reader's system */
  theme?: 'light' | 'dark' | undefined;
}

export interface ClassroomRootEmits {
  /** We are in: the content shows. */
  joined: [];
  /** We are not let in, or no more; the sentence is shown, and the error's `code` is for the app. */
  refused: [cause: ChalklineError | undefined];
  /** The class has been ended for all. */
  ended: [];
}

export interface ClassroomRootSlots {
  /** The classroom; mounted once joined, and kept while the connection comes back. */
  default?: () => unknown;
  /** Instead of the shape of a chat, until joined. */
  loading?: () => unknown;
  /** Instead of the notice that the classroom cannot be reached; `reconnect` tries now. */
  offline?: (props: { reconnect: () => void }) => unknown;
  /** Instead of the notice that we are not let in; `retry` joins again. */
  refused?: (props: { cause: ChalklineError | undefined; retry: () => Promise<void> }) => unknown;
  /** Instead of the notice that we have left; `rejoin` joins again. */
  left?: (props: { rejoin: () => Promise<void> }) => unknown;
  /** Instead of the notice that the class has ended. */
  ended?: () => unknown;
}
