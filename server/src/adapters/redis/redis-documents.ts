import { randomUUID } from 'node:crypto';
import type { Batch, Blob, ClassroomStore } from '../../ports.ts';
import { piecesOf, sizeOf, sumOf } from '../documents.ts';
import { refusal } from '../refusal.ts';
import type { Replies, ScriptName } from './scripts.ts';

/** Runs a script for a classroom; `operation` completes "unable to …". */
export type RunScript = <N extends ScriptName>(
  operation: string,
  name: N,
  classroomId: string,
  ...args: (string | number)[]
) => Promise<Replies[N]>;

interface Piece {
  name: string;
  n: number;
  index: number;
  count: number;
  isMerged: boolean;
  data: string;
}

/** The pieces of a reply that tells name and data in turn; documents.lua says what is in a name. */
function piecesIn(namesAndData: readonly string[]): Piece[] {
  const pieces: Piece[] = [];
  for (let at = 0; at < namesAndData.length; at += 2) {
    const [name = '', data = ''] = namesAndData.slice(at, at + 2);
    const [, n, index, count, kind] = /:(\d+):(\d+)\/(\d+)(\w)$/.exec(name) ?? [];
    pieces.push({
      name,
      n: Number(n),
      index: Number(index),
      count: Number(count),
      isMerged: kind === 'm',
      data,
    });
  }
  return pieces;
}

function blobsOf(pieces: readonly Piece[]): Blob[] {
  const blobs = new Map<number, Blob>();
  for (const { n, count, isMerged, data } of pieces) {
    blobs.set(n, { n, count, isMerged, data: (blobs.get(n)?.data ?? '') + data });
  }
  return [...blobs.values()];
}

/** The blobs of each document among the pieces that are kept, by name and data. */
export function documentsIn(kept: Readonly<Record<string, string>>): Map<string, Blob[]> {
  const pieces = piecesIn(
    Object.entries(kept)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flat(),
  );
  const byDocument = new Map<string, Piece[]>();
  for (const piece of pieces) {
    const document = piece.name.slice(0, piece.name.indexOf(':'));
    byDocument.set(document, [...(byDocument.get(document) ?? []), piece]);
  }
  return new Map([...byDocument].map(([document, ofIt]) => [document, blobsOf(ofIt)]));
}

/** Takes the blobs of a document to put them into one. @param level `whole` though it is not due. @default what is due */
export async function collect(
  run: RunScript,
  classroomId: string,
  document: string,
  level: 'whole' | '' = '',
): Promise<Batch | undefined> {
  const lease = randomUUID();
  const pieces: Piece[] = [];
  for (;;) {
    const last = pieces.at(-1)?.name ?? '';
    const reply = await run('compact', 'collect', classroomId, document, lease, last, level);
    const [epoch, levelFound, isLast, namesAndData] = reply;
    if (levelFound === '') return undefined;
    pieces.push(...piecesIn(namesAndData));
    if (isLast === 1) {
      return { classroomId, document, epoch, lease, isWhole: levelFound === 'whole', blobs: blobsOf(pieces) };
    }
  }
}

/** The verbs of the store that read and compact documents. */
export function documentVerbs(run: RunScript): Pick<ClassroomStore, 'load' | 'collect' | 'replace'> {
  return {
    async load(classroomId, connectionId, { document, after, index }) {
      const reply = await run('load', 'load', classroomId, connectionId, document, after, index ?? '');
      if (typeof reply === 'string') throw refusal('load', reply);
      const [bytes, isLast, namesAndData] = reply;
      const pieces = piecesIn(namesAndData).map(({ n, index, count, data }) => ({ n, index, count, data }));
      return { pieces, isLast: isLast === 1, bytes };
    },

    collect: (classroomId, document) => collect(run, classroomId, document),

    async replace({ classroomId, document, epoch, lease, isWhole, blobs }, data, damaged) {
      const { bytes, tail, tailBytes } = sumOf(blobs);
      const gone = blobs.flatMap((blob) => [
        blob.n,
        blob.count,
        blob.isMerged ? 'm' : 'u',
        damaged.includes(blob.n) ? '1' : '',
      ]);
      const [level, pieces] = [isWhole ? 'whole' : 'tail', data === undefined ? [] : piecesOf(data)];
      const sums = [bytes, tail, tailBytes, data === undefined ? 0 : sizeOf(data)];
      const args = [epoch, document, lease, level, ...sums, blobs.length, ...gone, ...pieces];
      return (await run('compact', 'replace', classroomId, ...args)) === 1;
    },
  };
}
