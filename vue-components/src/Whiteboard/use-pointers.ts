import type { Place } from './model/geometry.ts';
import type { PointerFacts } from './tools/pointer-router.ts';
import type { BoardCamera } from './use-board-view.ts';
import type { BoardTools } from './use-tools.ts';

/** Of a wheel's turn, how much nearer it brings. */
const WHEEL_ZOOM = 0.0025;
const LINE_PX = 32;

function factsOf({
  pointerId,
  pointerType,
  clientX,
  clientY,
  pressure,
  timeStamp,
  button,
}: PointerEvent): PointerFacts {
  const kind = pointerType === 'pen' || pointerType === 'touch' ? pointerType : 'mouse';
  return { id: pointerId, kind, x: clientX, y: clientY, pressure, at: timeStamp, button };
}

/** Handlers for what the pointers and the wheel do on the canvas. `hover` is told where a pointer is that does nothing. */
export function usePointers(tools: BoardTools, camera: BoardCamera, hover: (client: Place) => void) {
  const { router } = tools;
  return {
    onPointerdown(event: PointerEvent): void {
      const host = event.currentTarget as HTMLElement;
      host.setPointerCapture(event.pointerId);
      // Words that are marked elsewhere would go on getting what is copied and pasted.
      host.ownerDocument.getSelection()?.removeAllRanges();
      tools.holdKeys({ isShift: event.shiftKey });
      router.down(factsOf(event));
    },
    onPointermove(event: PointerEvent): void {
      if (router.isIdle) {
        hover({ x: event.clientX, y: event.clientY });
        return;
      }
      // What lay between two frames is the roundness of a curve.
      const coalesced = event.getCoalescedEvents();
      router.move((coalesced.length > 0 ? coalesced : [event]).map(factsOf));
    },
    onPointerup(event: PointerEvent): void {
      router.up(event.pointerId);
    },
    onPointercancel(event: PointerEvent): void {
      router.cancel(event.pointerId);
    },
    onWheel(event: WheelEvent): void {
      const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE_PX : 1;
      const [dx, dy] = [event.deltaX * unit, event.deltaY * unit];
      // A pinch on a trackpad comes as a wheel with Ctrl.
      if (event.ctrlKey || event.metaKey) {
        camera.zoomBy(Math.exp(-dy * WHEEL_ZOOM), { x: event.clientX, y: event.clientY });
      } else if (event.shiftKey && dx === 0) camera.panBy(-dy, 0);
      else camera.panBy(-dx, -dy);
    },
  };
}
