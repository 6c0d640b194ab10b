import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ChunkAssembler, splitFrame, type Chunk, type Progress } from './chunk.ts';
import { decodeCommand, decodeEvent } from './codec.ts';
import { byteLength, CHUNKED_FRAMES, CLIENT_FRAME_BYTES, SERVER_FRAME_BYTES } from './limits.ts';

const chunksOf = (text: string, limitBytes: number, id = 'chunk-1'): Chunk[] =>
  splitFrame(text, limitBytes, id).map((frame) => JSON.parse(frame) as Chunk);

function prepare(bytes = 1_000_000) {
  const time = { now: 0 };
  const progress: Progress[] = [];
  const onProgress = (part: Progress) => void progress.push(part);
  const assembler = new ChunkAssembler({ now: () => time.now, bytes, forgetMs: 1000, onProgress });
  return { assembler, progress, time };
}

const part = (index: number, count: number, data = `part ${index}`, id = 'chunk-1'): Chunk => ({
  v: 1,
  action: 'chunk',
  id,
  index,
  count,
  data,
});

/** Letters, quotes that are escaped once more, control characters, and every width of UTF-8. */
const texts = fc
  .array(fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('"\\"', '\n\u0001', 'é', '陈', '😀')), {
    maxLength: 200,
    size: 'max',
  })
  .map((parts) => JSON.stringify(parts.join('')));

describe('a frame in chunks', () => {
  // Seen red: the size counted in characters; the data counted before it is escaped.
  test('fits the limit with each of them, whatever the text and the limit', () => {
    fc.assert(
      fc.property(texts, fc.integer({ min: 120, max: 2000 }), (text, limitBytes) => {
        const frames = splitFrame(text, limitBytes, 'chunk-1');
        for (const frame of frames) expect(byteLength(frame)).toBeLessThanOrEqual(limitBytes);
        if (byteLength(text) <= limitBytes) expect(frames).toEqual([text]);
        else expect(frames.length).toBeGreaterThan(1);
      }),
    );
  });

  // Seen red: the parts joined in the order in which they came; a part that came twice counted twice.
  test('becomes the same text, once, in whatever order and however often they come', () => {
    const rounds = fc.tuple(texts, fc.integer({ min: 120, max: 2000 }), fc.infiniteStream(fc.nat()));
    fc.assert(
      fc.property(rounds, ([text, limitBytes, numbers]) => {
        fc.pre(byteLength(text) > limitBytes);
        const chunks = chunksOf(text, limitBytes);
        const draw = (below: number) => (numbers.next().value ?? 0) % below;
        const mixed = [...chunks, ...chunks.filter(() => draw(2) === 0)]
          .map((chunk) => ({ chunk, place: draw(1000) }))
          .sort((a, b) => a.place - b.place);
        const { assembler, progress } = prepare();
        const wholes = mixed.flatMap(({ chunk }) => assembler.add(chunk) ?? []);
        expect(wholes).toEqual([text]);
        expect(progress.map(({ done }) => done)).toEqual(chunks.map((_, index) => index + 1));
      }),
    );
  });

  // Seen red: cut wherever the limit fell, so that half an emoji stood at the end of a slice.
  test('never ends inside a surrogate pair, and passes the schemas of both ends', () => {
    const text = JSON.stringify('😀'.repeat(100_000));
    for (const limitBytes of [CLIENT_FRAME_BYTES, SERVER_FRAME_BYTES, SERVER_FRAME_BYTES - 1]) {
      const frames = splitFrame(text, limitBytes, 'chunk-1');
      for (const frame of frames) expect(decodeEvent(frame)).toEqual(decodeCommand(frame));
      expect(frames.length).toBeLessThan((byteLength(text) / limitBytes) * 1.1 + 1);
    }
    expect(() => decodeCommand(JSON.stringify(part(0, 2, '\ud83d')))).toThrow('`data` of `chunk`');
  });
});

describe('the assembler', () => {
  test('keeps frames apart that come side by side', () => {
    const { assembler } = prepare();
    expect(assembler.add(part(1, 2, 'b', 'first'))).toBeUndefined();
    expect(assembler.add(part(0, 2, 'c', 'second'))).toBeUndefined();
    expect(assembler.add(part(0, 2, 'a', 'first'))).toBe('ab');
    expect(assembler.add(part(1, 2, 'd', 'second'))).toBe('cd');
  });

  // Seen red: the newer part taken in place of the older.
  test.each([
    ['another count', part(1, 3)],
    ['other data for a part that is there', part(0, 2, 'other')],
    ['a part beyond the last', part(2, 2)],
  ])('refuses %s, and what came before goes on', (_, wrong) => {
    const { assembler } = prepare();
    assembler.add(part(0, 2));
    expect(() => assembler.add(wrong)).toThrow(
      expect.objectContaining({
        code: 'bad-envelope',
        message: 'unable to read frame; its chunks do not add up',
      }),
    );
    expect(assembler.add(part(1, 2))).toBe('part 0part 1');
  });

  // Seen red: no frame was ever forgotten.
  test('forgets a frame some time after its first part', () => {
    const { assembler, time } = prepare();
    assembler.add(part(0, 2));
    time.now = 999;
    assembler.add(part(0, 2, 'a', 'chunk-2'));
    time.now = 1000;
    expect(assembler.add(part(1, 2))).toBeUndefined();
    expect(assembler.add(part(1, 2, 'b', 'chunk-2'))).toBe('ab');
  });

  // Seen red: the bytes of a frame never counted.
  test('refuses a frame that is too large, once', () => {
    const { assembler } = prepare(10);
    assembler.add(part(0, 3, '12345678'));
    expect(() => assembler.add(part(1, 3, 'éé'))).toThrow(
      expect.objectContaining({ code: 'payload-too-large' }),
    );
    expect(assembler.add(part(2, 3, '9'))).toBeUndefined();
  });

  // Seen red: the newest given up.
  test('gives up what was begun first when all together are too many bytes, or too many frames', () => {
    const { assembler } = prepare(10);
    assembler.add(part(0, 2, '12345', 'first'));
    assembler.add(part(0, 2, '12345', 'second'));
    assembler.add(part(0, 2, '1', 'third'));
    expect(assembler.add(part(1, 2, '6', 'second'))).toBe('123456');
    expect(assembler.add(part(1, 2, '6', 'first'))).toBeUndefined();

    const many = prepare().assembler;
    for (let index = 0; index <= CHUNKED_FRAMES; index += 1) many.add(part(0, 2, 'a', `chunk-${index}`));
    expect(many.add(part(1, 2, 'b', 'chunk-1'))).toBe('ab');
    expect(many.add(part(1, 2, 'b', 'chunk-0'))).toBeUndefined();
  });
});
