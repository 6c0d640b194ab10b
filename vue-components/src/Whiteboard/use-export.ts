import type { BoardStore } from './board-store.ts';
import { exportPng } from './canvas/export-png.ts';
import { exportSvg } from './canvas/export-svg.ts';

/** Saves every page as a file of its own, as the browser saves downloads. */
export function useExport(store: BoardStore) {
  const PNG_SCALE = 2;
  const blobOf = async (format: 'png' | 'svg', pageId: string): Promise<Blob> =>
    format === 'png'
      ? exportPng(store.board, pageId, {
          scale: PNG_SCALE,
          onMissing: () => store.notify({ kind: 'export-partial' }),
        })
      : new Blob([exportSvg(store.board, pageId)], { type: 'image/svg+xml' });

  return async (format: 'png' | 'svg', nameOf: (pageNumber: number) => string): Promise<void> => {
    try {
      for (const [index, { id }] of store.pages.entries()) {
        const url = URL.createObjectURL(await blobOf(format, id));
        const link = document.createElement('a');
        link.href = url;
        link.download = `${nameOf(index + 1)}.${format}`;
        link.click();
        // The click has taken hold of it by the next turn.
        setTimeout(() => URL.revokeObjectURL(url));
      }
    } catch (error) {
      store.notify({ kind: 'export-failed', cause: error });
    }
  };
}
