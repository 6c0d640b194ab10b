import type { Member } from '@chalkline/client-sdk';

export interface MemberListSlots {
  /** Beside the heading. */
  header?: (props: { members: readonly Member[] }) => unknown;
  /** Instead of a member's line. */
  member?: (props: { member: Member; isSelf: boolean }) => unknown;
  /** After a member's name: a raised hand, a menu. */
  aside?: (props: { member: Member; isSelf: boolean }) => unknown;
  /** Instead of the sentence that no one is here. */
  empty?: () => unknown;
}
