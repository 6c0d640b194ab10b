import type { Member } from '@chalkline/client-sdk';
import type { RosterEntry } from '../control/use-members.ts';

export interface MemberListSlots {
  /** Beside the heading. */
  header?: (props: { members: readonly Member[] }) => unknown;
  /** Instead of a member's line. */
  member?: (props: RosterEntry) => unknown;
  /** After a member's name, before the teacher's menu. */
  aside?: (props: RosterEntry) => unknown;
  /** Instead of the sentence that no one is here. */
  empty?: () => unknown;
}
