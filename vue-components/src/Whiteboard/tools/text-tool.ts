import type { EditedText, Tool } from './desk.ts';
import { noDrag } from './desk.ts';
import { fontSizeOf } from './tool-options.ts';

/** A text is so wide, or as wide as the view lets it be; where a press leaves it less than the least, it begins before that. */
const TEXT_WIDTH = 360;
const LEAST_WIDTH = 160;
const NOTE_SIDE = 190;
/** What is free beside it, in multiples of a press's reach. */
const MARGIN = 2;

/** Opens the editor: on the text below the press, or on a new one there. */
export const textTool =
  (kind: 'text' | 'note'): Tool =>
  (start, desk) => {
    const { board, options, pageId, reach, visible } = desk;
    const below = board.get(desk.touched(start, start, desk.reach / 2).at(-1) ?? '');
    if (below && 'text' in below) {
      desk.edit(below);
      return noDrag;
    }
    const fontSize = fontSizeOf(options);
    const isNote = kind === 'note';
    const margin = reach * MARGIN;
    const end = visible.x + visible.width - margin;
    /** Of something so wide, no farther to the right than it has room in the view. */
    const within = (x: number, width: number) => Math.min(x, Math.max(visible.x + margin, end - width));
    const least = Math.min(LEAST_WIDTH, visible.width - 2 * margin);
    const width = Math.min(TEXT_WIDTH, Math.max(end - start.x, least));
    const size = isNote ? { width: NOTE_SIDE, height: NOTE_SIDE } : { width };
    const style = isNote
      ? { color: 'black', width: 1, fill: options.color }
      : { color: options.color, width: 1 };
    // A text begins at the press, a note lies under it.
    const at = isNote
      ? { x: within(start.x - NOTE_SIDE / 2, NOTE_SIDE), y: start.y - NOTE_SIDE / 2 }
      : { x: within(start.x, width), y: start.y - fontSize * 0.65 };
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
