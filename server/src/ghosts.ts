import type { Meter } from './meter.ts';
import type { Announcement } from './ports.ts';

/** Counts the members who were let go: where nobody asked to leave, a `member.leave` is a lease or a grace that ended. */
export function countGhosts(meter: Meter, announcements: readonly Announcement[]): void {
  const swept = announcements.flatMap(({ events }) =>
    events.filter(({ type }) => type === 'member.leave'),
  ).length;
  if (swept > 0) meter.add('ghostsSwept', swept);
}
