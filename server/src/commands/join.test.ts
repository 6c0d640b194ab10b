import * as z from 'zod/mini';
import { describe, expect, it } from 'vitest';
import type { ServerEvent } from '@chalkline/client-sdk/protocol';
import { TestBackend, the } from '../testing/test-backend.ts';

const join = (change: object = {}) =>
  ({ action: 'join', ref: 3, clientId: 'tab-of-ben', classroomId: 'maths', ...change }) as const;

const seqsOf = (events: readonly ServerEvent[]): number[] =>
  events.flatMap((event) => ('events' in event ? event.events.map(({ seq }) => seq) : []));

describe('join', () => {
  it('gives the roster, the role and what it may publish, and tells the others', async () => {
    const backend = new TestBackend();
    await backend.join('ada');
    expect(the('joined', await backend.say('chen', join()))).toMatchObject({
      ref: 3,
      role: 'observer',
      permissions: [],
      recovered: false,
      members: [
        { userId: 'ada', status: 'online' },
        { userId: 'chen', status: 'online' },
      ],
    });
    expect(the('events', backend.heard('ada')).events).toMatchObject([{ type: 'member.join' }]);
  });

  it('refuses a classroom that the token does not name, and stores nothing', async () => {
    // Seen red: the role defaulting to `observer`.
    const backend = new TestBackend();
    const error = the('error', await backend.say('ben', join({ classroomId: 'elsewhere' })));
    expect(error).toMatchObject({ ref: 3, classroomId: 'elsewhere', code: 'forbidden', retryable: false });
    await expect(backend.store.audience('elsewhere', 'ben')).rejects.toMatchObject({ code: 'not-joined' });
  });

  it('brings everything that was missed, in order, in as many frames as it takes', async () => {
    // Seen red: only the first run sent; the first run filled without regard to the roster beside it.
    const backend = new TestBackend({
      messages: { 'note.take': { schema: z.string() } },
      limits: { rateBurst: 1000 },
    });
    const crowd = Array.from({ length: 300 }, (_, index) => `pupil${index}-`.padEnd(100, 'x'));
    await backend.join('ada', ...crowd);
    const seen = the('joined', await backend.say('ben', join())).head;
    await backend.say('ben', { action: 'leave', ref: 1, classroomId: 'maths' });
    for (let index = 0; index < 12; index += 1) {
      const messages = [{ id: `n${index}`, type: 'note.take', data: 'x'.repeat(32_000) }];
      await backend.say('ada', { action: 'publish', ref: 1, classroomId: 'maths', messages });
    }
    const heard = await backend.say('ben', join({ position: seen }));
    const [joined, ...followers] = heard;
    expect(joined).toMatchObject({ action: 'joined', recovered: true, chat: [] });
    expect(followers.length).toBeGreaterThan(2);
    expect(new Set(followers.map(({ action }) => action))).toEqual(new Set(['events']));
    const { head } = the('joined', heard.slice(0, 1));
    // His leave, the twelve notes and his join.
    expect(head.seq).toBe(seen.seq + 14);
    expect(seqsOf(heard)).toEqual(Array.from({ length: 14 }, (_, index) => seen.seq + 1 + index));
  });

  it('takes the seat of the same tab, never that of another user with the same clientId', async () => {
    const backend = new TestBackend();
    await backend.join('ada');
    const clientId = 'tab-of-ada';
    await backend.say('ben', join({ clientId }));
    expect((await backend.store.audience('maths', 'ben')).recipients).toEqual(['ada']);
    await backend.say('ada-2', join({ clientId }));
    expect((await backend.store.audience('maths', 'ben')).recipients).toEqual(['ada-2']);
  });

  it('lengthens the seat with a fresh token, and takes none of another user', async () => {
    const backend = new TestBackend();
    await backend.join('ben');
    const expiresAt = backend.now + 7_200_000;
    backend.tokens.set('fresh', backend.claims('ben', { expiresAt }));
    backend.tokens.set('of-ada', backend.claims('ada', { expiresAt }));
    expect(the('error', await backend.say('ben', join({ token: 'of-ada' }))).code).toBe('forbidden');
    the('joined', await backend.say('ben', join({ token: 'fresh' })));
    expect((await backend.store.audience('maths', 'ben')).seat).toMatchObject({ userId: 'ben', expiresAt });
  });
});
