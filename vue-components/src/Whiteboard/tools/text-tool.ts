import type { EditedText, Tool } from './desk.ts';
import { noDrag } from './desk.ts';
import { fontSizeOf } from './tool-options.ts';

const TEXT_WIDTH = 360;
const NOTE_SIDE = 190;

/** Opens the editor: on the text below the press, or on a new one there. */
export const textTool =
  (kind: 'text' | 'note'): Tool =>
  (start, desk) => {
    const { board, options, pageId } = desk;
    const below = board.get(desk.touched(start, start, desk.reach / 2).at(-1) ?? '');
    if (below && 'text' in below) {
      desk.edit(below);
      return noDrag;
    }
    const fontSize = fontSizeOf(options);
    const isNote = kind === 'note';
    const size = isNote ? { width: NOTE_SIDE, height: NOTE_SIDE } : { width: TEXT_WIDTH };
    const style = isNote
      ? { color: 'black', width: 1, fill: options.color }
      : { color: options.color, width: 1 };
    // A text begins at the press, a note lies under it.
    const at = isNote
      ? { x: start.x - NOTE_SIDE / 2, y: start.y - NOTE_SIDE / 2 }
      : { x: start.x, y: start.y - fontSize * 0.65 };
    const text: EditedText = {
      kind,
      pageId,
      text: '',
      fontSize,
      style,
      transform: { ...at, scaleX: 1, scaleY: 1 },
      ...size,
    };
    return { ...noDrag, end: () => desk.edit(text) };
  };
