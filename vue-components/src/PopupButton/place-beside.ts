const GAP_PX = 8;
const EDGE_PX = 8;

/** Puts a panel below its button, or above where there is more room, and within the window; one edge of both stands in one line. */
export function placeBeside(panel: HTMLElement, button: HTMLElement, align: 'start' | 'end' = 'end'): void {
  const from = button.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = panel;
  const isRightToLeft = getComputedStyle(button).direction === 'rtl';
  const left = isRightToLeft === (align === 'end') ? from.left : from.right - width;
  const below = from.bottom + GAP_PX;
  const isBelow = below + height <= innerHeight - EDGE_PX || from.top < innerHeight / 2;
  const top = isBelow ? below : from.top - GAP_PX - height;
  panel.style.left = `${Math.max(EDGE_PX, Math.min(left, innerWidth - width - EDGE_PX))}px`;
  panel.style.top = `${Math.max(EDGE_PX, Math.min(top, innerHeight - height - EDGE_PX))}px`;
}
