import { describe, expect, it, vi } from 'vitest';
import { ChalklineError, type ServerEvent } from '@chalkline/client-sdk/protocol';
import { broadcast, postsOf } from './broadcast.ts';
import { createMemoryStore } from './adapters/memory/memory-store.ts';
import { deadlines } from './deadlines.ts';
import { defer, within } from './emulator/testing/client.ts';
import type { Announcement, Delivery } from './ports.ts';
import { TestBackend } from './testing/test-backend.ts';

const frames = (...connectionIds: string[]) =>
  connectionIds.map((connectionId) => ({ connectionId, frame: `to ${connectionId}` }));

const typesOf = (events: readonly ServerEvent[]): string[] =>
  events.flatMap((event) =>
    event.action === 'events'
      ? event.events.map(({ type, from }) => `${type} ${from.userId}`)
      : [event.action],
  );

describe('a fan-out', () => {
  it('reaches everyone but the one whose post failed', async () => {
    // Seen red: leaving the loop at the first post that was not delivered.
    const backend = new TestBackend();
    backend.deliveries.set('ben', 'failed');
    await broadcast(backend, frames('ada', 'ben', 'chen'));
    expect(backend.posts.map(({ connectionId }) => connectionId)).toEqual(['ada', 'ben', 'chen']);
    expect(backend.lines).toEqual([
      { action: 'broadcast', outcome: 'internal', delivered: 2, gone: 0, failed: 1 },
    ]);
  });

  // Seen red: without an end, for as many seconds as there are frames.
  it('begins no more posts after some seconds, for the function has but its time', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    try {
      const backend = new TestBackend();
      backend.gateway.post = () => {
        vi.advanceTimersByTime(deadlines.postMs);
        return Promise.resolve('failed');
      };
      const crowd = Array.from({ length: 200 }, (_, index) => `student-${index}`);
      const counts = await broadcast(backend, frames(...crowd));
      expect(counts.failed).toBe(200);
      expect(counts.missed).toHaveLength(20);
      expect(backend.counted.get('failed too late')).toBe(200 - deadlines.fanOutMs / deadlines.postMs);
    } finally {
      vi.useRealTimers();
    }
  });

  it('says nothing to the log if all went well', async () => {
    const backend = new TestBackend();
    await broadcast(backend, frames('ada', 'ben'));
    expect(backend.lines).toEqual([]);
  });

  it('posts the frames of one connection one after the other, in order', async () => {
    // Seen red: one worker a frame, so that `events` overtook the `welcome` before them.
    const backend = new TestBackend();
    const first = defer<Delivery>();
    const begun: string[] = [];
    backend.gateway.post = (connectionId, frame) => {
      begun.push(`${connectionId} ${frame}`);
      return frame === '1' ? first.promise : Promise.resolve('delivered');
    };
    const done = broadcast(backend, [
      { connectionId: 'ada', frame: '1' },
      { connectionId: 'ben', frame: '2' },
      { connectionId: 'ada', frame: '3' },
    ]);
    expect(begun).toEqual(['ada 1', 'ben 2']);
    first.resolve('delivered');
    await within('the fan-out', done);
    expect(begun).toEqual(['ada 1', 'ben 2', 'ada 3']);
  });

  it.each(['failed', 'gone'] as const)(
    'spares a connection the rest once a frame has %s',
    async (delivery) => {
      // Seen red: going on, which costs a deadline for each frame of a long recovery.
      const backend = new TestBackend();
      backend.deliveries.set('ada', delivery);
      await broadcast(backend, frames('ada', 'ada', 'ben', 'ada', 'ben'));
      expect(backend.posts.map(({ connectionId }) => connectionId)).toEqual(['ada', 'ben', 'ben']);
      if (delivery === 'failed') expect(backend.lines).toMatchObject([{ delivered: 2, failed: 3 }]);
    },
  );

  it('has at most 64 posts under way, and comes to the end of any list', async () => {
    // Seen red: a worker for each connection.
    const backend = new TestBackend();
    const waiting: ((delivery: Delivery) => void)[] = [];
    let posted = 0;
    let most = 0;
    backend.gateway.post = () => {
      posted += 1;
      const delivery = new Promise<Delivery>((resolve) => waiting.push(resolve));
      most = Math.max(most, waiting.length);
      if (waiting.length === 64 || posted === 200) {
        queueMicrotask(() => waiting.splice(0).forEach((resolve) => resolve('delivered')));
      }
      return delivery;
    };
    const everyone = frames(...Array.from({ length: 200 }, (_, index) => `c-${index}`));
    await within('the fan-out', broadcast(backend, everyone));
    expect(posted).toBe(200);
    expect(most).toBe(64);
  });
});

describe('a connection that is gone', () => {
  it('gives up its seats, and those who stay hear of it', async () => {
    // Seen red: nothing forgotten; the drop not told.
    const backend = new TestBackend();
    await backend.join('ada', 'ben', 'chen');
    backend.deliveries.set('ben', 'gone');
    await broadcast(backend, frames('ben'));
    backend.posts.shift();
    expect(typesOf(backend.heard('ada'))).toEqual(['member.drop ben']);
    expect(typesOf(backend.heard('chen'))).toEqual(['member.drop ben']);
    const { recipients } = await backend.store.audience('maths', 'ada');
    expect(recipients).toEqual(['chen']);
  });

  it('may be followed by others that only this news finds gone, and it still ends', async () => {
    // Seen red: one round only, after which the second drop was never told.
    const backend = new TestBackend();
    await backend.join('ada', 'ben', 'chen');
    backend.deliveries.set('ben', 'gone').set('chen', 'gone');
    await broadcast(backend, frames('ben'));
    expect(typesOf(backend.heard('ada'))).toEqual(['member.drop ben', 'member.drop chen']);
  });

  it('is told in one frame where many are gone at once', async () => {
    // Seen red: a frame for each of them.
    const backend = new TestBackend();
    const others = Array.from({ length: 30 }, (_, index) => `pupil${index}`);
    await backend.join('ada', ...others);
    for (const other of others) backend.deliveries.set(other, 'gone');
    await broadcast(backend, frames(...others));
    const mine = backend.posts.filter(({ connectionId }) => connectionId === 'ada');
    expect(mine).toHaveLength(1);
    expect(typesOf(backend.heard('ada'))).toEqual(others.map((other) => `member.drop ${other}`));
  });

  it('is not posted to again, even if the store cannot forget it', async () => {
    // Seen red: only the round's own gone connections left out, so that a later round posted to it again.
    const backend = new TestBackend();
    const posted: string[] = [];
    const tell = (...recipients: string[]): Announcement[] => [
      {
        classroomId: 'maths',
        epoch: 'e',
        recipients,
        events: [
          {
            seq: 1,
            id: 'x',
            type: 'member.drop',
            at: 0,
            from: { userId: 'ben', name: 'Ben', role: 'student' },
            data: {},
          },
        ],
      },
    ];
    const store = createMemoryStore({ clock: backend.clock });
    store.disconnect = (connectionId) => {
      if (connectionId === 'ada')
        return Promise.reject(new ChalklineError('internal', 'unable to disconnect; down'));
      return Promise.resolve(connectionId === 'ben' ? tell('ada', 'chen') : tell('ada', 'ben', 'chen'));
    };
    const gateway = {
      ...backend.gateway,
      post: (connectionId: string): Promise<Delivery> => {
        posted.push(connectionId);
        return Promise.resolve('gone');
      },
    };
    const log = (line: object): void => void backend.lines.push(line as never);
    await within(
      'the fan-out',
      broadcast({ store, gateway, log, meter: backend.meter }, frames('ada', 'ben')),
    );
    expect(posted).toEqual(['ada', 'ben', 'chen']);
    expect(backend.lines).toContainEqual({ action: 'forget', outcome: 'internal', connectionId: 'ada' });
  });
});

describe('the posts of an announcement', () => {
  it('are none without events or without recipients', () => {
    const announcement: Announcement = { classroomId: 'maths', epoch: 'e', events: [], recipients: ['ada'] };
    expect(postsOf(announcement)).toEqual([]);
  });
});
