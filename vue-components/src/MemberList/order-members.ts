import type { Member } from '@chalkline/client-sdk';

const rank = { teacher: 0, student: 1, observer: 2 } as const satisfies Record<Member['role'], number>;

/** Teachers first, then students, then observers; by name among equals, and by id where names are the same. */
export function orderMembers(members: readonly Member[]): Member[] {
  const names = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });
  return [...members].sort(
    (a, b) => rank[a.role] - rank[b.role] || names.compare(a.name, b.name) || (a.userId < b.userId ? -1 : 1),
  );
}
