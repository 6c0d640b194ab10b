import type { Projection } from '../ports.ts';

type Entry = Extract<Projection, { of: 'state' }>;

/** An entry of the state that does more than stand there. */
export type Effect =
  /** Takes a member's seats away. */
  | 'remove'
  /** Gives a member another role, or theirs back; only for who is a teacher by the token. */
  | 'appoint';

/** What an entry of the state does to the member whose it is. */
export function effectOf({ key, userId, isDeleted }: Entry): Effect | undefined {
  if (userId === undefined) return undefined;
  if (key === 'role') return 'appoint';
  return key === 'removed' && !isDeleted ? 'remove' : undefined;
}
