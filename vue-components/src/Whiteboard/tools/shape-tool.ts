import type { Draft } from '../canvas/live-layer.ts';
import type { Sample, Tool } from './desk.ts';
import type { ShapeName } from './tool-names.ts';
import { widthOf } from './tool-options.ts';

/** Lines snap to these with Shift. */
const ANGLE = Math.PI / 12;

/** Draws a shape from corner to corner, a line from end to end; with Shift a square, a circle, a line of a round angle. */
export const shapeTool =
  (kind: ShapeName): Tool =>
  (start, desk) => {
    const { options, pageId } = desk;
    const isLine = kind === 'line' || kind === 'arrow';
    const style = {
      color: options.color,
      width: widthOf(kind, options),
      ...(options.isFilled && !isLine && { fill: options.color }),
    };
    let shape: Draft | undefined;

    const drawn = (to: Sample, isShift: boolean): Draft | undefined => {
      let [width, height] = [to.x - start.x, to.y - start.y];
      if (Math.hypot(width, height) < desk.reach) return undefined;
      if (isShift && isLine) {
        const length = Math.hypot(width, height);
        const angle = Math.round(Math.atan2(height, width) / ANGLE) * ANGLE;
        [width, height] = [length * Math.cos(angle), length * Math.sin(angle)];
      } else if (isShift) {
        const side = Math.max(Math.abs(width), Math.abs(height));
        [width, height] = [side * Math.sign(width || 1), side * Math.sign(height || 1)];
      }
      const corner = isLine
        ? { x: start.x, y: start.y }
        : { x: Math.min(start.x, start.x + width), y: Math.min(start.y, start.y + height) };
      const size = isLine ? { width, height } : { width: Math.abs(width), height: Math.abs(height) };
      return { kind, pageId, style, ...size, transform: { ...corner, scaleX: 1, scaleY: 1 } };
    };
    return {
      move(samples, { isShift }) {
        const last = samples.at(-1);
        if (!last) return;
        shape = drawn(last, isShift);
        desk.showDraft(shape);
      },
      end() {
        const finished = shape;
        desk.showDraft(undefined);
        if (!finished) return;
        desk.change(() => desk.board.add(finished));
      },
      cancel: () => desk.showDraft(undefined),
    };
  };
