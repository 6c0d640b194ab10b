import { TEXT_LENGTH } from './model/element.ts';
import type { BoardStore } from './board-store.ts';
import type { Place } from './model/geometry.ts';
import { isSafeImageUrl } from './model/safe-url.ts';
import { isBlank } from '../text/is-blank.ts';
import { fontSizeOf, initialOptions } from './tools/tool-options.ts';
import type { BoardTools } from './use-tools.ts';

export interface PasteOptions {
  store: BoardStore;
  tools: BoardTools;
  canEdit: () => boolean;
  /** Where what is pasted goes. */
  middle: () => Place;
  insert: (source: string | File) => Promise<void>;
}

const TEXT_WIDTH = 420;
const isPictureAddress = (text: string) =>
  /\.(png|jpe?g|gif|webp|avif)(\?|$)/i.test(text) && isSafeImageUrl(text);

/** A handler that puts what is pasted onto the board: a picture, the address of one, or text. */
export function usePaste({ store, tools, canEdit, middle, insert }: PasteOptions) {
  return (event: ClipboardEvent): void => {
    const { clipboardData, target } = event;
    if (!canEdit() || !clipboardData || (target instanceof HTMLElement && target.matches('input, textarea')))
      return;
    const picture = [...clipboardData.files].find(({ type }) => type.startsWith('image/'));
    const text = clipboardData.getData('text/plain').trim();
    if (!picture && isBlank(text)) return;
    event.preventDefault();
    if (picture) void insert(picture);
    else if (isPictureAddress(text)) void insert(text);
    else {
      const { x, y } = middle();
      const { text: options } = initialOptions();
      store.change((board) => {
        const id = board.add({
          kind: 'text',
          pageId: store.pageId,
          text: text.slice(0, TEXT_LENGTH),
          width: TEXT_WIDTH,
          fontSize: fontSizeOf(options),
          style: { color: options.color, width: 1 },
          transform: { x: x - TEXT_WIDTH / 2, y, scaleX: 1, scaleY: 1 },
        });
        tools.choose('select');
        tools.select([id]);
      });
    }
  };
}
