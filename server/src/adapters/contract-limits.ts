import { describe, expect, it } from 'vitest';
import type { BeginLesson } from './contract.ts';
import { chat, kinds, told } from './lesson.ts';

/** The part of the contract about what one user may cost everybody else. */
export function describeLimits(name: string, begin: BeginLesson): void {
  describe(`${name}: limits`, () => {
    // Seen red: every message for one token: half a megabyte twenty times a second, from one pupil to all.
    it('counts a message as one more for each `tokenBytes`, and takes one that costs more than is there', async () => {
      const lesson = await begin({ rateBurst: 3, ratePerSecond: 10, tokenBytes: 1000 });
      await lesson.join('ada');
      const of = (bytes: number) => chat(`${bytes}`, 'é'.repeat(bytes / 2));
      expect((await lesson.say('ada', of(800), of(1800), of(6000), 'e')).results).toMatchObject([
        { seq: 2 },
        { seq: 3 },
        { error: 'rate-limited', retryAfterMs: 100 },
        { error: 'rate-limited' },
      ]);
      lesson.now += 100;
      expect((await lesson.say('ada', of(6000), 'e')).results).toMatchObject([
        { seq: 4 },
        { error: 'rate-limited', retryAfterMs: 700 },
      ]);
    });

    // Seen red: no rate; one for all users; the size left out.
    it('has a rate of signals for each user, by their size, which costs no publish', async () => {
      const lesson = await begin({ rateBurst: 1, signalBurst: 3, signalsPerSecond: 10, tokenBytes: 1000 });
      for (const connectionId of ['ben-1', 'ben-2', 'chen']) await lesson.join(connectionId);
      const signal = (connectionId: string, bytes?: number) =>
        lesson.store.audience('maths', connectionId, [], bytes);
      await signal('ben-1', 999);
      await signal('ben-2', 1000);
      await expect(signal('ben-1')).rejects.toMatchObject({ code: 'rate-limited', retryAfterMs: 100 });
      await signal('chen');
      expect((await lesson.say('ben-1', 'a')).results).toMatchObject([{ seq: 4 }]);
      lesson.now += 100;
      await signal('ben-1');
    });

    // Seen red: no rate; a seat taken, or the member told of, although the join was refused.
    it('has one rate for joins and pages, and a join that is refused changes nothing', async () => {
      const lesson = await begin({ readBurst: 4, readsPerSecond: 10 });
      await lesson.join('ada');
      await lesson.join('ben');
      await lesson.store.history('maths', 'ben', { limit: 1 });
      await lesson.store.load('maths', 'ben', { document: 'board', after: 0 });
      await lesson.join('ben');
      const refused = { code: 'rate-limited', retryAfterMs: 100 };
      await expect(lesson.join('ben-2')).rejects.toMatchObject(refused);
      await expect(lesson.store.history('maths', 'ben', { limit: 1 })).rejects.toMatchObject(refused);
      const board = { document: 'board', after: 0 };
      await expect(lesson.store.load('maths', 'ben', board)).rejects.toMatchObject(refused);
      expect(told((await lesson.say('ada', 'a')).announcement)).toEqual(['ben']);
      lesson.now += 100;
      await lesson.join('ben-2');
    });

    // Seen red: the export of a long class cut short.
    it('counts no page once the class is over', async () => {
      const lesson = await begin({ readBurst: 2, readsPerSecond: 1 });
      await lesson.join('ada');
      await lesson.say('ada', 'a');
      const { readerId } = await lesson.store.end('maths', 'ada', ['teacher']);
      for (let page = 0; page < 5; page++) {
        const { events } = await lesson.store.history('maths', readerId, { limit: 1 });
        expect(kinds(events)).toEqual(['a']);
      }
    });

    // Seen red: no bound: each tab of one user makes every message dearer. The oldest taken, and not the silent one.
    it('gives a user so many seats, and for one more takes that which was silent longest', async () => {
      const lesson = await begin({ seatsPerUser: 3 });
      await lesson.join('ada');
      for (const tab of ['ben-1', 'ben-2', 'ben-3']) {
        lesson.now += 10;
        await lesson.join(tab);
      }
      await lesson.store.audience('maths', 'ben-1');
      const { announcement } = await lesson.join('ben-4');
      expect(announcement.events).toEqual([]);
      expect(told((await lesson.say('ada', 'a')).announcement)).toEqual(['ben-1', 'ben-3', 'ben-4']);
      await expect(lesson.say('ben-2', 'b')).rejects.toMatchObject({ code: 'not-joined' });
      // Whoever has their seat already has it again.
      await lesson.join('ben-4');
      expect(told((await lesson.say('ada', 'b')).announcement)).toEqual(['ben-1', 'ben-3', 'ben-4']);
    });
  });
}
