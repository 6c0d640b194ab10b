import * as Y from 'yjs';
import type { Random } from './random.ts';

/** Does one thing to a document, as the seed chooses: words, lists, and strokes that make it large. */
export function scribble(doc: Y.Doc, random: Random): void {
  const text = doc.getText('text');
  const list = doc.getArray<unknown>('list');
  const strokes = doc.getMap<unknown>('strokes');
  const at = (length: number): number => random.int(0, length);
  const verbs = {
    write: () =>
      text.insert(at(text.length), `${random.int(0, 999)} 😀 `, random.chance(0.3) ? { bold: true } : {}),
    erase: () => {
      const from = at(text.length);
      text.delete(from, Math.min(random.int(1, 8), text.length - from));
    },
    add: () => list.insert(at(list.length), [random.int(0, 999), new Y.Map([['by', doc.clientID]])]),
    take: () => {
      if (list.length > 0) list.delete(random.int(0, list.length - 1));
    },
    draw: () =>
      strokes.set(
        `stroke-${random.int(0, 40)}`,
        new Uint8Array(random.int(10, 4_000)).fill(random.int(0, 255)),
      ),
    wipe: () => strokes.delete(`stroke-${random.int(0, 40)}`),
    several: () => doc.transact(() => [verbs.write, verbs.take, verbs.draw].forEach((verb) => verb())),
  };
  verbs[random.weighted({ write: 6, erase: 4, add: 4, take: 2, draw: 6, wipe: 2, several: 2 })]();
}

/** What is in a document that `scribble` has written. */
export function contentOf(doc: Y.Doc): unknown {
  return {
    text: doc.getText('text').toDelta() as unknown,
    list: doc.getArray('list').toJSON(),
    strokes: doc.getMap('strokes').toJSON(),
  };
}

/** Whether documents hold the same, to the last deletion. */
export function areEqual([first, ...others]: readonly Y.Doc[]): boolean {
  if (!first) return true;
  const snapshot = Y.snapshot(first);
  return others.every((other) => Y.equalSnapshots(Y.snapshot(other), snapshot));
}
