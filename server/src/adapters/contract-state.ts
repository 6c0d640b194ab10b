import { describe, expect, it } from 'vitest';
import type { BeginLesson } from './contract.ts';
import { chat, kinds, only, set, type Lesson } from './lesson.ts';

/** The part of the contract about the shared state, and the access that it holds. */
export function describeState(name: string, begin: BeginLesson): void {
  describe(`${name}: the state`, () => {
    // Seen red: every event of an entry given, not the newest; a deleted entry given.
    it('gives a newcomer the newest event of each entry, and who recovered none of them', async () => {
      const lesson = await begin();
      const { head } = await lesson.join('ada');
      await lesson.say('ada', set('a', 'page', 1), set('b', 'timer', 1), set('c', 'page', 2));
      await lesson.say(
        'ada',
        set('d', 'hand', 1, 'ben'),
        set('e', 'hand', 1, 'chen'),
        set('f', 'timer', null),
      );
      const { state } = await lesson.join('ben');
      expect(kinds(state)).toEqual(['c', 'd', 'e']);
      expect(only(state.slice(0, 1))).toMatchObject({ type: 'state.set', data: { key: 'page', value: 2 } });
      const again = await lesson.join('ada', {}, { position: head });
      expect(again).toMatchObject({ recovered: true, state: [] });
      expect(kinds(again.events).slice(0, 3)).toEqual(['a', 'b', 'c']);
    });

    // Seen red: no bound; an entry that is there counted as a new one.
    it('has a bound for its entries, and what is there can still be changed and deleted', async () => {
      const lesson = await begin({ stateEntries: 2 });
      await lesson.join('ada');
      const { results } = await lesson.say(
        'ada',
        set('a', 'x', 1),
        set('b', 'y', 1),
        set('c', 'z', 1),
        set('d', 'x', 2),
      );
      expect(results[2]).toEqual({ id: 'c', error: 'payload-too-large' });
      expect(results[3]).toMatchObject({ seq: 4 });
      const freed = await lesson.say('ada', set('e', 'y', null), set('c', 'z', 1));
      expect(freed.results).toMatchObject([{ seq: 5 }, { seq: 6 }]);
    });

    // Seen red: bytes of an entry that was replaced counted on.
    it('has a bound for its bytes', async () => {
      const lesson = await begin({ stateBytes: 2000 });
      await lesson.join('ada');
      const text = 'x'.repeat(1000);
      for (const id of ['a', 'b', 'c'])
        expect(only((await lesson.say('ada', set(id, 'x', text))).results)).toHaveProperty('seq');
      const full = await lesson.say('ada', set('d', 'y', text));
      expect(full.results).toEqual([{ id: 'd', error: 'payload-too-large' }]);
      expect(kinds((await lesson.join('ben')).state)).toEqual(['c']);
    });
  });

  describe(`${name}: access`, () => {
    const beginClosed = async (entries: [isOpen: boolean | null, userId?: string][]): Promise<Lesson> => {
      const lesson = await begin();
      for (const connectionId of ['ada', 'ben', 'dan']) await lesson.join(connectionId);
      for (const [index, [isOpen, userId]] of entries.entries())
        await lesson.say('ada', set(`${index}`, 'access.chat', isOpen === null ? null : { isOpen }, userId));
      return lesson;
    };
    const locked = (id: string) => ({ id, error: 'forbidden', isClosed: true });

    // Seen red: not asked in the append; the entry for all asked alone; one's own counted whatever its seq.
    it.each<[string, [isOpen: boolean | null, userId?: string][], boolean, boolean]>([
      ['closed for all', [[false]], true, true],
      ['closed for all but one', [[false], [true, 'ben']], false, true],
      ['closed for one', [[false, 'ben']], true, false],
      ['closed for one, then for all', [[true, 'ben'], [false]], true, true],
      ['open again for one', [[false], [false, 'ben'], [true, 'ben']], false, true],
      ['open again for all', [[false], [false, 'ben'], [true]], false, false],
      ['no longer an exception', [[false], [true, 'ben'], [null, 'ben']], true, true],
      ['open', [[false], [null]], false, false],
    ])('is asked for each message on a topic: %s', async (_, entries, isBenKept, isDanKept) => {
      const lesson = await beginClosed(entries);
      for (const [who, isOut] of [
        ['ben', isBenKept],
        ['dan', isDanKept],
      ] as const) {
        const { results } = await lesson.say(who, { ...chat('a'), topic: 'chat' });
        expect(only(results)).toEqual(
          isOut ? locked('a') : expect.objectContaining({ id: 'a', isDuplicate: false }),
        );
        expect((await lesson.store.audience('maths', who, ['chat', 'board'])).closed).toEqual(
          isOut ? ['chat'] : [],
        );
      }
      // Other topics, messages without one, and teachers.
      expect(only((await lesson.say('ben', { ...chat('b'), topic: 'board' })).results)).toHaveProperty('seq');
      expect(only((await lesson.say('ben', chat('c'))).results)).toHaveProperty('seq');
      expect(only((await lesson.say('ada', { ...chat('d'), topic: 'chat' })).results)).toHaveProperty('seq');
    });

    // Seen red: one entry for all of a topic, which the later of the two writes whole.
    it('is lost to none of two teachers who mute different members at the same moment', async () => {
      const lesson = await beginClosed([]);
      await lesson.join('eve', { role: 'teacher' });
      const mute = (teacher: string, userId: string) =>
        lesson.say(teacher, set(teacher, 'access.chat', { isOpen: false }, userId));
      await Promise.all([mute('ada', 'ben'), mute('eve', 'dan')]);
      for (const who of ['ben', 'dan'])
        expect((await lesson.say(who, { ...chat(who), topic: 'chat' })).results).toEqual([locked(who)]);
    });

    it('counts from the message on that closes the topic, also within one frame', async () => {
      const lesson = await beginClosed([[true]]);
      const before = { ...chat('before'), topic: 'chat' };
      await lesson.say('ben', before);
      await lesson.say('ada', set('b', 'access.chat', { isOpen: false }));
      // What was kept before stays kept: a resend gets its first place.
      const { results } = await lesson.say('ben', before, { ...chat('after'), topic: 'chat' });
      expect(results).toMatchObject([{ id: 'before', isDuplicate: true }, locked('after')]);
    });
  });
}
