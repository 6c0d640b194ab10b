import { getStroke } from 'perfect-freehand';
import type { BoardElement } from '../model/element.ts';
import { THINNING, type Point } from '../model/ink.ts';

/** What paths are drawn on: a `Path2D`, or text for SVG, so that both show the same. */
export interface PathSink {
  moveTo(x: number, y: number): void;
  lineTo(x: number, y: number): void;
  quadraticCurveTo(controlX: number, controlY: number, x: number, y: number): void;
  bezierCurveTo(ax: number, ay: number, bx: number, by: number, x: number, y: number): void;
  closePath(): void;
}

/** The farthest that ink reaches from its points, as a share of the stroke's width. */
export const REACH = 0.5 + THINNING / 2;

export type Shape = Extract<BoardElement, { kind: 'line' | 'arrow' | 'rectangle' | 'ellipse' }>;

/** Control points so far along a tangent make a quarter of a circle. */
const QUARTER = 0.5522847498;

/** The edge of a stroke. The points are smooth already and their pressure is final. */
export function traceInk(sink: PathSink, points: readonly Point[], width: number, isEven: boolean): void {
  const [dot] = points;
  if (!dot) return;
  if (points.length === 1) {
    const radius = isEven ? width / 2 : width * (0.5 + THINNING * (dot.pressure - 0.5));
    traceEllipse(sink, dot.x - radius, dot.y - radius, 2 * radius, 2 * radius);
    return;
  }
  const outline = getStroke(
    points.map(({ x, y, pressure }) => [x, y, pressure]),
    { size: width, thinning: isEven ? 0 : THINNING, streamline: 0, simulatePressure: false, last: true },
  );
  const last = outline.at(-1);
  const first = outline[0];
  if (!last || !first) return;
  // Through the middle of each piece, with its ends as control points.
  sink.moveTo((last[0] + first[0]) / 2, (last[1] + first[1]) / 2);
  outline.forEach(([x, y], index) => {
    const [nextX, nextY] = outline[index + 1] ?? first;
    sink.quadraticCurveTo(x, y, (x + nextX) / 2, (y + nextY) / 2);
  });
  sink.closePath();
}

/** A shape where its geometry stands. */
export function traceShape(sink: PathSink, { kind, width, height, style }: Shape): void {
  switch (kind) {
    case 'rectangle':
      traceRect(sink, 0, 0, width, height);
      return;
    case 'ellipse':
      traceEllipse(sink, 0, 0, width, height);
      return;
    case 'arrow':
      traceArrow(sink, width, height, style.width);
      return;
    case 'line':
      sink.moveTo(0, 0);
      sink.lineTo(width, height);
  }
}

function traceEllipse(sink: PathSink, x: number, y: number, width: number, height: number): void {
  const [rx, ry] = [width / 2, height / 2];
  const [cx, cy] = [x + rx, y + ry];
  const [kx, ky] = [rx * QUARTER, ry * QUARTER];
  sink.moveTo(cx + rx, cy);
  sink.bezierCurveTo(cx + rx, cy + ky, cx + kx, cy + ry, cx, cy + ry);
  sink.bezierCurveTo(cx - kx, cy + ry, cx - rx, cy + ky, cx - rx, cy);
  sink.bezierCurveTo(cx - rx, cy - ky, cx - kx, cy - ry, cx, cy - ry);
  sink.bezierCurveTo(cx + kx, cy - ry, cx + rx, cy - ky, cx + rx, cy);
  sink.closePath();
}

export function traceRect(
  sink: PathSink,
  x: number,
  y: number,
  width: number,
  height: number,
  radius = 0,
): void {
  const [right, bottom, k] = [x + width, y + height, radius * (1 - QUARTER)];
  sink.moveTo(x + radius, y);
  sink.lineTo(right - radius, y);
  if (radius > 0) sink.bezierCurveTo(right - k, y, right, y + k, right, y + radius);
  sink.lineTo(right, bottom - radius);
  if (radius > 0) sink.bezierCurveTo(right, bottom - k, right - k, bottom, right - radius, bottom);
  sink.lineTo(x + radius, bottom);
  if (radius > 0) sink.bezierCurveTo(x + k, bottom, x, bottom - k, x, bottom - radius);
  sink.lineTo(x, y + radius);
  if (radius > 0) sink.bezierCurveTo(x, y + k, x + k, y, x + radius, y);
  sink.closePath();
}

/** The shaft, and two barbs at its end that grow with the line's width but never beyond the line itself. */
function traceArrow(sink: PathSink, width: number, height: number, lineWidth: number): void {
  sink.moveTo(0, 0);
  sink.lineTo(width, height);
  const barb = Math.min(Math.hypot(width, height) / 2, 8 + lineWidth * 2.5);
  const angle = Math.atan2(height, width);
  for (const turn of [-0.5, 0.5]) {
    sink.moveTo(width - barb * Math.cos(angle + turn), height - barb * Math.sin(angle + turn));
    sink.lineTo(width, height);
  }
}
