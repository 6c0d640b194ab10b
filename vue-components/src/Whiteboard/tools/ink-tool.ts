import { newElementId } from '../model/board-document.ts';
import { STROKE_POINTS } from '../model/ink.ts';
import { InkCapture } from '../model/ink-capture.ts';
import type { OwnStroke, Tool } from './desk.ts';
import { widthOf } from './tool-options.ts';

const PIECE_POINTS = STROKE_POINTS / 2;

/** Draws: a stroke goes to the board once, when the pointer is lifted; a very long one in pieces. */
export const inkTool =
  (kind: 'ink' | 'highlight'): Tool =>
  (start, desk) => {
    const isEven = kind === 'highlight';
    const width = widthOf(isEven ? 'highlighter' : 'pen', desk.options);
    const style = { color: desk.options.color, width };
    const begin = (): OwnStroke => ({
      id: newElementId(),
      kind,
      style,
      capture: new InkCapture({ width, isEven }),
    });
    const close = desk.board.step();
    let stroke = begin();
    stroke.capture.add(start);
    desk.showStroke(stroke);

    const commit = () => {
      const { id, capture } = stroke;
      desk.change(() => desk.board.add({ id, kind, pageId: desk.pageId, style, points: capture.bake() }));
    };
    const finish = () => {
      desk.showStroke(undefined);
      close();
    };
    return {
      move(samples) {
        for (const sample of samples) {
          stroke.capture.add(sample);
          if (stroke.capture.length < PIECE_POINTS) continue;
          commit();
          stroke = begin();
          stroke.capture.add(sample);
        }
        desk.showStroke(stroke);
      },
      end() {
        commit();
        finish();
      },
      cancel: finish,
    };
  };
