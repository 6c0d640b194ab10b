import type { Backend } from './backend.ts';
import { asChalklineError, causesOf } from './failure.ts';
import type { Batch } from './ports.ts';

/**
 * Puts many blobs of a document into one, so that whoever comes late has less to load: nothing if it is not due, or if somebody
 * else is at it. What cannot be read is set aside and logged. Never rejects: if it fails, the lease ends and the next publish
 * tries again.
 */
export async function compact(
  { store, log }: Pick<Backend, 'store' | 'log'>,
  classroomId: string,
  document: string,
): Promise<void> {
  try {
    const batch = await store.collect(classroomId, document);
    if (!batch) return;
    const { data, damaged } = await sumOfAll(batch);
    const isOurs = await store.replace(batch, data, damaged);
    if (isOurs && damaged.length > 0) {
      log({ action: 'compact', outcome: 'internal', classroomId, document, damaged });
    }
  } catch (error) {
    const problem = asChalklineError(error);
    log({ action: 'compact', outcome: problem.code, classroomId, document, cause: causesOf(problem) });
  }
}

/** What the blobs hold together, and which of them hold nothing that Yjs can read. */
async function sumOfAll({ blobs, isWhole }: Batch): Promise<{ data: string | undefined; damaged: number[] }> {
  const { encodedAnew, isUpdate, mergedUpdate } = await import('./yjs-updates.ts');
  const updates = blobs.map(({ n, data }) => ({ n, bytes: Buffer.from(data, 'base64') }));
  const sound = updates.filter(({ bytes }) => isUpdate(bytes));
  const damaged = updates.filter((update) => !sound.includes(update)).map(({ n }) => n);
  if (sound.length === 0) return { data: undefined, damaged };
  const merged = mergedUpdate(sound.map(({ bytes }) => bytes));
  const sum = isWhole ? encodedAnew(merged) : merged;
  return { data: Buffer.from(sum).toString('base64'), damaged };
}
