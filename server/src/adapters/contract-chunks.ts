import { splitFrame, type Chunk } from '@chalkline/client-sdk/protocol';
import { describe, expect, it } from 'vitest';
import type { BeginLesson } from './contract.ts';

const part = (index: number, count: number, data: string, id = '1'): Chunk => ({
  v: 1,
  action: 'chunk',
  id,
  index,
  count,
  data,
});

const chunksOf = (text: string, id = '1'): Chunk[] =>
  splitFrame(text, 32 * 1024, id).map((frame) => JSON.parse(frame) as Chunk);

/** The part of the contract about frames that come in chunks. */
export function describeChunks(name: string, begin: BeginLesson): void {
  describe(`${name}: chunks`, () => {
    // Seen red: the parts joined in the order in which they came.
    it('gives the whole to whoever brings the last part, in whatever order they come', async () => {
      const { store } = await begin();
      const text = JSON.stringify('"é陈😀\n'.repeat(20_000));
      const chunks = chunksOf(text);
      expect(chunks.length).toBeGreaterThan(9);
      for (const chunk of chunks.slice(1).reverse()) {
        expect(await store.gather('ada', chunk)).toBeUndefined();
      }
      for (const chunk of chunks.slice(0, 1)) expect(await store.gather('ada', chunk)).toBe(text);
    });

    // Seen red: a frame that was whole forgotten at once, so that its parts made another.
    it('gives it once, though all parts come at once and twice', async () => {
      const { store } = await begin();
      const text = 'x'.repeat(100_000);
      const twice = [...chunksOf(text), ...chunksOf(text)];
      const gathered = await Promise.all(twice.map((chunk) => store.gather('ada', chunk)));
      expect(gathered.filter((whole) => whole !== undefined)).toEqual([text]);
      for (const chunk of chunksOf(text)) expect(await store.gather('ada', chunk)).toBeUndefined();
    });

    it('keeps connections and frames apart', async () => {
      const { store } = await begin();
      await store.gather('ada', part(0, 2, 'a'));
      await store.gather('ben', part(1, 2, 'B'));
      await store.gather('ada', part(1, 2, 'D', '1:0'));
      expect(await store.gather('ada', part(1, 2, 'b'))).toBe('ab');
      expect(await store.gather('ben', part(0, 2, 'A'))).toBe('AB');
      expect(await store.gather('ada', part(0, 2, 'C', '1:0'))).toBe('CD');
    });

    it('refuses a part that contradicts the others, which still become whole', async () => {
      const { store } = await begin();
      await store.gather('ada', part(0, 2, 'a'));
      for (const wrong of [part(1, 3, 'b'), part(0, 2, 'z'), part(2, 2, 'c'), part(5, 2, 'c', '2')]) {
        await expect(store.gather('ada', wrong)).rejects.toMatchObject({ code: 'bad-envelope' });
      }
      expect(await store.gather('ada', part(1, 2, 'b'))).toBe('ab');
    });

    // Seen red: the time of the last part counted, not of the first.
    it('forgets a frame that is not whole in time', async () => {
      const lesson = await begin({ chunkMs: 1000 });
      await lesson.store.gather('ada', part(0, 3, 'a'));
      lesson.now += 999;
      await lesson.store.gather('ada', part(1, 3, 'b'));
      lesson.now += 1;
      expect(await lesson.store.gather('ada', part(2, 3, 'c'))).toBeUndefined();
      await lesson.store.gather('ada', part(0, 3, 'd'));
      expect(await lesson.store.gather('ada', part(1, 3, 'e'))).toBe('dec');
    });

    // Seen red: the bytes of a frame never counted.
    it('refuses a frame that is too large, once, and takes the next', async () => {
      const { store } = await begin({ chunkBytes: 10 });
      await store.gather('ada', part(0, 3, '12345678'));
      await expect(store.gather('ada', part(1, 3, 'éé'))).rejects.toMatchObject({
        code: 'payload-too-large',
      });
      expect(await store.gather('ada', part(2, 3, '9'))).toBeUndefined();
      await store.gather('ada', part(0, 2, '12345', '2'));
      expect(await store.gather('ada', part(1, 2, '67890', '2'))).toBe('1234567890');
    });

    // Seen red: nothing given up.
    it('gives up what was begun first when all that is not whole is too much', async () => {
      const { store } = await begin({ chunkBytes: 10 });
      await store.gather('ada', part(0, 2, '12345', '1'));
      await store.gather('ada', part(0, 2, '12345', '2'));
      await store.gather('ada', part(0, 2, '1', '3'));
      expect(await store.gather('ada', part(1, 2, '6', '2'))).toBe('123456');
      expect(await store.gather('ada', part(1, 2, '6', '1'))).toBeUndefined();
    });
  });
}
