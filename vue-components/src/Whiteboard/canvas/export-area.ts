import type { BoardDocument } from '../model/board-document.ts';
import type { BoardElement, PageId } from '../model/element.ts';
import { grow, union, type Rect } from '../model/geometry.ts';
import type { Background } from '../model/page.ts';
import { boundsOf } from './bounds.ts';
import { lightColors, type ThemeColors } from './theme-colors.ts';

const MARGIN = 24;
const EMPTY: Rect = { x: 0, y: 0, width: 800, height: 600 };

export interface ExportOptions {
  /** @default light paper, as it is printed */
  theme?: ThemeColors;
}

/** What is saved of a page: all that is on it, and its picture. */
export interface ExportedPage {
  elements: readonly BoardElement[];
  background: Background;
  /** In whole board px. */
  area: Rect;
  theme: ThemeColors;
}

export function exportedPage(
  board: BoardDocument,
  pageId: PageId,
  { theme = lightColors }: ExportOptions,
): ExportedPage {
  const elements = board.elements(pageId);
  const background = board.pages.find(({ id }) => id === pageId)?.background ?? { kind: 'blank' };
  const picture = background.kind === 'image' ? [{ ...background, x: 0, y: 0 }] : [];
  const inked = union(elements.map((element) => boundsOf(element, theme.font)));
  const all = union([...picture, ...(inked ? [grow(inked, MARGIN)] : [])]) ?? EMPTY;
  const [x, y] = [Math.floor(all.x), Math.floor(all.y)];
  const area = { x, y, width: Math.ceil(all.x + all.width) - x, height: Math.ceil(all.y + all.height) - y };
  return { elements, background, area, theme };
}
