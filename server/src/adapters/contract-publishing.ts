import { describe, expect, it } from 'vitest';
import { eventSchemas, PROTOCOL_VERSION } from '@chalkline/client-sdk/protocol';
import type { BeginLesson } from './contract.ts';
import { chat, kinds, only, seqs, told } from './lesson.ts';

/** The part of the contract about the log: appending, signalling, touching, history. */
export function describePublishing(name: string, begin: BeginLesson): void {
  describe(`${name}: appending`, () => {
    // Seen red: two seqs for each message; the sender among the recipients.
    it('numbers events without a gap and tells every other connection', async () => {
      const lesson = await begin();
      for (const connectionId of ['ada-1', 'ada-2', 'ben']) await lesson.join(connectionId);
      const { results, announcement } = await lesson.say('ada-1', 'a', 'b');
      const at = lesson.now;
      expect(results).toEqual([
        { id: 'a', seq: 4, at, isDuplicate: false },
        { id: 'b', seq: 5, at, isDuplicate: false },
      ]);
      const from = { userId: 'ada', name: 'Ada', role: 'teacher' };
      const frame = { v: PROTOCOL_VERSION, action: 'events', ...announcement };
      expect(eventSchemas.events.parse(frame).events).toEqual([
        { seq: 4, id: 'a', type: 'chat.send', at, from, data: { text: 'a' } },
        { seq: 5, id: 'b', type: 'chat.send', at, from, data: { text: 'b' } },
      ]);
      expect(told(announcement)).toEqual(['ada-2', 'ben']);
    });

    it('numbers frames that arrive at once without a gap, each in its own order', async () => {
      const lesson = await begin();
      await lesson.join('ada');
      const { head } = await lesson.join('ben');
      const frames = Array.from({ length: 10 }, (_, frame) =>
        lesson.say(frame % 2 === 0 ? 'ada' : 'ben', `${frame}a`, `${frame}b`),
      );
      for (const { results } of await Promise.all(frames)) {
        const [first, second] = results.map((result) => ('seq' in result ? result.seq : NaN));
        expect(second).toBe((first ?? NaN) + 1);
      }
      const { events } = await lesson.join('ada', {}, { position: head });
      expect(seqs(events)).toEqual(Array.from({ length: 20 }, (_, index) => index + 3));
    });

    // Seen red: the look at known ids left out.
    it('keeps a message once, whoever resends it and however', async () => {
      const lesson = await begin();
      for (const connectionId of ['ada-1', 'ben']) await lesson.join(connectionId);
      const { results } = await lesson.say('ada-1', 'a');
      const first = { ...only(results), isDuplicate: true };
      lesson.now += 50;
      await lesson.join('ada-2');
      for (const connectionId of ['ada-1', 'ada-2']) {
        const again = await lesson.say(connectionId, 'a');
        expect(again).toMatchObject({ results: [first], announcement: { events: [], recipients: [] } });
      }
      const twice = await lesson.say('ada-1', 'a', 'b', 'b');
      expect(twice.results).toMatchObject([
        first,
        { seq: 5, isDuplicate: false },
        { seq: 5, isDuplicate: true },
      ]);
      expect(kinds(twice.announcement.events)).toEqual(['b']);
      // The id is unique for its user only.
      expect((await lesson.say('ben', 'a')).results).toMatchObject([{ seq: 6, isDuplicate: false }]);
    });

    // Seen red: no look at the older ids; ids that begin anew at each frame.
    it('knows an id for `dedupeMs`, however soon the log forgets the event', async () => {
      const lesson = await begin({ maxEvents: 2, dedupeMs: 10_000 });
      await lesson.join('ada');
      await lesson.say('ada', 'first');
      lesson.now += 9_000;
      await lesson.say('ada', 'a', 'b');
      for (const text of ['c', 'd', 'e']) {
        lesson.now += 3_000;
        await lesson.say('ada', text);
      }
      expect((await lesson.say('ada', 'a')).results).toMatchObject([{ seq: 3, isDuplicate: true }]);
      lesson.now += 30_000;
      await lesson.say('ada', 'f');
      lesson.now += 10_000;
      expect((await lesson.say('ada', 'a')).results).toMatchObject([{ seq: 9, isDuplicate: false }]);
    });

    // Seen red: no bound by number; the newer half forgotten.
    it('knows at least half of `dedupeIds`, and no more than all of them', async () => {
      const lesson = await begin({ maxEvents: 2, dedupeIds: 4 });
      await lesson.join('ada');
      for (const text of ['a', 'b', 'c']) await lesson.say('ada', text);
      expect((await lesson.say('ada', 'a')).results).toMatchObject([{ seq: 2, isDuplicate: true }]);
      for (const text of ['d', 'e']) await lesson.say('ada', text);
      const again = await lesson.say('ada', 'c', 'd', 'e', 'a');
      expect(again.results).toMatchObject([
        { seq: 4, isDuplicate: true },
        { seq: 5, isDuplicate: true },
        { seq: 6, isDuplicate: true },
        { seq: 7, isDuplicate: false },
      ]);
    });

    // Seen red: every publisher allowed.
    it('refuses what the role may not publish, and only that', async () => {
      const lesson = await begin();
      await lesson.join('ben');
      const { results, announcement } = await lesson.say(
        'ben',
        'a',
        { ...chat('b'), publishers: ['teacher'] },
        { ...chat('c'), publishers: [] },
        'd',
      );
      expect(results).toMatchObject([
        { id: 'a', seq: 2 },
        { id: 'b', error: 'forbidden' },
        { id: 'c', error: 'forbidden' },
        { id: 'd', seq: 3 },
      ]);
      expect(kinds(announcement.events)).toEqual(['a', 'd']);
    });

    // Seen red: a refused draft that did not refuse the later ones; duplicates that cost tokens.
    it('refuses everything after the first draft over the rate, so that order holds', async () => {
      const lesson = await begin({ rateBurst: 2, ratePerSecond: 10 });
      await lesson.join('ada-1');
      await lesson.join('ada-2');
      await lesson.say('ada-1', 'a');
      const { results, announcement } = await lesson.say(
        'ada-2',
        'a',
        'b',
        'c',
        { ...chat('d'), publishers: [] },
        'a',
      );
      const refused = { error: 'rate-limited', retryAfterMs: 100 };
      expect(results).toMatchObject([
        { id: 'a', isDuplicate: true },
        { id: 'b', seq: 4 },
        { id: 'c', ...refused },
        { id: 'd', ...refused },
        { id: 'a', ...refused },
      ]);
      expect(kinds(announcement.events)).toEqual(['b']);
      lesson.now += 99;
      expect((await lesson.say('ada-1', 'c')).results).toMatchObject([
        { error: 'rate-limited', retryAfterMs: 1 },
      ]);
      lesson.now += 1;
      expect((await lesson.say('ada-1', 'c')).results).toMatchObject([{ seq: 5 }]);
      lesson.now += 60_000;
      expect((await lesson.say('ada-1', 'd', 'e', 'f')).results).toMatchObject([{}, {}, refused]);
    });

    it('gives each user and each classroom a rate of its own', async () => {
      const lesson = await begin({ rateBurst: 1 });
      for (const classroomId of ['maths', 'art']) await lesson.join('ada', {}, { classroomId });
      await lesson.join('ben');
      await lesson.say('ada', 'a');
      expect((await lesson.say('ada', 'b')).results).toMatchObject([{ error: 'rate-limited' }]);
      expect((await lesson.say('ben', 'b')).results).toMatchObject([{ seq: 4 }]);
      const art = { classroomId: 'art', connectionId: 'ada', drafts: [chat('b')] };
      expect((await lesson.store.append(art)).results).toMatchObject([{ seq: 2 }]);
    });

    it('gives data and names back as they were', async () => {
      const lesson = await begin();
      const name = 'Zoë "Zed" \\ \u{1f58d}/\u2028';
      const data = {
        empty: [[], {}, '', null, 0],
        numbers: [0.1, -0, 1e21, 9_007_199_254_740_991, 1 / 3],
        text: 'a\u0000\n"]}\u{1f469}\u200d\u{1f3eb} \ud800',
        object: { deep: [[[{ a: [] }]]] },
      };
      const { head } = await lesson.join('ada', { name });
      const { announcement } = await lesson.say('ada', { ...chat('\ud800"\n'), data });
      const expected = { id: '\ud800"\n', data: JSON.parse(JSON.stringify(data)) as unknown };
      expect(announcement.events).toMatchObject([expected]);
      const back = await lesson.join('ada', { name }, { position: head });
      expect(back.events).toEqual(announcement.events);
      expect(back.events[0]?.from.name).toBe(name);
      expect(back.members).toMatchObject([{ name }]);
      expect((await lesson.store.audience('maths', 'ada')).seat.name).toBe(name);
    });

    // Seen red: the seat not asked for; its end not looked at.
    it('needs a seat whose token has not ended', async () => {
      const lesson = await begin();
      const verbs = [
        () => lesson.say('ada', 'a'),
        () => lesson.store.audience('maths', 'ada'),
        () => lesson.store.history('maths', 'ada', { limit: 1 }),
      ];
      for (const verb of verbs) await expect(verb()).rejects.toMatchObject({ code: 'not-joined' });
      await lesson.join('ben');
      for (const verb of verbs) await expect(verb()).rejects.toMatchObject({ code: 'not-joined' });
      await lesson.join('ada', { expiresAt: lesson.now + 10 });
      for (const verb of verbs) await verb();
      lesson.now += 10;
      for (const verb of verbs) await expect(verb()).rejects.toMatchObject({ code: 'unauthorized' });
      expect((await lesson.store.touch('ada', ['maths'])).heads).toEqual({});
      expect((await lesson.join('ada', { expiresAt: lesson.now + 10 })).announcement.events).toEqual([]);
      for (const verb of verbs) await verb();
    });

    // Seen red: one key for every classroom.
    it('lets nothing cross from one classroom to another', async () => {
      const lesson = await begin();
      const maths = await lesson.join('ada');
      const art = await lesson.join('ben', {}, { classroomId: 'art' });
      expect(art.head).toMatchObject({ seq: 1 });
      expect(art.members).toHaveLength(1);
      expect(maths.head.epoch).not.toBe(art.head.epoch);
      expect(told((await lesson.say('ada', 'a')).announcement)).toEqual([]);
      await expect(lesson.say('ben', 'b')).rejects.toMatchObject({ code: 'not-joined' });
      expect(await lesson.store.history('art', 'ben', { limit: 9 })).toEqual({ events: [], hasOlder: false });
    });
  });

  describe(`${name}: asking`, () => {
    it('audience gives the seat and everybody else', async () => {
      const lesson = await begin();
      for (const connectionId of ['ada', 'ben-1', 'ben-2']) await lesson.join(connectionId);
      const audience = await lesson.store.audience('maths', 'ben-1');
      expect(audience.seat).toEqual(lesson.seat('ben-1'));
      expect([...audience.recipients].sort()).toEqual(['ada', 'ben-2']);
      expect(audience.teachers).toEqual([]);
    });

    it('audience tells, if asked, who of the others are teachers', async () => {
      const lesson = await begin();
      for (const connectionId of ['ada', 'ben-1', 'chen']) await lesson.join(connectionId);
      const teachersFor = async (connectionId: string) =>
        [...(await lesson.store.audience('maths', connectionId, [], 0, true)).teachers].sort();
      expect(await teachersFor('ben-1')).toEqual(['ada']);
      expect(await teachersFor('ada')).toEqual([]);
    });

    it('touch gives the heads of the classrooms in which there is a seat, and keeps it', async () => {
      const lesson = await begin({ leaseMs: 1000 });
      await lesson.join('ben');
      const { head } = await lesson.join('ada');
      await lesson.join('ben', {}, { classroomId: 'art' });
      lesson.now += 999;
      const asked = ['maths', 'art', 'none', '__proto__'];
      expect(await lesson.store.touch('ada', asked)).toMatchObject({
        heads: { maths: head },
        announcements: [],
      });
      lesson.now += 1;
      const { heads, announcements } = await lesson.store.touch('ada', asked);
      expect(heads).toEqual({ maths: { epoch: head.epoch, seq: 3 } });
      // Seen red: a classroom swept, and kept for longer, by whoever knew its name.
      expect(announcements.map(({ classroomId }) => classroomId)).toEqual(['maths']);
      expect(announcements.map(told).flat()).toEqual(['ada']);
    });

    it('history pages backwards through the chat, beyond the log, up to what is kept', async () => {
      const lesson = await begin({ maxEvents: 2, chatEvents: 4 });
      await lesson.join('ada');
      await lesson.say('ada', 'a', 'b', 'c', { ...chat('pen'), projection: undefined }, 'd', 'e');
      const page = async (limit: number, before?: number): Promise<unknown> => {
        const { events, hasOlder } = await lesson.store.history('maths', 'ada', { limit, before });
        return [kinds(events).join(''), hasOlder];
      };
      expect(await page(2)).toEqual(['de', true]);
      expect(await page(2, 6)).toEqual(['bc', false]);
      expect(await page(1, 6)).toEqual(['c', true]);
      expect(await page(4)).toEqual(['bcde', false]);
      expect(await page(4, 1)).toEqual(['', false]);
    });
  });
}
