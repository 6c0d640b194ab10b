import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { createRandom } from '../testing/random.ts';
import { splitUpdate } from './split-update.ts';

/** A document of three authors, with text, maps, formats, bytes and much that is erased and still in it. */
function written(random: () => number): Y.Doc {
  const docs = [1, 2, 3].map((clientID) => Object.assign(new Y.Doc({ gc: false }), { clientID }));
  for (let step = 0; step < 200; step++) {
    const doc = docs[Math.floor(random() * 3)] ?? new Y.Doc();
    const [text, strokes] = [doc.getText('text'), doc.getMap<Uint8Array>('strokes')];
    const at = Math.floor(random() * text.length);
    const verb = Math.floor(random() * 5);
    if (verb === 0) text.insert(at, `step ${step} 😀`, step % 3 === 0 ? { bold: true } : {});
    else if (verb === 1) text.delete(at, Math.min(3, text.length - at));
    else if (verb === 2) strokes.set(`stroke-${step}`, new Uint8Array(200).fill(step));
    else if (verb === 3) strokes.delete(`stroke-${step - 7}`);
    else for (const other of docs) Y.applyUpdate(doc, Y.encodeStateAsUpdate(other));
  }
  const all = new Y.Doc({ gc: false });
  for (const doc of docs) Y.applyUpdate(all, Y.encodeStateAsUpdate(doc));
  return all;
}

// Seen red: the deletions left out; the first clock of each piece taken for that of the whole.
test.each([1, 2, 3, 4])(
  'the pieces make the same document as the whole, also merged in any order (seed %i)',
  (seed) => {
    const random = createRandom(seed);
    const doc = written(random);
    const pieces = splitUpdate(Y.encodeStateAsUpdate(doc), 2_000);
    expect(pieces.length).toBeGreaterThan(5);
    expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThan(2_500);
    const shuffled = pieces.toSorted(() => random() - 0.5);
    for (const updates of [pieces, [Y.mergeUpdates(shuffled)]]) {
      const copy = new Y.Doc();
      for (const update of updates) Y.applyUpdate(copy, update);
      expect(copy.store.pendingStructs).toBeNull();
      expect(copy.getText('text').toDelta()).toEqual(doc.getText('text').toDelta());
      expect(copy.getMap('strokes').toJSON()).toEqual(doc.getMap('strokes').toJSON());
      expect(Y.equalSnapshots(Y.snapshot(copy), Y.snapshot(doc))).toBe(true);
    }
  },
);

test('an update that fits stays as it is, and one item that does not fit stays whole', () => {
  const doc = new Y.Doc();
  doc.getText('text').insert(0, 'short');
  const small = Y.encodeStateAsUpdate(doc);
  expect(splitUpdate(small, 1_000)).toEqual([small]);
  doc.getMap('strokes').set('large', new Uint8Array(5_000));
  expect(splitUpdate(Y.encodeStateAsUpdate(doc), 1_000).map(({ length }) => length > 5_000)).toEqual([
    false,
    true,
  ]);
});
