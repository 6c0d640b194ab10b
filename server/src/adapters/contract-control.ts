import type { Role } from '@chalkline/client-sdk/protocol';
import { describe, expect, it } from 'vitest';
import type { Draft } from '../ports.ts';
import type { BeginLesson } from './contract.ts';
import { chat, draw, kinds, set, told } from './lesson.ts';

/** The part of the contract about removing members, giving them roles, and ending the class. */
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
        await expect(lesson.join(connectionId)).rejects.toMatchObject({ code: 'removed' });
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
        await expect(lesson.join(connectionId)).rejects.toMatchObject({ code: 'removed' });
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
      await expect(lesson.join('eve-2')).rejects.toMatchObject({ code: 'removed' });
    });
  });

  describe(`${name}: roles given in class`, () => {
    const appoint = (id: string, userId: string, role: Role | null = 'teacher') =>
      set(id, 'role', role && { role }, userId);
    const forTeachers = (id: string): Draft => ({ ...chat(id), publishers: ['teacher'] });

    it('counts at once for all seats of a member, and is told to all', async () => {
      const lesson = await begin();
      for (const connectionId of ['ada', 'ben-1', 'ben-2', 'dan']) await lesson.join(connectionId);
      expect((await lesson.say('ben-1', forTeachers('a'))).results).toEqual([
        { id: 'a', error: 'forbidden' },
      ]);
      const { announcement } = await lesson.say('ada', appoint('up', 'ben'));
      expect(kinds(announcement.events)).toEqual(['up', 'member.join ben']);
      expect(announcement.events[1]).toMatchObject({
        from: { userId: 'ben', role: 'teacher' },
        data: { userId: 'ben', role: 'teacher', status: 'online' },
      });
      expect(told(announcement)).toEqual(['ben-1', 'ben-2', 'dan']);
      const { teachers } = await lesson.store.audience('maths', 'dan', [], 0, true);
      expect([...teachers].sort()).toEqual(['ada', 'ben-1', 'ben-2']);
      await lesson.say('ada', set('closed', 'access.chat', { isOpen: false }));
      for (const connectionId of ['ben-1', 'ben-2']) {
        const said = await lesson.say(connectionId, { ...forTeachers(connectionId), topic: 'chat' });
        expect(said.announcement.events).toMatchObject([{ from: { userId: 'ben', role: 'teacher' } }]);
        expect((await lesson.store.audience('maths', connectionId, ['chat'])).seat.role).toBe('teacher');
      }
      // A demoted one is stopped with the next message, also of the same frame of the teacher's.
      const down = await lesson.say('ada', appoint('down', 'ben', null), 'after');
      expect(kinds(down.announcement.events)).toEqual(['down', 'member.join ben', 'after']);
      for (const connectionId of ['ben-1', 'ben-2']) {
        const { results } = await lesson.say(connectionId, forTeachers(`${connectionId} again`));
        expect(results).toMatchObject([{ error: 'forbidden' }]);
      }
      expect((await lesson.say('ben-1', { ...chat('muted'), topic: 'chat' })).results).toMatchObject([
        { isClosed: true },
      ]);
    });

    it('outlives reconnects, joins and the absence of its member', async () => {
      const lesson = await begin();
      await lesson.join('ada');
      await lesson.say('ada', appoint('up', 'ben'));
      const joined = await lesson.join('ben');
      expect(joined.role).toBe('teacher');
      expect(joined.members.map(({ role }) => role)).toEqual(['teacher', 'teacher']);
      await lesson.store.disconnect('ben', false);
      const { announcement } = await lesson.say('ada', appoint('other', 'ben', 'observer'));
      expect(announcement.events[1]).toMatchObject({ type: 'member.drop', data: { role: 'observer' } });
      expect((await lesson.join('ben-2')).role).toBe('observer');
      await lesson.say('ada', appoint('same', 'ben', 'observer'), appoint('down', 'ben', null));
      expect((await lesson.join('ben-2')).role).toBe('student');
    });

    // Seen red: the role in class asked for, so that who had been made a teacher could make others, and keep their own.
    it('is only for who is a teacher by the token, and leaves those as they are', async () => {
      const lesson = await begin();
      for (const connectionId of ['ada', 'ben', 'dan']) await lesson.join(connectionId);
      const isRefused = async (connectionId: string, draft: Draft) =>
        expect((await lesson.say(connectionId, draft)).results).toEqual([
          { id: draft.id, error: 'forbidden' },
        ]);
      const byTeacher = (draft: Draft): Draft => ({ ...draft, publishers: ['teacher'] });
      await isRefused('ben', byTeacher(appoint('a', 'ben')));
      await lesson.say('ada', appoint('up', 'ben'));
      for (const draft of [appoint('b', 'dan'), appoint('c', 'ben', null), appoint('d', 'ada', 'observer')]) {
        await isRefused('ben', byTeacher(draft));
      }
      const { announcement } = await lesson.say('ada', appoint('e', 'ada', 'observer'));
      expect(kinds(announcement.events)).toEqual(['e']);
      expect((await lesson.join('ada')).role).toBe('teacher');
    });

    it('does not keep in who was removed', async () => {
      const lesson = await begin();
      for (const connectionId of ['ada', 'ben']) await lesson.join(connectionId);
      await lesson.say('ada', appoint('up', 'ben'), remove('out', 'ben'));
      await expect(lesson.join('ben')).rejects.toMatchObject({ code: 'removed' });
    });
  });

  describe(`${name}: ending the class`, () => {
    it('takes every seat but one that reads, and lets nobody in', async () => {
      const lesson = await begin();
      for (const connectionId of ['ada', 'ben']) await lesson.join(connectionId);
      await lesson.join('ben', {}, { classroomId: 'art' });
      await lesson.say('ada', 'a', set('b', 'page', 1), draw('c', 'AAAA'), draw('d', 'AAAA', 'notes'));
      const ended = await lesson.store.end('maths', 'ada', ['teacher']);
      expect([...ended.recipients].sort()).toEqual(['ada', 'ben']);
      expect(ended.idle).toEqual(['ada']);
      const { readerId } = ended;
      await lesson.store.leave('maths', 'ada');
      await lesson.store.disconnect('ada', true);
      expect(kinds(ended.state)).toEqual(['b']);
      expect([...ended.documents].sort()).toEqual(['board', 'notes']);
      await expect(lesson.say('ben', 'late')).rejects.toMatchObject({ code: 'not-joined' });
      for (const connectionId of ['ada-2', 'ben', 'chen']) {
        await expect(lesson.join(connectionId)).rejects.toMatchObject({ code: 'classroom-ended' });
      }
      expect(kinds((await lesson.store.history('maths', readerId, { limit: 9 })).events)).toEqual(['a']);
      const page = await lesson.store.load('maths', readerId, { document: 'board', after: 0 });
      expect(page.pieces).toHaveLength(1);
      expect(await lesson.store.leave('maths', readerId)).toMatchObject({ events: [] });
      await expect(lesson.store.history('maths', readerId, { limit: 9 })).rejects.toMatchObject({
        code: 'not-joined',
      });
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
