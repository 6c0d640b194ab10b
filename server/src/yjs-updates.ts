import * as Y from 'yjs';

/** Yjs merges long lists in more than linear time: 10,000 updates take a tenth of it as a tree. */
const FAN_IN = 64;

function isReadable(bytes: Uint8Array): boolean {
  try {
    Y.decodeUpdate(bytes);
    return true;
  } catch {
    return false;
  }
}

/** Whether Yjs reads the bytes as one update, and needs the last of them: it passes over whatever follows one. */
export function isUpdate(bytes: Uint8Array): boolean {
  // A copy, not a view: reading beyond the end of a view finds the bytes behind it.
  return isReadable(bytes) && !isReadable(bytes.slice(0, -1));
}

/** One update that does what all of them do. @throws whatever Yjs throws at one that it cannot read. */
export function mergedUpdate(updates: readonly Uint8Array[]): Uint8Array {
  if (updates.length <= FAN_IN) return Y.mergeUpdates([...updates]);
  const runs = Array.from({ length: Math.ceil(updates.length / FAN_IN) }, (_, index) =>
    mergedUpdate(updates.slice(index * FAN_IN, (index + 1) * FAN_IN)),
  );
  return mergedUpdate(runs);
}

/** The same document without the content that was erased, which merging keeps. */
export function encodedAnew(update: Uint8Array): Uint8Array {
  const doc = new Y.Doc();
  try {
    Y.applyUpdate(doc, update);
    return Y.encodeStateAsUpdate(doc);
  } finally {
    doc.destroy();
  }
}
