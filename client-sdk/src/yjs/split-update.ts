import * as Y from 'yjs';

type Struct = ReturnType<typeof Y.decodeUpdate>['structs'][number];

/** A run of a client's items that are deleted. */
interface Deletion {
  client: number;
  clock: number;
  len: number;
}

/** More than a deletion ever takes, with its share of the counts around it. */
const DELETION_BYTES = 24;
/** The same for the heading of a client's items. */
const HEADING_BYTES = 24;

/**
 * Cuts an update into several of about `limitBytes`, which do the same one after the other, or merged. An item
 * that is larger by itself, such as one pasted text, stays whole.
 */
export function splitUpdate(update: Uint8Array, limitBytes: number): Uint8Array[] {
  if (update.length <= limitBytes) return [update];
  const { structs, ds } = Y.decodeUpdate(update);
  const deletions = [...ds.clients].flatMap(([client, items]) =>
    items.map(({ clock, len }): Deletion => ({ client, clock, len })),
  );
  return [
    ...runsOf(structs, limitBytes, bytesOf).map((run) => encode(run, [])),
    ...runsOf(deletions, limitBytes, () => DELETION_BYTES).map((run) => encode([], run)),
  ];
}

function runsOf<T>(items: readonly T[], limitBytes: number, bytesOf: (item: T) => number): T[][] {
  const runs: T[][] = [];
  let left = 0;
  for (const item of items) {
    const bytes = bytesOf(item);
    if (bytes > left) {
      runs.push([]);
      left = limitBytes;
    }
    runs.at(-1)?.push(item);
    left -= bytes;
  }
  return runs;
}

function bytesOf(struct: Struct): number {
  const encoder = new Y.UpdateEncoderV1();
  struct.write(encoder, 0);
  return encoder.toUint8Array().length + HEADING_BYTES;
}

/** The first version of Yjs's format: by client the items in a row, then by client what is deleted. */
function encode(structs: readonly Struct[], deletions: readonly Deletion[]): Uint8Array {
  const encoder = new Y.UpdateEncoderV1();
  const items = byClient(structs, ({ id }) => id.client);
  encoder.writeLen(items.size);
  for (const [client, own] of items) {
    encoder.writeLen(own.length);
    encoder.writeClient(client);
    encoder.writeLen(own[0]?.id.clock ?? 0);
    for (const struct of own) struct.write(encoder, 0);
  }
  const deleted = byClient(deletions, ({ client }) => client);
  encoder.writeLen(deleted.size);
  for (const [client, own] of deleted) {
    encoder.writeClient(client);
    encoder.writeLen(own.length);
    for (const { clock, len } of own) {
      encoder.writeDsClock(clock);
      encoder.writeDsLen(len);
    }
  }
  return encoder.toUint8Array();
}

function byClient<T>(items: readonly T[], clientOf: (item: T) => number): Map<number, T[]> {
  const groups = new Map<number, T[]>();
  for (const item of items) {
    const group = groups.get(clientOf(item));
    if (group) group.push(item);
    else groups.set(clientOf(item), [item]);
  }
  return groups;
}
