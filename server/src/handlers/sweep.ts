import type { Backend } from '../backend.ts';
import { broadcast, postsOf } from '../broadcast.ts';
import { countGhosts } from '../ghosts.ts';

/** How much of its time a sweep leaves unused, so that the last round ends before the platform ends the function, in ms. */
export const RESERVE_MS = 25_000;

/** Runs once a minute: lets members go whose lease has ended where nobody else is there to notice, and tells who is left. */
export function sweepHandler(backend: Pick<Backend, 'store' | 'gateway' | 'log' | 'meter'>) {
  return async (_event: unknown, context: { getRemainingTimeInMillis(): number }): Promise<void> => {
    let left = 0;
    for (let hasMore = true; hasMore && context.getRemainingTimeInMillis() > RESERVE_MS;) {
      const outcome = await backend.store.sweep();
      left += outcome.announcements.reduce((sum, { events }) => sum + events.length, 0);
      countGhosts(backend.meter, outcome.announcements);
      await broadcast(backend, outcome.announcements.flatMap(postsOf));
      hasMore = outcome.hasMore;
    }
    backend.log({ action: 'sweep', outcome: 'ok', left });
  };
}
