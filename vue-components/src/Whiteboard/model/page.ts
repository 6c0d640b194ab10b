import { isId, isRecord, type PageId } from './element.ts';
import { isOrder } from './order.ts';
import { isSafeImageUrl } from './safe-url.ts';

/** What lies beneath the ink; an image stands at (0, 0) in board pixels. */
export type Background =
  { kind: 'blank' | 'grid' | 'ruled' } | { kind: 'image'; url: string; width: number; height: number };

/** Replaced when it changes, never mutated. */
export interface Page {
  readonly id: PageId;
  readonly name?: string;
  readonly background: Background;
}

/** A page beside its place among the others, as the document keeps it. */
export interface PlacedPage extends Page {
  readonly order: string;
}

/** Most pages of a board. */
export const PAGES = 200;
const NAME_LENGTH = 120;
const LARGEST_IMAGE = 20_000;

export function isBackground(value: unknown): value is Background {
  if (!isRecord(value)) return false;
  if (value.kind !== 'image')
    return value.kind === 'blank' || value.kind === 'grid' || value.kind === 'ruled';
  const isSize = (size: unknown) => typeof size === 'number' && size > 0 && size <= LARGEST_IMAGE;
  return isSafeImageUrl(value.url) && isSize(value.width) && isSize(value.height);
}

/** The page that stands there; undefined where it is malformed. What is wrong with its name or background is left out. */
export function toPage(id: string, value: unknown): PlacedPage | undefined {
  if (!isId(id) || !isRecord(value) || !isOrder(value.order)) return undefined;
  return {
    id,
    order: value.order,
    background: isBackground(value.background) ? value.background : { kind: 'blank' },
    ...(typeof value.name === 'string' && { name: value.name.slice(0, NAME_LENGTH) }),
  };
}
