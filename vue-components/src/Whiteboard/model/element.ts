import { STROKE_POINTS } from './ink.ts';
import { isOrder } from './order.ts';
import { IDENTITY, type Transform } from './geometry.ts';
import { isColor } from './palette.ts';
import { isSafeImageUrl } from './safe-url.ts';

export type ElementId = string;
export type PageId = string;

export interface Style {
  /** A name of the palette or `#rrggbb`. */
  color: string;
  /** In board pixels. */
  width: number;
  /** From 0 to 1. @default 1 */
  opacity?: number;
  /** The colour inside; without one there is none. */
  fill?: string;
}

/** Ink as `bake` made it; never changed in place. */
export interface InkGeometry {
  kind: 'ink' | 'highlight';
  points: Uint8Array;
}
/** From (0, 0) to (width, height), which may be negative: a line has a direction. */
export interface ShapeGeometry {
  kind: 'line' | 'arrow' | 'rectangle' | 'ellipse';
  width: number;
  height: number;
}
export interface TextGeometry {
  kind: 'text' | 'note';
  text: string;
  width: number;
  /** The least height; a longer text makes it higher. */
  height?: number;
  fontSize: number;
}
export interface ImageGeometry {
  kind: 'image';
  url: string;
  width: number;
  height: number;
  alt?: string;
}
export type Geometry = InkGeometry | ShapeGeometry | TextGeometry | ImageGeometry;
export type ElementKind = Geometry['kind'];

/** One thing on the board: replaced when it changes, never mutated. */
export type BoardElement = Readonly<
  {
    id: ElementId;
    pageId: PageId;
    order: string;
    authorId: string;
    transform: Transform;
    style: Style;
  } & Geometry
>;

/** What `add` is given; the rest follows. */
export type NewElement = Geometry & {
  pageId: PageId;
  style: Style;
  /** @default where its geometry stands */
  transform?: Transform;
  /** The one that its preview had. @default a new one */
  id?: ElementId;
  /** @default on top */
  order?: string;
};

/** What of an element may change. */
export interface ElementPatch {
  transform?: Transform;
  style?: Style;
  order?: string;
  points?: Uint8Array;
  width?: number;
  height?: number;
  text?: string;
  fontSize?: number;
  url?: string;
  alt?: string;
}

/** Longest text of one element, in UTF-16 code units. */
export const TEXT_LENGTH = 4000;
const FARTHEST = 1_000_000;
/** A point is at most three numbers of five bytes. */
const STROKE_BYTES = STROKE_POINTS * 15 + 1;

type Check = (value: unknown) => boolean;

const isBetween =
  (least: number, most: number): Check =>
  (value) =>
    typeof value === 'number' && value >= least && value <= most;
const isLength = isBetween(-FARTHEST, FARTHEST);
const isPositive = isBetween(0, FARTHEST);
const isFontSize = isBetween(1, 1000);
const isText: Check = (value) => typeof value === 'string' && value.length <= TEXT_LENGTH;
const isPoints: Check = (value) => value instanceof Uint8Array && value.length <= STROKE_BYTES;
const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);
const isScale: Check = (value) => isBetween(-10_000, 10_000)(value) && Math.abs(value as number) >= 0.0001;

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const isTransform: Check = (value) =>
  isRecord(value) && isLength(value.x) && isLength(value.y) && isScale(value.scaleX) && isScale(value.scaleY);

const isStyle: Check = (value) =>
  isRecord(value) &&
  isColor(value.color) &&
  isBetween(0.1, 500)(value.width) &&
  optional(isBetween(0, 1))(value.opacity) &&
  optional(isColor)(value.fill);

const ink = { points: isPoints };
const shape = { width: isLength, height: isLength };
const text = { text: isText, width: isPositive, height: optional(isPositive), fontSize: isFontSize };
const geometry: Readonly<Record<ElementKind, Readonly<Record<string, Check>>>> = {
  ink,
  highlight: ink,
  line: shape,
  arrow: shape,
  rectangle: shape,
  ellipse: shape,
  text,
  note: text,
  image: { url: isSafeImageUrl, width: isPositive, height: isPositive, alt: optional(isText) },
};
const common: Readonly<Record<string, Check>> = {
  id: isId,
  pageId: isId,
  order: isOrder,
  authorId: (value) => typeof value === 'string' && value.length <= 128,
  transform: isTransform,
  style: isStyle,
};

export function isId(value: unknown): value is string {
  return typeof value === 'string' && /^[\w-]{1,64}$/.test(value);
}

/** Of each kind: a board has ten thousand elements to check when it is loaded. */
const checks = new Map(
  Object.entries(geometry).map(([kind, own]) => [kind, Object.entries({ ...common, ...own })] as const),
);

/** The element that `fields` make, without what it does not know; undefined where one is missing or out of bounds. */
export function toElement(fields: Readonly<Record<string, unknown>>): BoardElement | undefined {
  const { kind } = fields;
  const known = typeof kind === 'string' ? checks.get(kind) : undefined;
  if (!known) return undefined;
  const element: Record<string, unknown> = { kind };
  for (const [name, check] of known) {
    const value = name === 'transform' && !(name in fields) ? IDENTITY : fields[name];
    if (!check(value)) return undefined;
    if (value !== undefined) element[name] = value;
  }
  return Object.freeze(element) as unknown as BoardElement;
}

/** By order, then id: the same for everyone, whatever arrived first. */
export function compareElements(a: BoardElement, b: BoardElement): number {
  if (a.order !== b.order) return a.order < b.order ? -1 : 1;
  return a.id === b.id ? 0 : a.id < b.id ? -1 : 1;
}
