import type { RosterEntry } from '../control/use-members.ts';

/** Beyond every turn; the difference of two infinities is no number. */
const LAST = Number.MAX_SAFE_INTEGER;

const ranks = { teacher: 0, student: 1, observer: 2 } as const;

/**
 * Teachers first, then students whose hand is up in the order of raising, then the others, observers last; by name among equals, and
 * by id where names are the same.
 */
export function orderMembers(entries: readonly RosterEntry[]): RosterEntry[] {
  const names = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });
  const rank = ({ member, isCoTeacher }: RosterEntry): number => ranks[member.role] + (isCoTeacher ? 0.5 : 0);
  return [...entries].sort(
    (a, b) =>
      rank(a) - rank(b) ||
      (a.hand ?? LAST) - (b.hand ?? LAST) ||
      names.compare(a.member.name, b.member.name) ||
      (a.member.userId < b.member.userId ? -1 : 1),
  );
}
