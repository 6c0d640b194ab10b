import { describe, expect, it } from 'vitest';
import { memberSchema } from '@chalkline/client-sdk/protocol';
import type { BeginLesson } from './contract.ts';
import { kinds, only, set, told } from './lesson.ts';

/** The part of the contract about how members go: by themselves, with a lost link, in silence. */
export function describeLeaving(name: string, begin: BeginLesson): void {
  describe(`${name}: leaving`, () => {
    // Seen red: a leave with any seat.
    it('writes a leave with the last seat of a user, at once when the end is clean', async () => {
      const lesson = await begin();
      for (const connectionId of ['ada', 'ben-1', 'ben-2']) await lesson.join(connectionId);
      expect(kinds((await lesson.store.leave('maths', 'ben-1')).events)).toEqual(['member.join ben']);
      const left = only(await lesson.store.disconnect('ben-2', true));
      expect(kinds(left.events)).toEqual(['member.leave ben']);
      expect(memberSchema.parse(only(left.events).data)).toMatchObject({ userId: 'ben', status: 'online' });
      expect(told(left)).toEqual(['ada']);
      expect((await lesson.join('ada')).members).toHaveLength(1);
    });

    // Seen red: the hand left up; lowered when the link broke, though its member came back in time.
    it('lowers the hand of a user who is gone, and of no other', async () => {
      const lesson = await begin({ leaseMs: 60_000, graceMs: 15_000 });
      for (const connectionId of ['ada', 'ben', 'ben-2', 'dan', 'eve']) {
        await lesson.join(connectionId);
        const { userId } = lesson.seat(connectionId);
        await lesson.say(connectionId, set(connectionId, 'hand', { raisedAt: 1 }, userId));
      }
      const up = async () => (await lesson.join('fay')).state.map(({ id }) => id);
      await lesson.store.leave('maths', 'ben');
      await lesson.store.disconnect('dan', false);
      await lesson.store.disconnect('eve', false);
      lesson.now += 14_000;
      await lesson.join('eve-2');
      expect(await up()).toEqual(['ada', 'ben-2', 'dan', 'eve']);
      lesson.now += 1_000;
      const { events } = only((await lesson.store.touch('ada', ['maths'])).announcements);
      expect(events).toMatchObject([
        { type: 'state.set', from: { userId: 'dan' }, data: { key: 'hand', value: null, userId: 'dan' } },
        { type: 'member.leave', from: { userId: 'dan' } },
      ]);
      const { announcement } = await lesson.say('ada', set('out', 'removed', { removedAt: 1 }, 'eve'));
      expect(announcement.events.map(({ type }) => type)).toEqual(['state.set', 'state.set', 'member.leave']);
      await lesson.store.disconnect('ben-2', true);
      expect(await up()).toEqual(['ada', 'out']);
    });

    it('leaving or disconnecting without a seat, or again, is harmless', async () => {
      const lesson = await begin();
      const nothing = { classroomId: 'maths', events: [], recipients: [] };
      expect(await lesson.store.leave('maths', 'ada')).toMatchObject(nothing);
      expect(await lesson.store.disconnect('ada', false)).toEqual([]);
      await lesson.join('ada');
      await lesson.join('ben');
      await lesson.store.leave('maths', 'ben');
      expect(await lesson.store.leave('maths', 'ben')).toMatchObject(nothing);
      expect(await lesson.store.disconnect('ben', false)).toEqual([]);
    });

    // Seen red: the drop without an end, so that the member stayed for ever; the lease for the grace.
    it('shows a lost user as reconnecting, takes them back, and lets them go when the grace ends', async () => {
      const lesson = await begin({ graceMs: 1000 });
      expect(await lesson.join('ada')).toMatchObject({ graceMs: 1000, leaseMs: 60_000 });
      const { members } = await lesson.join('ben');
      const lost = only(await lesson.store.disconnect('ben', false));
      expect(lost.events).toMatchObject([{ type: 'member.drop', data: { status: 'reconnecting' } }]);
      expect(told(lost)).toEqual(['ada']);
      expect(await lesson.store.disconnect('ben', false)).toEqual([]);
      lesson.now += 500;
      expect((await lesson.join('ada')).members[1]).toMatchObject({ userId: 'ben', status: 'reconnecting' });
      const back = await lesson.join('ben-2');
      expect(kinds(back.announcement.events)).toEqual(['member.join ben']);
      expect(back.members).toEqual(members);

      await lesson.store.disconnect('ben-2', false);
      lesson.now += 999;
      expect((await lesson.store.touch('ada', ['maths'])).announcements).toEqual([]);
      lesson.now += 1;
      const swept = only((await lesson.store.touch('ada', ['maths'])).announcements);
      expect(kinds(swept.events)).toEqual(['member.leave ben']);
      expect(told(swept)).toEqual(['ada']);
    });

    it('has a grace that is never longer than the lease', async () => {
      const lesson = await begin({ leaseMs: 1000, graceMs: 5000 });
      expect(await lesson.join('ada')).toMatchObject({ graceMs: 1000 });
      await lesson.join('ben');
      await lesson.store.disconnect('ben', false);
      lesson.now += 1000;
      const { announcements } = await lesson.store.touch('ada', ['maths']);
      expect(kinds(only(announcements).events)).toEqual(['member.leave ben']);
    });

    // Seen red: the sweep left out of join.
    it('lets a silent connection go when its lease ends, though nobody saw it close', async () => {
      const lesson = await begin({ leaseMs: 1000 });
      await lesson.join('ben');
      await lesson.join('chen');
      lesson.now += 999;
      await lesson.store.audience('maths', 'chen');
      lesson.now += 1;
      const ada = await lesson.join('ada');
      expect(kinds(ada.announcement.events)).toEqual(['member.leave ben', 'member.join ada']);
      expect(told(ada.announcement)).toEqual(['chen']);
      expect(ada.members.map(({ userId }) => userId)).toEqual(['chen', 'ada']);
      await expect(lesson.say('ben', 'late')).rejects.toMatchObject({ code: 'not-joined' });
    });

    // Seen red: the sweep before the seat.
    it('does not say that a user left who comes back at the end of the lease', async () => {
      const lesson = await begin({ leaseMs: 1000 });
      await lesson.join('ben');
      lesson.now += 1000;
      expect((await lesson.join('ben-2')).announcement.events).toEqual([]);
    });

    // Seen red: everyone told of; one's own link told; the lease of a silent tab for its user's newest.
    it('tells of the others whose link is slow or silent, and of nobody else', async () => {
      const lesson = await begin();
      for (const connectionId of ['ada', 'ben-1', 'ben-2', 'chen']) await lesson.join(connectionId);
      const health = async () => (await lesson.store.touch('ada', ['maths'], 3000)).health['maths'];
      expect(await health()).toEqual({});
      await lesson.store.touch('ben-1', ['maths'], 1200);
      await lesson.store.touch('chen', ['maths'], 999);
      expect(await health()).toEqual({ ben: [0, 1200] });
      lesson.now += 31_999;
      expect(await health()).toEqual({ ben: [31_999, 1200] });
      lesson.now += 1;
      await lesson.store.touch('ben-2', ['maths'], 90);
      expect(await health()).toEqual({ chen: [32_000] });
      await lesson.store.audience('maths', 'chen');
      expect(await health()).toEqual({});
      await lesson.store.touch('chen', ['maths'], 2000);
      await lesson.store.disconnect('chen', false);
      expect(await health()).toEqual({});
    });

    // Seen red: without a limit.
    it('tells of twenty links at most, the longest silent first, then the slowest', async () => {
      const lesson = await begin();
      for (let n = 1; n <= 24; n++) {
        await lesson.join(`pupil${n}`);
        await lesson.store.touch(`pupil${n}`, ['maths'], 1000 + n);
        if (n === 3) lesson.now += 32_000;
      }
      await lesson.join('ada');
      const { health } = await lesson.store.touch('ada', ['maths']);
      const told = Object.keys(health['maths'] ?? {});
      expect(told).toHaveLength(20);
      expect(told.slice(0, 3).sort()).toEqual(['pupil1', 'pupil2', 'pupil3']);
      expect(told).toContain('pupil24');
      expect(told).not.toContain('pupil7');
    });

    // Seen red: without the classroom on the schedule, and with it taken off though members were left.
    it('sweep ends the leases of a classroom that nobody looks after', async () => {
      const lesson = await begin({ leaseMs: 60_000, graceMs: 15_000 });
      await lesson.join('ada', {}, { classroomId: 'art' });
      await lesson.join('ben');
      await lesson.join('chen');
      lesson.now += 30_000;
      await lesson.store.touch('ben', ['maths']);
      const swept = async () => (await lesson.store.sweep()).announcements;
      expect(await swept()).toEqual([]);
      lesson.now += 30_000;
      const left = [...(await swept())].sort((a, b) => (a.classroomId < b.classroomId ? -1 : 1));
      expect(left.map(({ events }) => kinds(events))).toEqual([['member.leave ada'], ['member.leave chen']]);
      expect(left.map(told)).toEqual([[], ['ben']]);
      expect(await lesson.store.sweep()).toEqual({ announcements: [], hasMore: false });
      lesson.now += 5 * 60_000;
      expect(kinds(only(await swept()).events)).toEqual(['member.leave ben']);
      await lesson.join('ada', {}, { classroomId: 'art' });
      lesson.now += 60_000;
      expect(kinds(only(await swept()).events)).toEqual(['member.leave ada']);
    });

    it('disconnect gives up the seats of every classroom', async () => {
      const lesson = await begin();
      await lesson.store.connect({ connectionId: 'ben', userId: 'ben', classroomIds: ['maths', 'art'] });
      for (const classroomId of ['maths', 'art', 'music']) {
        await lesson.join('ada', {}, { classroomId });
        await lesson.join('ben', {}, { classroomId });
      }
      await lesson.store.leave('music', 'ben');
      const left = await lesson.store.disconnect('ben', true);
      expect(left.map(({ classroomId }) => classroomId).sort()).toEqual(['art', 'maths']);
    });
  });
}
