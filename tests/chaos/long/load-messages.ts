import * as z from 'zod/mini';

/** What the long run publishes: the number of the sender, and the number of the message among the sender's own. */
export const loadMessages = {
  'load.item': { schema: z.object({ s: z.number(), n: z.number() }) },
} as const;

/** A number from 0 to 2^32 - 1 for an event at its place (FNV-1a): one wrong letter or seq makes it another. */
export function printOf({
  seq,
  id,
  type,
  data,
}: {
  seq: number;
  id: string;
  type: string;
  data: unknown;
}): number {
  const { s, n } = data as { s?: number; n?: number };
  const text = `${seq} ${id} ${type} ${s ?? ''} ${n ?? ''}`;
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}
