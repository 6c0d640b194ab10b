import { TEXT_LENGTH, type BoardElement } from './model/element.ts';
import type { BoardStore } from './board-store.ts';
import { boundsOf } from './canvas/bounds.ts';
import { COPIES_TYPE, readCopies, writeCopies } from './element-copies.ts';
import { isField } from './is-field.ts';
import { contains, union, type Place } from './model/geometry.ts';
import { isSafeImageUrl } from './model/safe-url.ts';
import { isBlank } from '../text/is-blank.ts';
import { fontSizeOf, initialOptions } from './tools/tool-options.ts';
import type { BoardCamera } from './use-board-view.ts';
import { BESIDE } from './use-selection-actions.ts';
import type { BoardTools } from './use-tools.ts';

export interface ClipboardOptions {
  store: BoardStore;
  tools: BoardTools;
  camera: BoardCamera;
  /** What the board's texts are written in. */
  font: () => string;
  canEdit: () => boolean;
  /** Puts copies of elements on the page, and selects them. */
  addCopies: (elements: readonly BoardElement[], by: Place) => void;
  insert: (source: string | File, at?: Place) => Promise<void>;
  remove: () => void;
}

const TEXT_WIDTH = 420;
const isPictureAddress = (text: string) =>
  /\.(png|jpe?g|gif|webp|avif)(\?|$)/i.test(text) && isSafeImageUrl(text);
const pictureIn = ({ files }: DataTransfer) => [...files].find(({ type }) => type.startsWith('image/'));

/** Handlers that copy what is selected, and put on the board what is pasted or dropped: elements, a picture, the address of one, or text. */
export function useClipboard(options: ClipboardOptions) {
  const { store, tools, camera, font, canEdit, addCopies, insert, remove } = options;

  /** @returns whether something was copied. */
  function copy({ clipboardData, target }: ClipboardEvent): boolean {
    const elements = tools.selected.value;
    if (!clipboardData || isField(target) || elements.length === 0) return false;
    clipboardData.setData(COPIES_TYPE, writeCopies(elements));
    const texts = elements.flatMap((element) => ('text' in element ? element.text : []));
    clipboardData.setData('text/plain', texts.join('\n'));
    return true;
  }

  function pasteElements(copied: readonly BoardElement[]): void {
    const bounds = union(copied.map((element) => boundsOf(element, font())));
    const visible = camera.view.value?.visible;
    if (!bounds || !visible) return;
    const middle = camera.middle();
    const by = contains(visible, bounds)
      ? BESIDE
      : { x: middle.x - bounds.x - bounds.width / 2, y: middle.y - bounds.y - bounds.height / 2 };
    addCopies(copied, by);
  }

  function pasteText(text: string): void {
    const { x, y } = camera.middle();
    const width = Math.min(TEXT_WIDTH, camera.room());
    const { text: looks } = initialOptions();
    store.change((board) => {
      const id = board.add({
        kind: 'text',
        pageId: store.pageId,
        text: text.slice(0, TEXT_LENGTH),
        width,
        fontSize: fontSizeOf(looks),
        style: { color: looks.color, width: 1 },
        transform: { x: x - width / 2, y, scaleX: 1, scaleY: 1 },
      });
      tools.choose('select');
      tools.select([id]);
    });
  }

  return {
    onCopy: (event: ClipboardEvent): void => {
      if (copy(event)) event.preventDefault();
    },
    onCut: (event: ClipboardEvent): void => {
      if (!canEdit() || !copy(event)) return;
      event.preventDefault();
      remove();
    },
    onPaste: (event: ClipboardEvent): void => {
      const { clipboardData, target } = event;
      if (!canEdit() || !clipboardData || isField(target)) return;
      const copied = readCopies(clipboardData.getData(COPIES_TYPE), store.pageId);
      const picture = pictureIn(clipboardData);
      const text = clipboardData.getData('text/plain').trim();
      if (copied.length === 0 && !picture && isBlank(text)) return;
      event.preventDefault();
      if (copied.length > 0) pasteElements(copied);
      else if (picture) void insert(picture);
      else if (isPictureAddress(text)) void insert(text);
      else pasteText(text);
    },
    onDrop: (event: DragEvent): void => {
      // Left to itself, the browser would go from the lesson to the file.
      event.preventDefault();
      const picture = event.dataTransfer && pictureIn(event.dataTransfer);
      if (!canEdit() || !picture) return;
      void insert(picture, camera.view.value?.toBoard({ x: event.clientX, y: event.clientY }));
    },
  };
}
