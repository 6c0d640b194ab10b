import { HISTORY_PAGE, type ClassroomEvent, type DocumentPiece } from '@chalkline/client-sdk/protocol';
import type { ClassroomStore, EndOutcome } from './ports.ts';

/** What is left of a class that is over, for a platform to keep: each part is read when it is asked for. */
export interface EndedClassroom extends Pick<EndOutcome, 'state' | 'documents'> {
  classroomId: string;
  /** All that is kept of the chat, oldest first. @throws ChalklineError `internal` */
  chat(): Promise<ClassroomEvent[]>;
  /** A document as one Yjs update, without blobs that are damaged. @throws ChalklineError `internal` */
  document(name: string): Promise<Uint8Array>;
}

/** Reads with the seat that was left for it. */
export function openEndedClassroom(
  store: ClassroomStore,
  classroomId: string,
  readerId: string,
  found: Pick<EndOutcome, 'state' | 'documents'>,
): EndedClassroom {
  return {
    classroomId,
    ...found,
    async chat() {
      const pages: ClassroomEvent[][] = [];
      for (;;) {
        const before = pages.at(-1)?.[0]?.seq;
        const page = await store.history(classroomId, readerId, { before, limit: HISTORY_PAGE });
        pages.push([...page.events]);
        if (!page.hasOlder) return pages.reverse().flat();
      }
    },
    async document(name) {
      const blobs = new Map<number, Buffer[]>();
      let last: DocumentPiece | undefined;
      for (;;) {
        const isWithin = last !== undefined && last.index + 1 < last.count;
        const index = last && isWithin ? last.index + 1 : undefined;
        const place = { document: name, after: last?.n ?? 0, index };
        const page = await store.load(classroomId, readerId, place);
        for (const { n, data } of page.pieces) {
          blobs.set(n, [...(blobs.get(n) ?? []), Buffer.from(data, 'base64')]);
        }
        last = page.pieces.at(-1) ?? last;
        if (page.isLast) break;
      }
      const { isUpdate, mergedUpdate } = await import('./yjs-updates.ts');
      return mergedUpdate([...blobs.values()].map((parts) => Buffer.concat(parts)).filter(isUpdate));
    },
  };
}
