import { describe, expect, it } from 'vitest';
import { memberSchema } from '@chalkline/client-sdk/protocol';
import type { Announcement } from '../ports.ts';
import type { BeginLesson } from './contract.ts';
import { chat, kinds, seqs, told } from './lesson.ts';

/** The part of the contract about seats: joining and recovering. */
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
}
