import { grow, union, type Place, type Rect } from '../model/geometry.ts';
import { toScreen, type Camera } from './camera.ts';
import { handlesOf, HANDLE_SIZE } from './handles.ts';
import type { LaserTrail } from './laser-trail.ts';
import { traceRect } from './outline.ts';
import type { ThemeColors } from './theme-colors.ts';

/** A member's pointer on the board. `color` and `onColor` are CSS colours: what it is drawn in, and words on it. */
export interface Cursor extends Place {
  id: string;
  name: string;
  color: string;
  onColor: string;
}

/** The part of the board that the leader sees. */
export interface LeaderBox extends Rect {
  name: string;
  color: string;
  onColor: string;
}

type Context = CanvasRenderingContext2D;

const LABEL_PX = 12;
const LABEL_HEIGHT = 20;
const LASER_WIDTH = 5;
/** So far down from the top do the bars reach that may lie over the view. */
const BARS_PX = 72;

/** Each draws in screen pixels and returns where, so that only that much is cleared before the next frame. */
export function drawSelection(
  context: Context,
  camera: Camera,
  bounds: Rect,
  hasHandles: boolean,
  colors: ThemeColors,
): Rect {
  const frame = screenRect(camera, bounds);
  context.strokeStyle = colors.accent;
  context.lineWidth = 1.5;
  context.strokeRect(frame.x, frame.y, frame.width, frame.height);
  if (hasHandles) {
    context.fillStyle = colors.paper;
    for (const { x, y } of Object.values(handlesOf(frame))) {
      context.beginPath();
      traceRect(context, x - HANDLE_SIZE / 2, y - HANDLE_SIZE / 2, HANDLE_SIZE, HANDLE_SIZE, 2.5);
      context.fill();
      context.stroke();
    }
  }
  return grow(frame, HANDLE_SIZE);
}

export function drawMarquee(context: Context, camera: Camera, marquee: Rect, colors: ThemeColors): Rect {
  const frame = screenRect(camera, marquee);
  context.globalAlpha = 0.08;
  context.fillStyle = colors.accent;
  context.fillRect(frame.x, frame.y, frame.width, frame.height);
  context.globalAlpha = 1;
  context.strokeStyle = colors.accent;
  context.lineWidth = 1;
  context.strokeRect(frame.x, frame.y, frame.width, frame.height);
  return grow(frame, 2);
}

export function drawLeader(context: Context, camera: Camera, box: LeaderBox, colors: ThemeColors): Rect {
  const frame = screenRect(camera, box);
  context.strokeStyle = box.color;
  context.lineWidth = 2;
  context.setLineDash([8, 6]);
  context.strokeRect(frame.x, frame.y, frame.width, frame.height);
  context.setLineDash([]);
  // Where it is to be read: in view, and not under the bars above.
  const clamped = (least: number, from: number, length: number) =>
    Math.min(Math.max(least, from), from + length);
  const at = { x: clamped(0, frame.x, frame.width), y: clamped(BARS_PX, frame.y, frame.height) };
  const label = drawLabel(context, at, box, colors);
  return union([grow(frame, 2), label]) ?? label;
}

export function drawCursor(context: Context, camera: Camera, cursor: Cursor, colors: ThemeColors): Rect {
  const { x, y } = toScreen(camera, cursor);
  context.beginPath();
  context.moveTo(x, y);
  context.lineTo(x + 4.5, y + 15);
  context.lineTo(x + 7.5, y + 8.5);
  context.lineTo(x + 14.5, y + 6);
  context.closePath();
  context.lineJoin = 'round';
  context.lineWidth = 3;
  context.strokeStyle = colors.paper;
  context.stroke();
  context.fillStyle = cursor.color;
  context.fill();
  const label = drawLabel(context, { x: x + 11, y: y + 15 }, cursor, colors);
  return union([{ x: x - 2, y: y - 2, width: 20, height: 20 }, label]) ?? label;
}

/** The light of a laser, thinner and fainter the longer ago it was there. Undefined once it is gone. */
export function drawLaser(
  context: Context,
  camera: Camera,
  laser: LaserTrail,
  nowMs: number,
  isStill: boolean,
): Rect | undefined {
  const pieces = isStill ? laser.pieces(nowMs).slice(-1) : laser.pieces(nowMs);
  // Pieces that overlapped would show as beads.
  context.lineCap = isStill ? 'round' : 'butt';
  context.strokeStyle = laser.color;
  const areas = pieces.map(({ from, to, light }) => {
    const [a, b] = [toScreen(camera, from), toScreen(camera, to)];
    context.globalAlpha = light;
    context.lineWidth = LASER_WIDTH * (0.3 + 0.7 * light);
    context.beginPath();
    context.moveTo(a.x, a.y);
    context.lineTo(b.x, b.y);
    context.stroke();
    return union([
      { ...a, width: 0, height: 0 },
      { ...b, width: 0, height: 0 },
    ]);
  });
  context.globalAlpha = 1;
  const area = union(areas.filter((rect) => rect !== undefined));
  return area && grow(area, LASER_WIDTH);
}

function drawLabel(
  context: Context,
  at: Place,
  { name, color, onColor }: Pick<Cursor, 'name' | 'color' | 'onColor'>,
  { font }: ThemeColors,
): Rect {
  context.font = `600 ${LABEL_PX}px ${font}`;
  context.textBaseline = 'middle';
  // In a page that runs from right to left, the start of a line is its right end.
  context.textAlign = 'left';
  const width = context.measureText(name).width + 12;
  context.beginPath();
  traceRect(context, at.x, at.y, width, LABEL_HEIGHT, 6);
  context.fillStyle = color;
  context.fill();
  context.fillStyle = onColor;
  context.fillText(name, at.x + 6, at.y + LABEL_HEIGHT / 2 + 0.5);
  return { ...at, width: width + 2, height: LABEL_HEIGHT + 2 };
}

export function screenRect(camera: Camera, rect: Rect): Rect {
  return {
    ...toScreen(camera, rect),
    width: rect.width * camera.zoom,
    height: rect.height * camera.zoom,
  };
}
