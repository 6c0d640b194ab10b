import { ByteReader, ByteWriter } from './bytes.ts';

/** What a pointer event tells, in board pixels. */
export interface RawPoint {
  x: number;
  y: number;
  /** The event's `timeStamp`: how fast the hand was makes the pressure of a device that has none. */
  timeMs: number;
  /** From 0 to 1; left out (or 0) by devices that do not feel it: it is then simulated. */
  pressure?: number;
}

/** A point of finished ink. */
export interface Point {
  x: number;
  y: number;
  /** From 0 to 1. */
  pressure: number;
}

export interface InkOptions {
  /** The stroke's width in board pixels. */
  width: number;
  /** Ink of one thickness, whatever the pressure: the highlighter's. @default false */
  isEven?: boolean;
}

/** Most points of one stroke. A longer one is committed in pieces: commit at so many raw points, and go on from the last. */
export const STROKE_POINTS = 2000;

/** How much of a stroke's width follows the pressure. */
export const THINNING = 0.6;

/** Coordinates beyond are damage: ±1,000,000 px. */
const FARTHEST = 4_000_000;
const STEPS_PER_PIXEL = 4;
const PRESSURE_STEPS = 63;
const FORMAT = 1;

/** Ink as it is kept: ¼ px steps from point to point, and steps of pressure unless the ink `isEven`. */
export function encode(points: readonly Point[], isEven = false): Uint8Array {
  const writer = new ByteWriter().number(FORMAT * 2 + (isEven ? 0 : 1));
  writeSteps(writer, points, !isEven);
  return writer.finish();
}

/** The points of `encode`; of damaged bytes those before the damage. Never throws, and gives at most `STROKE_POINTS`. */
export function decode(bytes: Uint8Array): Point[] {
  const reader = new ByteReader(bytes);
  const format = reader.number();
  if (format >> 1 !== FORMAT) return [];
  return readSteps(reader, STROKE_POINTS, (format & 1) === 1);
}

/** New points of a stroke that is being drawn. Such bytes can be joined end to end: each run begins with a whole place. */
export function encodeGrowth(points: readonly Point[]): Uint8Array {
  const writer = new ByteWriter().number(points.length);
  writeSteps(writer, points, true);
  return writer.finish();
}

/** The points of one or more growths. Never throws; damage ends them. */
export function decodeGrowth(bytes: Uint8Array): Point[] {
  const reader = new ByteReader(bytes);
  const points: Point[] = [];
  while (!reader.isDone && points.length < STROKE_POINTS) {
    const count = Math.min(reader.number(), STROKE_POINTS - points.length);
    points.push(...readSteps(reader, count, true));
  }
  return points;
}

function writeSteps(writer: ByteWriter, points: readonly Point[], hasPressure: boolean): void {
  let [lastX, lastY, lastPressure] = [0, 0, 0];
  for (const point of points) {
    const x = Math.round(point.x * STEPS_PER_PIXEL);
    const y = Math.round(point.y * STEPS_PER_PIXEL);
    writer.signed(x - lastX).signed(y - lastY);
    [lastX, lastY] = [x, y];
    if (!hasPressure) continue;
    const pressure = Math.round(point.pressure * PRESSURE_STEPS);
    writer.signed(pressure - lastPressure);
    lastPressure = pressure;
  }
}

function readSteps(reader: ByteReader, most: number, hasPressure: boolean): Point[] {
  const points: Point[] = [];
  let [x, y, pressure] = [0, 0, 0];
  while (points.length < most && !reader.isDone) {
    x += reader.signed();
    y += reader.signed();
    if (hasPressure) pressure += reader.signed();
    const isWithin = Math.abs(x) <= FARTHEST && Math.abs(y) <= FARTHEST;
    if (!isWithin || pressure < 0 || pressure > PRESSURE_STEPS) reader.isDamaged = true;
    if (reader.isDamaged) break;
    points.push({
      x: x / STEPS_PER_PIXEL,
      y: y / STEPS_PER_PIXEL,
      pressure: hasPressure ? pressure / PRESSURE_STEPS : 0.5,
    });
  }
  return points;
}
