import type { Blob } from '../ports.ts';

/**
 * How stores keep documents. Lengths count characters of base64. A blob is kept in pieces of `pieceLength`, a multiple of
 * four, so that each piece is base64 of its own; three of them, or many small ones, are a page.
 */
export const documentSizes = {
  pieceLength: 38_400,
  pageLength: 120_000,
  /** What a piece costs in a page beside its data. */
  pieceCost: 64,
  /** A document with more updates that were not merged yet, or more bytes of them, is due. */
  tailBlobs: 200,
  tailBytes: 65_536,
  /** A smaller document is never encoded anew. */
  staleBytes: 262_144,
} as const;

/** How many bytes a text in base64 stands for; whole also if it is damaged. */
export function sizeOf(data: string): number {
  return Math.floor(data.length / 4) * 3 - (data.endsWith('==') ? 2 : data.endsWith('=') ? 1 : 0);
}

/** The pieces in which a blob is kept and travels. */
export function piecesOf(data: string): string[] {
  const { pieceLength } = documentSizes;
  const count = Math.max(1, Math.ceil(data.length / pieceLength));
  return Array.from({ length: count }, (_, index) =>
    data.slice(index * pieceLength, (index + 1) * pieceLength),
  );
}

/** How much of what is kept some blobs are. */
export function sumOf(blobs: readonly Blob[]): { bytes: number; tail: number; tailBytes: number } {
  const sum = { bytes: 0, tail: 0, tailBytes: 0 };
  for (const { data, isMerged } of blobs) {
    sum.bytes += sizeOf(data);
    sum.tail += isMerged ? 0 : 1;
    sum.tailBytes += isMerged ? 0 : sizeOf(data);
  }
  return sum;
}

/** What is known of a document: its bytes, those that the last encoding anew left, and its updates not merged yet. */
export interface DocumentSums {
  bytes: number;
  encoded: number;
  tail: number;
  tailBytes: number;
}

/**
 * Whether a document is to be compacted, and how: `tail` puts the new updates into one, `whole` encodes it anew when it has
 * doubled, or has taken half of the room that was left. The same stands in documents.lua.
 */
export function dueLevel(sums: DocumentSums, documentBytes: number): 'tail' | 'whole' | undefined {
  const { bytes, encoded, tail, tailBytes } = sums;
  const most = Math.min(2 * encoded, (encoded + documentBytes) / 2);
  if (bytes > documentSizes.staleBytes && bytes > most) return 'whole';
  const isLong = tail > documentSizes.tailBlobs || (tail > 1 && tailBytes > documentSizes.tailBytes);
  return isLong ? 'tail' : undefined;
}
