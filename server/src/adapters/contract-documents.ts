import type { DocumentPiece } from '@chalkline/client-sdk/protocol';
import { describe, expect, it } from 'vitest';
import type { Batch, ClassroomStore } from '../ports.ts';
import type { BeginLesson } from './contract.ts';
import { draw, type Lesson } from './lesson.ts';

/** Base64 of so many bytes, which `fill` tells apart. */
const bytesOf = (count: number, fill = 1): string => Buffer.alloc(count, fill).toString('base64');

/** All that is kept of a document, page by page, as a client loads it. */
async function loadAll({ store }: { store: ClassroomStore }, document = 'board') {
  const pieces: DocumentPiece[] = [];
  let pages = 0;
  for (;;) {
    const last = pieces.at(-1);
    const isWithin = last !== undefined && last.index + 1 < last.count;
    const place = { document, after: last?.n ?? 0, ...(isWithin ? { index: last.index + 1 } : {}) };
    const page = await store.load('maths', 'ada', place);
    pieces.push(...page.pieces);
    pages += 1;
    if (page.isLast) return { pieces, pages, bytes: page.bytes };
  }
}

const dataOf = (pieces: readonly DocumentPiece[]): string =>
  Buffer.concat(pieces.map(({ data }) => Buffer.from(data, 'base64'))).toString('base64');

/** The part of the contract about documents: adding, loading, compacting. */
export function describeDocuments(name: string, begin: BeginLesson): void {
  const beginWith = async (...updates: string[]): Promise<Lesson> => {
    const lesson = await begin({ rateBurst: Infinity });
    await lesson.join('ada');
    for (const [index, update] of updates.entries()) await lesson.say('ada', draw(`u${index}`, update));
    return lesson;
  };
  const collected = async ({ store }: Lesson): Promise<Batch> => {
    const batch = await store.collect('maths', 'board');
    if (!batch) throw new Error('the document was expected to be due');
    return batch;
  };

  describe(`${name}: documents`, () => {
    it('keeps each update as a blob, and each document apart', async () => {
      const lesson = await beginWith('AAAA', 'BBB=');
      await lesson.say('ada', draw('n', 'CCCC', 'board-2'));
      expect(await loadAll(lesson)).toEqual({
        pieces: [
          { n: 1, index: 0, count: 1, data: 'AAAA' },
          { n: 2, index: 0, count: 1, data: 'BBB=' },
        ],
        pages: 1,
        bytes: 5,
      });
      expect(await loadAll(lesson, 'board-2')).toMatchObject({ pieces: [{ n: 1, data: 'CCCC' }], bytes: 3 });
      expect(await loadAll(lesson, 'other')).toEqual({ pieces: [], pages: 1, bytes: 0 });
      await expect(lesson.store.load('maths', 'ben', { document: 'board', after: 0 })).rejects.toMatchObject({
        code: 'not-joined',
      });
    });

    it('keeps nothing of an update that was refused, or that was kept before', async () => {
      const lesson = await beginWith('AAAA');
      await lesson.say('ada', draw('u0', 'AAAA'), { ...draw('x', 'BBBB'), publishers: [] });
      expect((await loadAll(lesson)).pieces).toHaveLength(1);
    });

    // Seen red: the next page begun with the blob after the one that was cut.
    it('gives a large blob in pieces over several pages, and small ones by the thousand', async () => {
      const large = bytesOf(300_001);
      const lesson = await beginWith('AAAA', large, 'BBBB');
      const { pieces, pages, bytes } = await loadAll(lesson);
      expect(pages).toBe(4);
      expect(bytes).toBe(300_007);
      expect(dataOf(pieces.filter(({ n }) => n === 2))).toBe(large);
      expect(pieces.map(({ n, index, count }) => `${n}:${index}/${count}`)).toEqual([
        '1:0/1',
        ...Array.from({ length: 11 }, (_, index) => `2:${index}/11`),
        '3:0/1',
      ]);
    });

    // Seen red: bytes counted as characters of base64.
    it('refuses what would make a document too large, and one document too many', async () => {
      const lesson = await begin({ documentBytes: 1000, documents: 2 });
      await lesson.join('ada');
      const { results } = await lesson.say(
        'ada',
        draw('a', bytesOf(900)),
        draw('b', bytesOf(101)),
        draw('c', bytesOf(100)),
        draw('d', 'AAAA', 'second'),
        draw('e', 'AAAA', 'third'),
      );
      const full = 'payload-too-large';
      expect(results).toMatchObject([{ seq: 2 }, { error: full }, { seq: 3 }, { seq: 4 }, { error: full }]);
      expect((await loadAll(lesson)).bytes).toBe(1000);
    });
  });

  describe(`${name}: compaction`, () => {
    it('is due above 200 updates or 64 KB of them, and for one at a time', async () => {
      const lesson = await beginWith(...Array<string>(200).fill('AAAA'));
      expect(await lesson.store.collect('maths', 'board')).toBeUndefined();
      const { due } = await lesson.say('ada', draw('one more', 'AAAA'));
      expect(due).toEqual(['board']);
      expect(await collected(lesson)).toMatchObject({ isWhole: false, document: 'board' });
      expect(await lesson.store.collect('maths', 'board')).toBeUndefined();
      expect((await lesson.say('ada', draw('and one', 'AAAA'))).due).toEqual([]);
      // Whoever was at it has died: the lease ends.
      lesson.now += 10_000;
      expect((await collected(lesson)).blobs).toHaveLength(202);
      const byBytes = await lesson.say(
        'ada',
        draw('x', bytesOf(40_000), 'other'),
        draw('y', bytesOf(40_000), 'other'),
      );
      expect(byBytes.due).toEqual(['other']);
    });

    // Seen red: all blobs up to the newest taken away, with the update that came meanwhile.
    it('puts one blob in place of those that it was made of, and loses nothing that came meanwhile', async () => {
      const lesson = await beginWith(bytesOf(40_000, 1), bytesOf(40_000, 2));
      const batch = await collected(lesson);
      expect(batch.blobs.map(({ data }) => data)).toEqual([bytesOf(40_000, 1), bytesOf(40_000, 2)]);
      await lesson.say('ada', draw('meanwhile', 'BBBB'));
      expect(await lesson.store.replace(batch, bytesOf(70_000, 3), [])).toBe(true);
      const { pieces, bytes } = await loadAll(lesson);
      expect(bytes).toBe(70_003);
      expect(pieces[0]).toEqual({ n: 3, index: 0, count: 1, data: 'BBBB' });
      expect(dataOf(pieces.slice(1))).toBe(bytesOf(70_000, 3));
      expect(new Set(pieces.slice(1).map(({ n }) => n))).toEqual(new Set([4]));
      // What was merged is not merged again.
      await lesson.say('ada', draw('more', bytesOf(66_000)));
      expect((await collected(lesson)).blobs.map(({ n }) => n)).toEqual([3, 5]);
    });

    // Seen red: the lease not asked for.
    it('changes nothing once another has the lease, or once it was done', async () => {
      const lesson = await beginWith(bytesOf(40_000), bytesOf(40_000));
      const late = await collected(lesson);
      lesson.now += 10_000;
      const batch = await collected(lesson);
      expect(await lesson.store.replace(late, 'AAAA', [])).toBe(false);
      expect(await lesson.store.replace(batch, 'BBBB', [])).toBe(true);
      expect(await lesson.store.replace(batch, 'CCCC', [])).toBe(false);
      expect((await loadAll(lesson)).pieces).toEqual([{ n: 3, index: 0, count: 1, data: 'BBBB' }]);
    });

    it('takes the whole document once it has more than 256 KB, and again when it has doubled', async () => {
      const lesson = await beginWith(...Array<string>(7).fill(bytesOf(40_000)));
      const whole = await collected(lesson);
      expect(whole).toMatchObject({ isWhole: true });
      expect(whole.blobs).toHaveLength(7);
      expect(await lesson.store.replace(whole, bytesOf(150_000, 2), [])).toBe(true);
      const said = await lesson.say('ada', draw('a', bytesOf(60_000)), draw('b', bytesOf(60_000)));
      expect(said.due).toEqual(['board']);
      const tail = await collected(lesson);
      expect(tail).toMatchObject({ isWhole: false });
      expect(await lesson.store.replace(tail, bytesOf(120_000), [])).toBe(true);
      await lesson.say('ada', draw('c', bytesOf(40_000)));
      expect(await collected(lesson)).toMatchObject({
        isWhole: true,
        blobs: [{ n: 8 }, { n: 11 }, { n: 12 }],
      });
    });

    it('takes a document whole before it is full, as what was erased may be most of it', async () => {
      const lesson = await begin({ rateBurst: Infinity, documentBytes: 500_000 });
      await lesson.join('ada');
      for (const id of ['a', 'b', 'c']) await lesson.say('ada', draw(id, bytesOf(100_000)));
      await lesson.store.replace(await collected(lesson), bytesOf(300_000), []);
      await lesson.say('ada', draw('d', bytesOf(100_001)));
      expect(await collected(lesson)).toMatchObject({ isWhole: true });
    });

    it('sets aside what is damaged', async () => {
      const lesson = await beginWith(bytesOf(40_000, 1), bytesOf(40_000, 2));
      const batch = await collected(lesson);
      expect(await lesson.store.replace(batch, bytesOf(30, 2), [1])).toBe(true);
      expect(await loadAll(lesson)).toMatchObject({ pieces: [{ n: 3 }], bytes: 30 });
    });
  });
}
