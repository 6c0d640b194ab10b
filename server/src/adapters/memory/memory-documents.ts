import type { Batch, Blob, DocumentPage } from '../../ports.ts';
import type { StoreLimits } from '../../store-limits.ts';
import { documentSizes, dueLevel, piecesOf, sizeOf, sumOf, type DocumentSums } from '../documents.ts';

interface Document extends DocumentSums {
  /** In the order of `n`. */
  blobs: Blob[];
  last: number;
  lease: string;
  leaseEnd: number;
}

/** The documents of one classroom in memory. */
export class MemoryDocuments {
  readonly #limits: StoreLimits;
  readonly #documents = new Map<string, Document>();
  #leases = 0;

  constructor(limits: StoreLimits) {
    this.#limits = limits;
  }

  /** Adds a blob. @returns false, and adds nothing, where there is no room. */
  add(name: string, data: string): boolean {
    const { documentBytes, documents } = this.#limits;
    const known = this.#documents.get(name);
    const bytes = sizeOf(data);
    if ((known?.bytes ?? 0) + bytes > documentBytes || (!known && this.#documents.size >= documents))
      return false;
    const document = known ?? {
      blobs: [],
      last: 0,
      bytes: 0,
      encoded: 0,
      tail: 0,
      tailBytes: 0,
      lease: '',
      leaseEnd: 0,
    };
    this.#documents.set(name, document);
    this.#put(document, data, false);
    document.tail += 1;
    document.tailBytes += bytes;
    return true;
  }

  get names(): string[] {
    return [...this.#documents.keys()];
  }

  isDue(name: string, now: number): boolean {
    return this.#levelOf(this.#documents.get(name), now) !== undefined;
  }

  load(name: string, after: number, index: number | undefined): DocumentPage {
    const { blobs = [], bytes = 0 } = this.#documents.get(name) ?? {};
    const pieces: DocumentPage['pieces'][number][] = [];
    let room: number = documentSizes.pageLength;
    for (const { n, data } of blobs) {
      if (n < after || (n === after && index === undefined)) continue;
      const parts = piecesOf(data);
      for (const [at, part] of parts.entries()) {
        if (n === after && at < (index ?? 0)) continue;
        room -= part.length + documentSizes.pieceCost;
        if (room < 0) return { pieces, isLast: false, bytes };
        pieces.push({ n, index: at, count: parts.length, data: part });
      }
    }
    return { pieces, isLast: true, bytes };
  }

  collect(name: string, now: number): Pick<Batch, 'lease' | 'isWhole' | 'blobs'> | undefined {
    const document = this.#documents.get(name);
    const level = this.#levelOf(document, now);
    if (!document || !level) return undefined;
    document.lease = String((this.#leases += 1));
    document.leaseEnd = now + this.#limits.compactionMs;
    const isWhole = level === 'whole';
    const blobs = document.blobs.filter(({ isMerged }) => isWhole || !isMerged);
    return { lease: document.lease, isWhole, blobs };
  }

  replace({ document: name, lease, isWhole, blobs }: Batch, data: string | undefined): boolean {
    const document = this.#documents.get(name);
    if (document?.lease !== lease) return false;
    const gone = new Set(blobs.map(({ n }) => n));
    document.blobs = document.blobs.filter(({ n }) => !gone.has(n));
    const sum = sumOf(blobs);
    document.bytes -= sum.bytes;
    document.tail -= sum.tail;
    document.tailBytes -= sum.tailBytes;
    if (data !== undefined) this.#put(document, data, true);
    if (isWhole) document.encoded = data === undefined ? 0 : sizeOf(data);
    document.lease = '';
    document.leaseEnd = 0;
    return true;
  }

  #put(document: Document, data: string, isMerged: boolean): void {
    document.last += 1;
    document.blobs.push({ n: document.last, data, count: piecesOf(data).length, isMerged });
    document.bytes += sizeOf(data);
  }

  #levelOf(document: Document | undefined, now: number) {
    return document && document.leaseEnd <= now ? dueLevel(document, this.#limits.documentBytes) : undefined;
  }
}
