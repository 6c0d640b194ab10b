import * as Y from 'yjs';
import { isRecord, toElement, type BoardElement, type ElementId, type Style } from './element.ts';
import type { Transform } from './geometry.ts';

/**
 * How an element lies in the document: a map with `made`, what it was when it was made, which is written once, and beside
 * it one entry for each field that has changed since. So a stroke costs two entries, and moving it writes only where to.
 * `points` stand by themselves, as bytes.
 */
const own = [
  'points',
  'transform',
  'style',
  'order',
  'width',
  'height',
  'text',
  'fontSize',
  'url',
  'alt',
] as const;

const ownFields: ReadonlySet<string> = new Set(own);
const isOwn = (field: string): boolean => ownFields.has(field);

export function writeElement(element: BoardElement): Y.Map<unknown> {
  const { kind, pageId, order, authorId, style, transform } = element;
  const said = ['id', 'kind', 'pageId', 'order', 'authorId', 'style', 'transform', 'points'];
  const rest = Object.entries(element).filter(([field]) => !said.includes(field));
  const map = new Y.Map<unknown>();
  map.set('made', [
    ...[kind, pageId, order, authorId, packStyle(style)],
    ...(rest.length > 0 ? [Object.fromEntries(rest)] : []),
  ]);
  if ('points' in element) map.set('points', element.points);
  if (!isIdentity(transform)) map.set('transform', packTransform(transform));
  return map;
}

/** Writes the fields that differ between the two. */
export function writeChanges(map: Y.Map<unknown>, before: BoardElement, after: BoardElement): void {
  const [old, now] = [before as Record<string, unknown>, after as Record<string, unknown>];
  for (const field of own) {
    if (old[field] === now[field] || now[field] === undefined) continue;
    if (field === 'transform') map.set(field, packTransform(after.transform));
    else if (field === 'style') map.set(field, packStyle(after.style));
    else map.set(field, now[field]);
  }
}

/** The element that lies there; undefined where a peer wrote what is none. */
export function readElement(id: ElementId, map: unknown): BoardElement | undefined {
  if (!(map instanceof Y.Map)) return undefined;
  const made: unknown = map.get('made');
  if (!Array.isArray(made)) return undefined;
  const [kind, pageId, order, authorId, style, rest] = made as unknown[];
  const fields: Record<string, unknown> = { ...(isRecord(rest) && rest), order, style };
  // What is there, rather than all that could be: most have nothing but points.
  map.forEach((value, field) => {
    if (isOwn(field)) fields[field] = field === 'transform' ? unpackTransform(value) : value;
  });
  return toElement(Object.assign(fields, { style: unpackStyle(fields.style), id, kind, pageId, authorId }));
}

function isIdentity({ x, y, scaleX, scaleY }: Transform): boolean {
  return x === 0 && y === 0 && scaleX === 1 && scaleY === 1;
}

function packTransform({ x, y, scaleX, scaleY }: Transform): number[] {
  return scaleX === 1 && scaleY === 1 ? [x, y] : [x, y, scaleX, scaleY];
}

function unpackTransform(value: unknown): unknown {
  if (!Array.isArray(value)) return undefined;
  const [x, y, scaleX = 1, scaleY = 1] = value as unknown[];
  return { x, y, scaleX, scaleY };
}

function packStyle({ color, width, opacity, fill }: Style): unknown[] {
  if (fill !== undefined) return [color, width, opacity ?? 1, fill];
  return opacity === undefined ? [color, width] : [color, width, opacity];
}

function unpackStyle(value: unknown): unknown {
  if (!Array.isArray(value)) return undefined;
  const [color, width, opacity, fill] = value as unknown[];
  return { color, width, ...(opacity !== undefined && { opacity }), ...(fill !== undefined && { fill }) };
}
