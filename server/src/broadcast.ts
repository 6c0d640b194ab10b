import { asChalklineError } from './failure.ts';
import { eventFrames } from './frames.ts';
import type { Backend } from './backend.ts';
import type { Announcement, Delivery } from './ports.ts';

/** One frame for one connection. */
export interface Post {
  connectionId: string;
  frame: string;
}

/** How many posts of one fan-out are under way at a time. */
const CONCURRENCY = 64;

/** The posts that tell everyone concerned of what was written to a log. */
export function postsOf(announcement: Announcement): Post[] {
  const { classroomId, epoch, events, recipients } = announcement;
  if (events.length === 0 || recipients.length === 0) return [];
  const frames = eventFrames(classroomId, epoch, events);
  return recipients.flatMap((connectionId) => frames.map((frame) => ({ connectionId, frame })));
}

/**
 * Posts every frame, whatever becomes of the others. A connection that is gone gives up its seats, and those who stay
 * hear of it; a frame that failed is not tried for ever: its member sees the gap, or the next `pong` tells them.
 * Never rejects.
 */
export async function broadcast(
  backend: Pick<Backend, 'gateway' | 'store' | 'log'>,
  posts: readonly Post[],
): Promise<void> {
  let round: readonly Post[] = posts;
  while (round.length > 0) {
    const gone = await deliver(backend, round);
    const announcements = await Promise.all([...gone].map((connectionId) => forget(backend, connectionId)));
    round = announcements
      .flat()
      .flatMap(postsOf)
      .filter(({ connectionId }) => !gone.has(connectionId));
  }
}

async function deliver(
  { gateway, log }: Pick<Backend, 'gateway' | 'log'>,
  posts: readonly Post[],
): Promise<Set<string>> {
  const gone = new Set<string>();
  const counts: Record<Delivery, number> = { delivered: 0, gone: 0, failed: 0 };
  let index = 0;
  const work = async (): Promise<void> => {
    for (let post = posts[index++]; post; post = posts[index++]) {
      const delivery = await gateway.post(post.connectionId, post.frame);
      counts[delivery] += 1;
      if (delivery === 'gone') gone.add(post.connectionId);
    }
  };
  await Promise.all(Array.from({ length: Math.min(CONCURRENCY, posts.length) }, work));
  if (counts.failed > 0) log({ action: 'broadcast', outcome: 'internal', ...counts });
  return gone;
}

async function forget(
  { store, log }: Pick<Backend, 'store' | 'log'>,
  connectionId: string,
): Promise<readonly Announcement[]> {
  try {
    return await store.disconnect(connectionId, false);
  } catch (error) {
    // The lease ends the seat in any case.
    log({ action: 'forget', outcome: asChalklineError(error).code, connectionId });
    return [];
  }
}
