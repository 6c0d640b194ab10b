import type { ConnectionWords } from './connection-look.ts';

export interface ConnectionBadgeSlots {
  /** Instead of the sign and the word. */
  default?: (props: ConnectionWords) => unknown;
}
