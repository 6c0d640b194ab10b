import { fromBase64 } from './base64.ts';
import type { DocumentPiece, EventOf } from './protocol/index.ts';

/** How much of a document is here. What is written meanwhile may make it more than was said before. */
export interface LoadProgress {
  loadedBytes: number;
  totalBytes: number;
}

/** Puts a document together from its pages, and knows from where on the next one is wanted. */
export class DocumentAssembler {
  readonly #updates: Uint8Array[] = [];
  /** The pieces of the blob that has not come whole. */
  #pieces: Uint8Array[] = [];
  #last: DocumentPiece | undefined;
  #progress: LoadProgress = { loadedBytes: 0, totalBytes: 0 };

  /** What has come whole, in the server's order. */
  get updates(): readonly Uint8Array[] {
    return this.#updates;
  }

  get progress(): LoadProgress {
    return this.#progress;
  }

  /** From where on the next page is wanted. */
  get next(): { after: number; index?: number } {
    const { n = 0, index = 0 } = this.#last ?? {};
    return this.#pieces.length > 0 ? { after: n, index: index + 1 } : { after: n };
  }

  add({ pieces, isLast, bytes }: EventOf<'document'>): void {
    let { loadedBytes } = this.#progress;
    for (const piece of pieces) {
      const data = fromBase64(piece.data);
      loadedBytes += data.length;
      // Where the blob that was begun is no more, it comes again, as a part of a newer one.
      if (piece.n !== this.#last?.n) this.#pieces = [];
      // One whose beginning we never had is none of ours.
      if (piece.index === this.#pieces.length) this.#pieces.push(data);
      this.#last = piece;
      if (this.#pieces.length < piece.count) continue;
      this.#updates.push(joined(this.#pieces));
      this.#pieces = [];
    }
    this.#progress = { loadedBytes, totalBytes: isLast ? loadedBytes : Math.max(bytes, loadedBytes) };
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const [first, ...others] = parts;
  if (first && others.length === 0) return first;
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
