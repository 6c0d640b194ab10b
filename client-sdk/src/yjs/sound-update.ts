import * as Y from 'yjs';

/** Applies an update; returns what went wrong, for what is not valid must take nothing else down. */
export function apply(doc: Y.Doc, update: Uint8Array, origin: unknown): unknown[] {
  try {
    Y.applyUpdate(doc, update, origin);
    settle(doc, origin);
    return [];
  } catch (error) {
    return [error];
  }
}

/** The same for many, in any order: what was compacted comes after what builds on it. */
export function applyAll(doc: Y.Doc, updates: readonly Uint8Array[], origin: unknown): unknown[] {
  try {
    if (updates.length > 0) Y.applyUpdate(doc, Y.mergeUpdates([...updates]), origin);
    return [];
  } catch {
    // One of them cannot be read.
    return updates.flatMap((update) => apply(doc, update, origin));
  }
}

/** Whether something waits in it for a part that has not come. */
export function isIncomplete({ store }: Y.Doc): boolean {
  return store.pendingStructs !== null || store.pendingDs !== null;
}

/**
 * Yjs forgets now and then that what waits may go on, once several updates have come before what they build on: then it
 * is taken out and put in again, for as long as that helps.
 */
function settle(doc: Y.Doc, origin: unknown): void {
  const { store } = doc;
  let before = '';
  while (store.pendingStructs && before !== (before = Y.encodeStateVector(doc).join())) {
    const { update } = store.pendingStructs;
    store.pendingStructs = null;
    Y.applyUpdateV2(doc, update, origin);
  }
}
