import { describe, expect, it } from 'vitest';
import type { BeginLesson } from './contract.ts';
import { chat, draw, kinds, set, told } from './lesson.ts';

/** The part of the contract about removing members and ending the class. */
export function describeControl(name: string, begin: BeginLesson): void {
  const remove = (id: string, userId: string) => set(id, 'removed', { removedAt: 1 }, userId);

  describe(`${name}: removing a member`, () => {
    // Seen red: one seat alone taken away; the entry kept, and nothing more.
    it('takes all their seats in the same step, and tells the others alone', async () => {
      const lesson = await begin();
      for (const connectionId of ['ada', 'ben-1', 'ben-2', 'chen']) await lesson.join(connectionId);
      const { removed, announcement } = await lesson.say('ada', remove('out', 'ben'), chat('after'));
      expect([...removed].sort()).toEqual(['ben-1', 'ben-2']);
      expect(kinds(announcement.events)).toEqual(['out', 'member.leave ben', 'after']);
      expect(told(announcement)).toEqual(['chen']);
      for (const connectionId of ['ben-1', 'ben-2']) {
        await expect(lesson.say(connectionId, 'a')).rejects.toMatchObject({ code: 'not-joined' });
        await expect(lesson.join(connectionId)).rejects.toMatchObject({ code: 'forbidden' });
      }
      expect((await lesson.say('ada', remove('out', 'ben'))).removed).toEqual([]);
    });

    it('also takes the place of one who is reconnecting, and keeps out one who was never there', async () => {
      const lesson = await begin();
      for (const connectionId of ['ada', 'ben']) await lesson.join(connectionId);
      await lesson.store.disconnect('ben', false);
      const { announcement } = await lesson.say('ada', remove('a', 'ben'), remove('b', 'dan'));
      expect(kinds(announcement.events)).toEqual(['a', 'member.leave ben', 'b']);
      for (const connectionId of ['ben', 'dan']) {
        await expect(lesson.join(connectionId)).rejects.toMatchObject({ code: 'forbidden' });
      }
      lesson.now += 60_000;
      expect((await lesson.join('ada')).members).toHaveLength(1);
    });

    it('lets them in again once the entry is deleted, and teachers at any time', async () => {
      const lesson = await begin();
      for (const connectionId of ['ada', 'ben']) await lesson.join(connectionId);
      await lesson.say('ada', remove('a', 'ben'), remove('b', 'eve'));
      await lesson.say('ada', set('c', 'removed', null, 'ben'));
      expect(kinds((await lesson.join('ben')).announcement.events)).toEqual(['member.join ben']);
      await lesson.join('eve', { role: 'teacher' });
      await expect(lesson.join('eve-2')).rejects.toMatchObject({ code: 'forbidden' });
    });
  });

  describe(`${name}: ending the class`, () => {
    it('takes every seat but that of who ended it, and lets nobody in', async () => {
      const lesson = await begin();
      for (const connectionId of ['ada', 'ben']) await lesson.join(connectionId);
      await lesson.say('ada', 'a', set('b', 'page', 1), draw('c', 'AAAA'), draw('d', 'AAAA', 'notes'));
      const ended = await lesson.store.end('maths', 'ada', ['teacher']);
      expect([...ended.recipients].sort()).toEqual(['ada', 'ben']);
      expect(kinds(ended.state)).toEqual(['b']);
      expect([...ended.documents].sort()).toEqual(['board', 'notes']);
      await expect(lesson.say('ben', 'late')).rejects.toMatchObject({ code: 'not-joined' });
      for (const connectionId of ['ada-2', 'ben', 'chen']) {
        await expect(lesson.join(connectionId)).rejects.toMatchObject({ code: 'classroom-ended' });
      }
      expect(kinds((await lesson.store.history('maths', 'ada', { limit: 9 })).events)).toEqual(['a']);
      expect((await lesson.store.load('maths', 'ada', { document: 'board', after: 0 })).pieces).toHaveLength(
        1,
      );
      expect(await lesson.store.leave('maths', 'ada')).toMatchObject({ events: [] });
      await expect(lesson.join('ada')).rejects.toMatchObject({ code: 'classroom-ended' });
    });

    it('needs a seat of one of the roles', async () => {
      const lesson = await begin();
      for (const connectionId of ['ada', 'ben']) await lesson.join(connectionId);
      const end = (connectionId: string) => lesson.store.end('maths', connectionId, ['teacher']);
      await expect(end('ben')).rejects.toMatchObject({ code: 'forbidden' });
      await expect(end('eve')).rejects.toMatchObject({ code: 'not-joined' });
      expect((await lesson.say('ben', 'a')).results).toHaveLength(1);
    });
  });
}
