import type { Place } from '../model/geometry.ts';
import { splitStroke } from '../model/split-stroke.ts';
import type { Desk, Tool } from './desk.ts';

/** How large the eraser is, in multiples of a press's reach. */
const RADIUS = 1.25;

/** Takes away what it passes over: whole elements, or of ink only the part below it. One press is one step of undo. */
export const eraserTool: Tool = (start, desk) => {
  const close = desk.board.step();
  const radius = desk.reach * RADIUS;
  const pass = (path: readonly Place[]) => {
    desk.change(() =>
      desk.board.transact(() => {
        const touched = new Set(path.flatMap((to, index) => desk.touched(path[index - 1] ?? to, to, radius)));
        if (desk.options.isPartial) for (const id of touched) erasePart(desk, id, path, radius);
        else desk.board.remove(touched);
      }),
    );
  };
  let last: Place = start;
  pass([start]);
  return {
    move(samples) {
      pass([last, ...samples]);
      last = samples.at(-1) ?? last;
    },
    end: close,
    cancel: close,
  };
};

/** Shapes, texts and pictures have no parts, and stay. */
function erasePart(desk: Desk, id: string, path: readonly Place[], radius: number): void {
  const element = desk.board.get(id);
  if (!element || !('points' in element)) return;
  const pieces = splitStroke(element, path, radius);
  if (pieces.length !== 1 || pieces[0] !== element.points) desk.board.splitStroke(id, pieces);
}
