import { describe, expect, it } from 'vitest';
import { memberSchema } from '@chalkline/client-sdk/protocol';
import type { Announcement } from '../ports.ts';
import type { BeginLesson } from './contract.ts';
import { chat, kinds, only, seqs, set, told } from './lesson.ts';

/** The part of the contract about seats: joining, recovering, leaving. */
export function describeSeats(name: string, begin: BeginLesson): void {
  describe(`${name}: joining`, () => {
    it('shows a newcomer the roster and tells the others, not the newcomer', async () => {
      const lesson = await begin();
      const ada = await lesson.join('ada');
      expect(ada).toMatchObject({ head: { seq: 1 }, recovered: false, events: [], chat: [] });
      expect(told(ada.announcement)).toEqual([]);
      lesson.now += 5;
      const ben = await lesson.join('ben');
      expect(ben.members).toEqual([
        { userId: 'ada', name: 'Ada', role: 'teacher', status: 'online', joinedAt: lesson.now - 5 },
        { userId: 'ben', name: 'Ben', role: 'student', status: 'online', joinedAt: lesson.now },
      ]);
      expect(ben.announcement).toMatchObject({ classroomId: 'maths', epoch: ada.head.epoch });
      expect(told(ben.announcement)).toEqual(['ada']);
      const [event] = ben.announcement.events;
      expect(event).toMatchObject({
        seq: 2,
        type: 'member.join',
        at: lesson.now,
      });
      expect(event?.from).toEqual({ userId: 'ben', name: 'Ben', role: 'student' });
      expect(memberSchema.parse(event?.data)).toEqual(ben.members[1]);
    });

    // Seen red: nobody told of another device; told at each join; a seat that was lost counted on.
    it('has one member of a user, however often they rejoin, and tells on how many devices they are here', async () => {
      const lesson = await begin({ seatsPerUser: 3 });
      const said: string[] = [];
      const hear = ({ events }: Announcement): void => {
        for (const { type, data } of events)
          said.push(`${type} ${memberSchema.parse(data).userId} ${memberSchema.parse(data).devices ?? 1}`);
      };
      for (const again of ['ada', 'ada', 'ada-2', 'ada-2', 'ada-3', 'ada-4'])
        hear((await lesson.join(again)).announcement);
      expect(said.splice(0)).toEqual(['member.join ada 1', 'member.join ada 2', 'member.join ada 3']);
      const { members } = await lesson.join('ben');
      expect(members.map(({ userId, devices }) => [userId, devices])).toEqual([
        ['ada', 3],
        ['ben', undefined],
      ]);
      // A tab that moves to its next socket is no other device.
      hear((await lesson.join('ada-5', { clientId: 'tab-of-ada-4' })).announcement);
      hear(await lesson.store.leave('maths', 'ada-2'));
      for (const gone of ['ada-3', 'ada-5']) (await lesson.store.disconnect(gone, false)).forEach(hear);
      hear((await lesson.join('ada')).announcement);
      expect(said).toEqual([
        'member.join ada 2',
        'member.join ada 1',
        'member.drop ada 1',
        'member.join ada 1',
      ]);
    });

    it('tells the others when a user comes with another role', async () => {
      const lesson = await begin();
      await lesson.join('ada');
      await lesson.join('ben');
      const again = await lesson.join('ben', { role: 'teacher' });
      expect(kinds(again.announcement.events)).toEqual(['member.join ben']);
      expect(again.members[1]).toMatchObject({ userId: 'ben', role: 'teacher' });
    });

    // Seen red: the seat of the older connection kept.
    it('gives the seat of a tab to its newest connection, silently, and a late disconnect of the older is harmless', async () => {
      const lesson = await begin();
      await lesson.join('ben');
      await lesson.join('ada-1', { clientId: 'tab' });
      expect((await lesson.join('ada-2', { clientId: 'tab' })).announcement.events).toEqual([]);
      expect(told((await lesson.say('ben', 'hi')).announcement)).toEqual(['ada-2']);
      await expect(lesson.say('ada-1', 'late')).rejects.toMatchObject({ code: 'not-joined' });
      expect(await lesson.store.disconnect('ada-1', false)).toEqual([]);
      expect(told((await lesson.say('ben', 'ho')).announcement)).toEqual(['ada-2']);
    });

    // Seen red: the newest to be carried out took the seat, and nobody heard what was said from then on.
    it('keeps the seat of a tab for its newest connection, also where the join of an older comes late', async () => {
      const lesson = await begin();
      const join = (id: string, turn?: number) => lesson.join(id, { clientId: 'tab', turn });
      const told = async (id: string) => (await lesson.say('ben', id)).announcement.recipients;
      await lesson.join('ben');
      await join('ada-2', 7);
      for (const turn of [6, undefined]) {
        await expect(join('ada-1', turn)).rejects.toMatchObject({ code: 'not-joined' });
      }
      expect(await lesson.store.disconnect('ada-1', false)).toEqual([]);
      expect(await told('a')).toEqual(['ada-2']);
      // On the connection that has the seat an older one does no harm.
      await join('ada-2', 6);
      // As after a swap that failed.
      await join('ada-1', 8);
      expect(await told('b')).toEqual(['ada-1']);
    });

    it('refuses a token that has ended', async () => {
      const lesson = await begin();
      await expect(lesson.join('ada', { expiresAt: lesson.now })).rejects.toMatchObject({
        code: 'unauthorized',
      });
    });

    it('gives a newcomer the newest chat, oldest first, and says whether there is more', async () => {
      const lesson = await begin({ joinChatEvents: 2 });
      await lesson.join('ada');
      await lesson.say('ada', 'a', 'b', { ...chat('pen'), projection: undefined });
      expect(await lesson.join('ben')).toMatchObject({
        chat: [{ id: 'a' }, { id: 'b' }],
        hasOlderChat: false,
      });
      await lesson.say('ada', 'c');
      expect(await lesson.join('chen')).toMatchObject({
        chat: [{ id: 'b' }, { id: 'c' }],
        hasOlderChat: true,
      });
    });
  });

  describe(`${name}: recovering`, () => {
    // Seen red: the last event, the own join, left out.
    it('gives exactly what was missed, the own join included', async () => {
      const lesson = await begin();
      const { head } = await lesson.join('ada');
      await lesson.join('ben');
      await lesson.store.disconnect('ada', false);
      await lesson.say('ben', 'a', 'b');
      const back = await lesson.join('ada', {}, { position: head });
      expect(back).toMatchObject({ recovered: true, chat: [], hasOlderChat: false, head: { seq: 6 } });
      expect(seqs(back.events)).toEqual([2, 3, 4, 5, 6]);
      expect(kinds(back.events).at(-1)).toBe('member.join ada');
      expect(await lesson.join('ada', {}, { position: back.head })).toMatchObject({
        recovered: true,
        events: [],
      });
    });

    // Seen red three times: no look at the epoch, none at the head, none at how far the log reaches back.
    it('says recovered only if nothing is missing', async () => {
      const lesson = await begin({ recoveryEvents: 2, recoveryMs: 1000 });
      const { head } = await lesson.join('ada');
      const recovers = async (seq: number, epoch = head.epoch): Promise<boolean> =>
        (await lesson.join('ada', {}, { position: { epoch, seq } })).recovered;
      expect(await recovers(0)).toBe(true);
      expect(await recovers(1, 'another')).toBe(false);
      expect(await recovers(2)).toBe(false);
      lesson.now += 2000;
      await lesson.say('ada', 'a', 'b', 'c');
      lesson.now += 2000;
      await lesson.say('ada', 'd');
      expect([await recovers(2), await recovers(3)]).toEqual([false, true]);
    });

    it('keeps young events beyond the count, few events beyond the age, and never more than the maximum', async () => {
      const lesson = await begin({ recoveryEvents: 3, recoveryMs: 1000, maxEvents: 6 });
      const { epoch } = (await lesson.join('ada')).head;
      const oldest = async (): Promise<number | undefined> => {
        for (let seq = 0; ; seq++) {
          const back = await lesson.join('ada', {}, { position: { epoch, seq } });
          if (back.recovered) return back.events[0]?.seq;
        }
      };
      await lesson.say('ada', 'a', 'b', 'c', 'd');
      expect(await oldest()).toBe(1);
      await lesson.say('ada', 'e', 'f', 'g');
      expect(await oldest()).toBe(3);
      lesson.now += 2000;
      await lesson.say('ada', 'h');
      expect(await oldest()).toBe(7);
      lesson.now += 2000;
      await lesson.say('ada', 'i', 'j', 'k');
      expect(await oldest()).toBe(10);
    });
  });

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
