import type { BoardStore } from './board-store.ts';
import { exportPng } from './canvas/export-png.ts';
import { exportSvg } from './canvas/export-svg.ts';

export type SavedFormat = 'png' | 'svg';

const PNG_SCALE = 2;

/** Saves the board as one file, as the browser saves downloads: a picture or, of several pages, an archive of them in order. */
export function useExport(store: BoardStore) {
  const pictureOf = async (pageId: string, format: SavedFormat): Promise<Blob> =>
    format === 'png'
      ? exportPng(store.board, pageId, {
          scale: PNG_SCALE,
          onMissing: () => store.notify({ kind: 'export-partial' }),
        })
      : new Blob([exportSvg(store.board, pageId)], { type: 'image/svg+xml' });

  return async (format: SavedFormat, name: string): Promise<void> => {
    try {
      const pictures: Blob[] = [];
      for (const { id } of store.pages) pictures.push(await pictureOf(id, format));
      const [first, ...others] = pictures;
      if (others.length > 0) {
        // Few save, and fewer save several pages: who does waits for it.
        const { archiveOf } = await import('./archive-of.ts');
        download(await archiveOf(pictures, format), `${name}.zip`);
      } else if (first) download(first, `${name}.${format}`);
    } catch (error) {
      store.notify({ kind: 'export-failed', cause: error });
    }
  };
}

function download(file: Blob, name: string): void {
  const url = URL.createObjectURL(file);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The click has taken hold of it by the next turn.
  setTimeout(() => URL.revokeObjectURL(url));
}
