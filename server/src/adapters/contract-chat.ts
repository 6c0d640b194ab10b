import type { ClassroomEvent } from '@chalkline/client-sdk/protocol';
import { describe, expect, it } from 'vitest';
import { postsOf } from '../broadcast.ts';
import type { BeginLesson } from './contract.ts';
import { change, chat, only, whisper, type Lesson } from './lesson.ts';

/** The part of the contract about what becomes of chat messages, and about private ones. */
export function describeChat(name: string, begin: BeginLesson): void {
  const beginWith = async (limits?: Parameters<BeginLesson>[0]): Promise<Lesson> => {
    const lesson = await begin(limits);
    for (const connectionId of ['ada', 'ben', 'dan']) await lesson.join(connectionId);
    return lesson;
  };
  const historyOf = async ({ store }: Lesson, who = 'ada'): Promise<readonly ClassroomEvent[]> =>
    (await store.history('maths', who, { limit: 99 })).events;
  const logOf = async (lesson: Lesson, who = 'ada', from = 0): Promise<readonly ClassroomEvent[]> => {
    const { head } = await lesson.join(who);
    return (await lesson.join(who, {}, { position: { ...head, seq: from } })).events;
  };
  const everywhere = async (lesson: Lesson, who = 'ada'): Promise<string> =>
    JSON.stringify([
      await historyOf(lesson, who),
      await logOf(lesson, who),
      (await lesson.join(`${who}-9`)).chat,
    ]);

  describe(`${name}: a chat message`, () => {
    // Seen red in each store: the edit in the log alone, and not in the history.
    it('is edited by whoever wrote it, in the history and in the log', async () => {
      const lesson = await beginWith();
      const data = { text: 'first', replyTo: 'x', mentions: ['dan'] };
      await lesson.say('ben', { ...chat('a'), data }, 'b');
      const target = { id: 'a', seq: 4 };
      lesson.now += 10;
      const { results, announcement } = await lesson.say('ben', change('e1', 'edit', target, 'second "\n"'));
      expect(results).toEqual([{ id: 'e1', seq: 6, at: lesson.now, isDuplicate: false }]);
      expect(announcement.events).toMatchObject([
        { seq: 6, type: 'chat.edit', data: { target, text: 'second "\n"' }, from: { userId: 'ben' } },
      ]);
      await lesson.say('ben', change('e2', 'edit', { id: 'a' }, 'third'));
      const [edited, other] = await historyOf(lesson);
      expect(edited).toMatchObject({ seq: 4, id: 'a', type: 'chat.send', editedAt: lesson.now });
      expect(edited?.data).toEqual({ ...data, text: 'third' });
      expect(edited?.at).toBe(lesson.now - 10);
      expect(other).not.toHaveProperty('editedAt');
      expect((await lesson.join('eve')).chat).toEqual([edited, other]);
      const log = await logOf(lesson, 'ada', 3);
      expect(log[0]).toEqual(edited);
      expect(log[2]).toMatchObject({ seq: 6, type: 'chat.hidden', data: null });
      for (const text of ['first', 'second']) expect(await everywhere(lesson)).not.toContain(text);
    });

    // Seen red in each store: the text left in the log, and that of an edit.
    it('is deleted by whoever wrote it and by a teacher: its place is all that is left anywhere', async () => {
      const lesson = await beginWith();
      await lesson.say('ben', { ...chat('a', 'secret'), data: { text: 'secret', mentions: ['eve'] } }, 'b');
      await lesson.say('ben', change('e', 'edit', { id: 'a', seq: 4 }, 'secret too'));
      await lesson.say('dan', change('r', 'react', { id: 'a', seq: 4 }, '👍'));
      await lesson.say('ada', change('d', 'delete', { id: 'a', seq: 4 }));
      await lesson.say('ben', change('f', 'delete', { id: 'b' }));
      const deletedBy = { userId: 'ada', name: 'Ada', role: 'teacher' };
      expect(await historyOf(lesson)).toEqual([
        {
          ...{ seq: 4, id: 'a', type: 'chat.gone', at: lesson.now },
          from: { userId: 'ben', name: 'Ben', role: 'student' },
          data: { deletedAt: lesson.now, deletedBy },
        },
        expect.objectContaining({ seq: 5, id: 'b', type: 'chat.gone' }),
      ]);
      expect(await everywhere(lesson)).not.toContain('secret');
      expect(await everywhere(lesson)).not.toContain('eve');
      // Twice is no error, and changes nothing; there is nothing else to be done to it.
      const late = await lesson.say(
        'ben',
        change('g', 'delete', { id: 'a', seq: 4 }),
        change('h', 'edit', { id: 'a', seq: 4 }, 'x'),
        change('i', 'react', { id: 'a', seq: 4 }, '👍'),
      );
      expect(late.results).toMatchObject([{ seq: 11 }, { error: 'not-found' }, { error: 'not-found' }]);
      expect((await historyOf(lesson))[0]).toMatchObject({ data: { deletedBy } });
    });

    // Seen red in each store: the owner not asked for; a message found by its seq alone.
    it('is nobody else’s to change, and has to be the one that is meant', async () => {
      const lesson = await beginWith({ editMs: 1000, chatEvents: 2 });
      await lesson.say('ben', 'a');
      await lesson.say('ada', 'b');
      const { results } = await lesson.say(
        'dan',
        change('1', 'edit', { id: 'a', seq: 4 }, 'x'),
        change('2', 'delete', { id: 'a', seq: 4 }),
        change('3', 'delete', { id: 'b', seq: 4 }),
        change('4', 'delete', { id: 'a', seq: 40 }),
        change('5', 'delete', { id: 'a' }),
        change('6', 'react', { id: 'a', seq: 4 }, '👍'),
      );
      expect(results).toMatchObject([
        { error: 'forbidden' },
        { error: 'forbidden' },
        { error: 'not-found' },
        { error: 'not-found' },
        { error: 'not-found' },
        { seq: 6 },
      ]);
      expect(only((await lesson.say('ada', change('7', 'edit', { id: 'a', seq: 4 }, 'x'))).results)).toEqual({
        id: '7',
        error: 'forbidden',
      });
      lesson.now += 1000;
      expect(only((await lesson.say('ben', change('8', 'edit', { id: 'a' }, 'y'))).results)).toHaveProperty(
        'seq',
      );
      lesson.now += 1;
      expect(only((await lesson.say('ben', change('9', 'edit', { id: 'a' }, 'z'))).results)).toMatchObject({
        error: 'forbidden',
      });
      // What the history keeps no more is not there to be changed.
      await lesson.say('ada', 'c');
      expect(only((await lesson.say('ben', change('10', 'delete', { id: 'a' }))).results)).toMatchObject({
        error: 'not-found',
      });
    });

    // Seen red in each store: one who chose an emoji twice counted twice; in memory: the newest emoji first.
    it('has reactions, each member once for an emoji, in their order, up to a bound', async () => {
      const lesson = await beginWith({ reactions: 2 });
      await lesson.say('ben', 'a');
      const target = { id: 'a', seq: 4 };
      const react = (who: string, id: string, emoji: string, kind: 'react' | 'unreact' = 'react') =>
        lesson.say(who, change(`${who}${id}`, kind, target, emoji));
      await react('ben', '1', '👍');
      await react('dan', '1', '🎉');
      await react('dan', '2', '👍');
      await react('ben', '2', '👍');
      expect(only((await react('ada', '1', '❤️')).results)).toEqual({
        id: 'ada1',
        error: 'payload-too-large',
      });
      expect((await historyOf(lesson))[0]?.reactions).toEqual([
        ['👍', ['ben', 'dan']],
        ['🎉', ['dan']],
      ]);
      await react('dan', '3', '🎉', 'unreact');
      await react('ada', '2', '🎉', 'unreact');
      await react('ada', '3', '❤️');
      expect((await historyOf(lesson))[0]?.reactions).toEqual([
        ['👍', ['ben', 'dan']],
        ['❤️', ['ada']],
      ]);
      for (const who of ['ben', 'dan']) await react(who, '9', '👍', 'unreact');
      await react('ada', '9', '❤️', 'unreact');
      expect((await historyOf(lesson))[0]).not.toHaveProperty('reactions');
    });

    it('has reactions of so many bytes', async () => {
      const lesson = await beginWith({ reactionBytes: 25 });
      await lesson.say('ben', 'a');
      const react = async (who: string) =>
        only((await lesson.say(who, change(who, 'react', { id: 'a', seq: 4 }, '👍'))).results);
      expect(await react('ben')).toHaveProperty('seq');
      expect(await react('dan')).toHaveProperty('seq');
      expect(await react('ada')).toMatchObject({ error: 'payload-too-large' });
    });

    it('is changed once, however often the change is sent', async () => {
      const lesson = await beginWith();
      await lesson.say('ben', 'a');
      await lesson.say('ben', change('1', 'edit', { id: 'a' }, 'b'), change('2', 'edit', { id: 'a' }, 'c'));
      const again = await lesson.say('ben', change('1', 'edit', { id: 'a' }, 'b'));
      expect(again.results).toMatchObject([{ seq: 5, isDuplicate: true }]);
      expect((await historyOf(lesson))[0]).toMatchObject({ data: { text: 'c' } });
    });

    // Seen red in Redis: a change of what the log holds no more wrote it there again, so that its count was wrong.
    it('may be older than the log', async () => {
      const lesson = await beginWith({ maxEvents: 2 });
      await lesson.say('ben', 'a', 'b', 'c');
      await lesson.say('ben', change('1', 'edit', { id: 'a' }, 'x'));
      await lesson.say('ben', change('2', 'delete', { id: 'a' }));
      const { head } = await lesson.join('ada');
      const at = (seq: number) => lesson.join('ada', {}, { position: { ...head, seq } });
      expect((await at(head.seq - 2)).events).toMatchObject([
        { type: 'chat.hidden' },
        { type: 'chat.delete' },
      ]);
      expect(await at(head.seq - 3)).toMatchObject({ recovered: false });
    });
  });

  describe(`${name}: a private message`, () => {
    // Seen red: each road without the look at who reads.
    it('is for the teachers, its sender and whom a teacher answers; the others see a place', async () => {
      const lesson = await beginWith();
      await lesson.join('ben-2');
      const seen = async (
        drafts: Parameters<Lesson['say']>[1][],
        who: string,
      ): Promise<Record<string, string>> => {
        const { announcement } = await lesson.say(who, ...drafts);
        return Object.fromEntries(
          postsOf(announcement).map(({ connectionId, frame }) => [connectionId, frame]),
        );
      };
      const asked = await seen([whisper('secret q'), 'all'], 'ben');
      const told = await seen([whisper('secret a', 'ben')], 'ada');
      const changed = await seen(
        [
          change('1', 'react', { id: 'secret a', seq: 7 }, '👍'),
          change('2', 'edit', { id: 'secret q' }, 'secret?'),
        ],
        'ben',
      );
      for (const frames of [asked, told, changed]) {
        for (const [connectionId, frame] of Object.entries(frames)) {
          expect([connectionId, /secret|👍|"to"/.test(frame)]).toEqual([
            connectionId,
            connectionId !== 'dan',
          ]);
          expect(frame.includes('"ben"') || frame.includes('"ada"')).toBe(
            connectionId !== 'dan' || frame.includes('all'),
          );
        }
      }
      expect(Object.keys(asked).sort()).toEqual(['ada', 'ben-2', 'dan']);
      expect(await logOf(lesson, 'dan', 4)).toMatchObject([
        { seq: 5, type: 'chat.hidden', from: { userId: '-', name: '' }, data: null },
        { seq: 6, id: 'all' },
        { seq: 7, type: 'chat.hidden', id: 'hidden:7' },
        { seq: 8, type: 'chat.hidden' },
        { seq: 9, type: 'chat.hidden' },
      ]);
      for (const reader of ['ada', 'ben']) expect(await everywhere(lesson, reader)).toContain('secret?');
      expect(await everywhere(lesson, 'dan')).not.toMatch(/secret|👍|"to"/);
      // Nor is it there to be found.
      const { results } = await lesson.say(
        'dan',
        change('1', 'react', { id: 'secret a', seq: 7 }, '👍'),
        change('2', 'delete', { id: 'secret q', seq: 5 }),
      );
      expect(results).toMatchObject([{ error: 'not-found' }, { error: 'not-found' }]);
      await lesson.say('ada', change('3', 'delete', { id: 'secret q', seq: 5 }));
      expect((await historyOf(lesson, 'ben'))[0]).toMatchObject({ type: 'chat.gone', to: ['ben'] });
      expect((await historyOf(lesson, 'dan'))[0]).toMatchObject({ type: 'chat.hidden' });
    });
  });
}
