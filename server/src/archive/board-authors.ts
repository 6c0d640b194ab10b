import * as Y from 'yjs';
import type { Blob } from '../ports.ts';
import { isUpdate, mergedUpdate } from '../yjs-updates.ts';

/** What a whiteboard's document has of one author: an element's `made` names who made it in its fourth place. */
function elementsOf(doc: Y.Doc, userId: string): [id: string, map: Y.Map<unknown>][] {
  const found: [string, Y.Map<unknown>][] = [];
  for (const [id, map] of doc.getMap('elements')) {
    const made: unknown = map instanceof Y.Map ? map.get('made') : undefined;
    if (Array.isArray(made) && made[3] === userId) found.push([id, map as Y.Map<unknown>]);
  }
  return found;
}

interface Opened {
  doc: Y.Doc;
  /** Blobs that cannot be read. */
  damaged: number[];
}

function open(blobs: readonly Blob[]): Opened {
  const updates = blobs.map(({ n, data }) => ({ n, bytes: new Uint8Array(Buffer.from(data, 'base64')) }));
  const sound = updates.filter(({ bytes }) => isUpdate(bytes));
  const doc = new Y.Doc();
  if (sound.length > 0) Y.applyUpdate(doc, mergedUpdate(sound.map(({ bytes }) => bytes)));
  return { doc, damaged: updates.filter((update) => !sound.includes(update)).map(({ n }) => n) };
}

/** The elements of one author, by id, as they lie in the document. */
export function authoredIn(blobs: readonly Blob[], userId: string): Map<string, unknown> {
  const { doc } = open(blobs);
  const bytes = (value: unknown): unknown =>
    value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value;
  const elements = elementsOf(doc, userId).map(([id, map]) => {
    const fields = [...map.entries()].map(([field, value]) => [field, bytes(value)]);
    return [id, Object.fromEntries(fields) as unknown] as const;
  });
  doc.destroy();
  return new Map(elements);
}

/** The document without an author's elements: deleted for every copy that hears of it, their content gone. */
export function withoutAuthor(blobs: readonly Blob[], userId: string): { data: string; damaged: number[] } {
  const { doc, damaged } = open(blobs);
  doc.transact(() => {
    for (const [id] of elementsOf(doc, userId)) doc.getMap('elements').delete(id);
  });
  // Of what is deleted a document keeps no more than that it was there.
  const update = Y.encodeStateAsUpdate(doc);
  doc.destroy();
  return { data: Buffer.from(update).toString('base64'), damaged };
}
