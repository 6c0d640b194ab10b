import { randomUUID } from 'node:crypto';
import { SERVER_FRAME_BYTES, splitFrame, visibleTo } from '@chalkline/client-sdk/protocol';
import { deadlines } from './deadlines.ts';
import { asChalklineError } from './failure.ts';
import { eventFrames } from './frames.ts';
import type { Backend } from './backend.ts';
import type { Announcement, Delivery, Reader } from './ports.ts';

/** One frame for one connection. */
export interface Post {
  connectionId: string;
  frame: string;
}

/** How many frames came to what; what did not happen is left out. */
export type Deliveries = Partial<Record<Delivery, number>> & {
  /** Connections that did not get all of theirs, the first of them: who follows a message wants to know. */
  missed?: readonly string[];
};

/** How many of those are named. */
const MISSED = 20;

/** How many connections of one fan-out are served at a time. */
const CONCURRENCY = 64;

/** The posts that tell everyone concerned of what was written to a log; of what is private only those whom it is for. */
export function postsOf(announcement: Announcement): Post[] {
  const { classroomId, epoch, events, recipients, readers } = announcement;
  if (events.length === 0 || recipients.length === 0) return [];
  if (events.every(({ to }) => to === undefined)) {
    const frames = eventFrames(classroomId, epoch, events);
    return recipients.flatMap((connectionId) => frames.map((frame) => ({ connectionId, frame })));
  }
  // By what is seen: a fan-out has few kinds of frames.
  const framesOf = new Map<string, string[]>();
  return recipients.flatMap((connectionId) => {
    const reader = readers?.get(connectionId) ?? nobody;
    const key = String(events.map((event) => visibleTo(event, reader) === event));
    const known = framesOf.get(key);
    const seen = known ? [] : events.map((event) => visibleTo(event, reader));
    const frames = known ?? eventFrames(classroomId, epoch, seen);
    framesOf.set(key, frames);
    return frames.map((frame) => ({ connectionId, frame }));
  });
}

const nobody: Reader = { userId: '', role: 'observer' };

/**
 * Posts every frame, whatever becomes of the others: those of one connection one after the other, in order, and all
 * connections side by side. A connection that is gone gives up its seats, and those who stay hear of it. After a frame
 * that failed its connection gets no more of them: its member sees the gap, or the next `pong` tells them. Where nothing gets
 * out each post costs its deadline, so after some seconds no more are begun, and those left count as failed. Never rejects.
 */
export async function broadcast(
  backend: Pick<Backend, 'gateway' | 'store' | 'log' | 'meter'>,
  posts: readonly Post[],
): Promise<Deliveries> {
  const startedAt = performance.now();
  const isOver = (): boolean => performance.now() - startedAt >= deadlines.fanOutMs;
  const counts: Partial<Record<Delivery, number>> = {};
  const gone = new Set<string>();
  const missed = new Set<string>();
  let round: readonly Post[] = posts;
  // Each round but the first needs a connection that was not known to be gone, so the rounds come to an end.
  while (round.length > 0) {
    const goneNow = await deliver(backend, round, counts, missed, isOver);
    for (const connectionId of goneNow) gone.add(connectionId);
    // The lease ends the seat in any case.
    const announcements = isOver()
      ? []
      : await inParallel(goneNow, (connectionId) => forget(backend, connectionId));
    round = merged(announcements.flat())
      .flatMap(postsOf)
      .filter(({ connectionId }) => !gone.has(connectionId));
  }
  if (counts.delivered) backend.meter.add('delivered', counts.delivered);
  if (gone.size > 0) backend.meter.add('gone', gone.size);
  if (posts.length > 0) backend.meter.add('fanOutMs', performance.now() - startedAt);
  return missed.size === 0 ? counts : { ...counts, missed: [...missed].slice(0, MISSED) };
}

/** Posts the frames, large ones in chunks; returns the connections that are gone. */
async function deliver(
  { gateway, log, meter }: Pick<Backend, 'gateway' | 'log' | 'meter'>,
  posts: readonly Post[],
  totals: Partial<Record<Delivery, number>>,
  missed: Set<string>,
  isOver: () => boolean,
): Promise<string[]> {
  const framesOf = new Map<string, string[]>();
  // A fan-out has the same frame for everyone: it is cut once.
  const chunksOf = new Map<string, string[]>();
  for (const { connectionId, frame } of posts) {
    const chunks = chunksOf.get(frame) ?? splitFrame(frame, SERVER_FRAME_BYTES, randomUUID());
    chunksOf.set(frame, chunks);
    const frames = framesOf.get(connectionId);
    if (frames) frames.push(...chunks);
    else framesOf.set(connectionId, [...chunks]);
  }
  const gone: string[] = [];
  const counts: Record<Delivery, number> = { delivered: 0, gone: 0, failed: 0 };
  await inParallel([...framesOf], async ([connectionId, frames]) => {
    for (const [index, frame] of frames.entries()) {
      if (isOver()) {
        counts.failed += frames.length - index;
        missed.add(connectionId);
        meter.add('failed', frames.length - index, 'too late');
        return;
      }
      const delivery = await gateway.post(connectionId, frame);
      if (delivery === 'delivered') counts.delivered += 1;
      else {
        counts[delivery] += frames.length - index;
        missed.add(connectionId);
        if (delivery === 'gone') gone.push(connectionId);
        return;
      }
    }
  });
  for (const [delivery, count] of Object.entries(counts) as [Delivery, number][]) {
    if (count > 0) totals[delivery] = (totals[delivery] ?? 0) + count;
  }
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

/** One announcement for each log: when a whole school loses its link, those who stay get one frame, not hundreds. */
function merged(announcements: readonly Announcement[]): Announcement[] {
  const byLog = new Map<string, Announcement>();
  for (const announcement of announcements) {
    const key = JSON.stringify([announcement.classroomId, announcement.epoch]);
    const { events = [], recipients = [] } = byLog.get(key) ?? {};
    byLog.set(key, {
      ...announcement,
      events: [...events, ...announcement.events].sort((a, b) => a.seq - b.seq),
      recipients: [...new Set([...recipients, ...announcement.recipients])],
    });
  }
  return [...byLog.values()];
}

/** Works through a list, boundedly many items at a time; the results are in the list's order. */
async function inParallel<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const queue = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of queue) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(CONCURRENCY, items.length) }, worker));
  return results;
}
