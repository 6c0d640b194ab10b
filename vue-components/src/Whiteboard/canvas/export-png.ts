import type { BoardDocument } from '../model/board-document.ts';
import type { PageId } from '../model/element.ts';
import { drawBackground } from './draw-background.ts';
import { drawElement } from './draw-element.ts';
import { exportedPage, type ExportOptions } from './export-area.ts';
import { ImageCache } from './image-cache.ts';

/** No browser makes a larger canvas everywhere. */
const LONGEST_SIDE = 8192;

/**
 * A page as a picture; of a page that is too large, a smaller one. A picture on it that did not come, or whose server does
 * not let it be read, is saved as an empty frame, and `onMissing` hears of it.
 */
export async function exportPng(
  board: BoardDocument,
  pageId: PageId,
  {
    scale = 2,
    onMissing = () => undefined,
    ...options
  }: ExportOptions & { scale?: number; onMissing?: (url: string) => void } = {},
): Promise<Blob> {
  const { elements, background, area, theme } = exportedPage(board, pageId, options);
  const images = new ImageCache(() => undefined);
  const urls = elements.flatMap((element) => (element.kind === 'image' ? [element.url] : []));
  const all = new Set(background.kind === 'image' ? [background.url, ...urls] : urls);
  await images.loaded(all);
  const image = (url: string) => (images.isTainted(url) ? undefined : images.get(url));
  for (const url of all) if (!image(url)) onMissing(url);
  const paint = { colors: theme, image };

  const zoom = Math.min(scale, LONGEST_SIDE / Math.max(area.width, area.height));
  const canvas = new OffscreenCanvas(Math.ceil(area.width * zoom), Math.ceil(area.height * zoom));
  const context = canvas.getContext('2d', { alpha: false });
  if (!context) throw new Error('unable to save the page; the browser gives no canvas');
  const whole = { x: 0, y: 0, width: canvas.width, height: canvas.height };
  const origin = { x: -area.x * zoom, y: -area.y * zoom };
  drawBackground(context, background, whole, { scale: zoom, ...origin }, paint);
  context.setTransform(zoom, 0, 0, zoom, origin.x, origin.y);
  for (const element of elements) drawElement(context, element, paint);
  return canvas.convertToBlob({ type: 'image/png' });
}
