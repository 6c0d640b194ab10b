import { shallowRef } from 'vue';
import type { BoardStore } from './board-store.ts';
import type { Place } from './model/geometry.ts';
import { isSafeImageUrl } from './model/safe-url.ts';
import { smallPicture } from './small-picture.ts';
import type { BoardPicture } from './whiteboard-contract.ts';

/** No picture comes in larger than this, in board pixels. */
const LARGEST = 640;

export interface PicturesOptions {
  store: BoardStore;
  /** The middle of the view … */
  middle: () => Place;
  /** … and how long a side of a picture there may be. */
  room: () => number;
  uploadImage: () => ((file: File) => Promise<string>) | undefined;
  importPages: () => ((files: File[]) => Promise<readonly BoardPicture[]>) | undefined;
  /** What was put there, to be selected. */
  onAdded: (id: string) => void;
}

/** Brings pictures onto the board, from wherever the user has them. */
export function usePictures({ store, middle, room, uploadImage, importPages, onAdded }: PicturesOptions) {
  /** Where a picture is asked for, while it is. */
  const askedAt = shallowRef<Place>();

  async function insert(
    source: string | File,
    { alt = '', at = askedAt.value ?? middle() }: { alt?: string; at?: Place | undefined } = {},
  ): Promise<void> {
    askedAt.value = undefined;
    try {
      const url = typeof source === 'string' ? source : await (uploadImage() ?? smallPicture)(source);
      // Asked before it is loaded: what the board would refuse is not fetched.
      const natural = isSafeImageUrl(url) ? await sizeOf(url) : { width: LARGEST, height: LARGEST };
      const longest = Math.min(LARGEST, room());
      const scale = Math.min(1, longest / Math.max(natural.width, natural.height));
      const [width, height] = [natural.width * scale, natural.height * scale];
      store.change((board) => {
        const id = board.add({
          kind: 'image',
          pageId: store.pageId,
          url,
          width,
          height,
          ...(alt !== '' && { alt }),
          style: { color: 'black', width: 1 },
          transform: { x: at.x - width / 2, y: at.y - height / 2, scaleX: 1, scaleY: 1 },
        });
        onAdded(id);
      });
    } catch (error) {
      store.notify({ kind: 'image-failed', cause: error });
    }
  }

  return {
    askedAt,
    insert,
    ask: (at: Place) => (askedAt.value = at),
    dismiss: () => (askedAt.value = undefined),
    /** Each picture that the app makes of the files becomes a page. */
    addPages: async (files: File[]): Promise<void> => {
      try {
        for (const picture of (await importPages()?.(files)) ?? [])
          store.addPage({ kind: 'image', ...picture });
      } catch (error) {
        store.notify({ kind: 'import-failed', cause: error });
      }
    },
  };
}

function sizeOf(url: string): Promise<{ width: number; height: number }> {
  return new Promise((resolve, reject) => {
    const image = new Image();
    image.onload = () =>
      resolve({ width: image.naturalWidth || LARGEST, height: image.naturalHeight || LARGEST });
    image.onerror = () => reject(new Error('unable to show the picture; it did not load'));
    image.src = url;
  });
}
