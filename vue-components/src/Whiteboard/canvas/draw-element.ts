import type { BoardElement } from '../model/element.ts';
import { decode, type Point } from '../model/ink.ts';
import type { ImageCache } from './image-cache.ts';
import { traceInk, traceRect, traceShape, type Shape } from './outline.ts';
import { heightOf, layoutText, NOTE_PADDING, NOTE_RADIUS } from './text-layout.ts';
import { colorOf, type ThemeColors } from './theme-colors.ts';

export type Context = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

/** What drawing needs besides the element. */
export interface Paint {
  colors: ThemeColors;
  /** The picture of a URL if it may be drawn now. */
  image: (url: string) => ReturnType<ImageCache['get']>;
}

type Ink = Extract<BoardElement, { points: Uint8Array }>;

/** Points never change, so their outline is made once. Beside it what it was made with. */
const paths = new WeakMap<Uint8Array, { width: number; kind: Ink['kind']; path: Path2D }>();

function inkPath({ points, style: { width }, kind }: Ink): Path2D {
  const known = paths.get(points);
  if (known?.width === width && known.kind === kind) return known.path;
  const path = new Path2D();
  traceInk(path, decode(points), width, kind === 'highlight');
  paths.set(points, { width, kind, path });
  return path;
}

/** Draws an element where it stands; the context is in board pixels before and after. */
export function drawElement(context: Context, element: BoardElement, paint: Paint): void {
  const { x, y, scaleX, scaleY } = element.transform;
  context.save();
  context.translate(x, y);
  context.scale(scaleX, scaleY);
  context.globalAlpha = element.style.opacity ?? 1;
  drawLocal(context, element, paint);
  context.restore();
}

/** Ink that is still growing. */
export function drawPoints(
  context: Context,
  points: readonly Point[],
  { kind, style }: Pick<Ink, 'kind' | 'style'>,
  colors: ThemeColors,
): void {
  const path = new Path2D();
  traceInk(path, points, style.width, kind === 'highlight');
  context.save();
  context.globalAlpha = style.opacity ?? 1;
  fillInk(context, path, { kind, style }, colors);
  context.restore();
}

function fillInk(
  context: Context,
  path: Path2D,
  { kind, style }: Pick<Ink, 'kind' | 'style'>,
  colors: ThemeColors,
): void {
  if (kind === 'highlight') context.globalCompositeOperation = colors.isDark ? 'screen' : 'multiply';
  context.fillStyle = colorOf(kind === 'highlight' ? colors.marker : colors.ink, style.color);
  context.fill(path);
}

function drawLocal(context: Context, element: BoardElement, paint: Paint): void {
  switch (element.kind) {
    case 'ink':
    case 'highlight':
      fillInk(context, inkPath(element), element, paint.colors);
      return;
    case 'line':
    case 'arrow':
    case 'rectangle':
    case 'ellipse':
      drawShape(context, element, paint.colors);
      return;
    case 'text':
    case 'note':
      drawText(context, element, paint.colors);
      return;
    case 'image':
      drawImage(context, element, paint);
  }
}

function drawShape(context: Context, shape: Shape, colors: ThemeColors): void {
  const { kind, style } = shape;
  context.beginPath();
  traceShape(context, shape);
  if (style.fill !== undefined && (kind === 'rectangle' || kind === 'ellipse')) {
    context.fillStyle = colorOf(colors.tint, style.fill);
    context.fill();
  }
  context.lineWidth = style.width;
  context.lineCap = context.lineJoin = 'round';
  context.strokeStyle = colorOf(colors.ink, style.color);
  context.stroke();
}

function drawText(
  context: Context,
  element: Extract<BoardElement, { text: string }>,
  colors: ThemeColors,
): void {
  const { lines, lineHeight, direction } = layoutText(element, colors.font);
  const isNote = element.kind === 'note';
  if (isNote) {
    context.beginPath();
    traceRect(context, 0, 0, element.width, heightOf(element, colors.font), NOTE_RADIUS);
    context.fillStyle = colorOf(colors.tint, element.style.fill ?? 'yellow');
    context.fill();
  }
  const padding = isNote ? NOTE_PADDING : 0;
  context.font = `${element.fontSize}px ${colors.font}`;
  context.textBaseline = 'middle';
  context.fillStyle = colorOf(colors.ink, element.style.color);
  // Never as the page runs that the canvas stands in: the picture is the same for everyone.
  context.direction = direction;
  context.textAlign = 'start';
  const start = direction === 'rtl' ? element.width - padding : padding;
  for (const [index, line] of lines.entries()) {
    context.fillText(line, start, padding + (index + 0.5) * lineHeight);
  }
}

function drawImage(
  context: Context,
  { url, width, height, alt }: Extract<BoardElement, { kind: 'image' }>,
  { colors, image }: Paint,
): void {
  const picture = image(url);
  if (picture) {
    context.drawImage(picture, 0, 0, width, height);
    return;
  }
  // A quiet frame with the picture's words until it is there.
  context.beginPath();
  traceRect(context, 0, 0, width, height, Math.min(NOTE_RADIUS, width / 2, height / 2));
  context.fillStyle = colors.tint.grey;
  context.fill();
  if (alt === undefined) return;
  context.clip();
  context.font = `14px ${colors.font}`;
  context.textBaseline = 'middle';
  context.textAlign = 'left';
  context.fillStyle = colors.muted;
  context.fillText(alt, NOTE_PADDING, height / 2);
}
