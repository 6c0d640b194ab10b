import { encode, encodeGrowth, THINNING, type InkOptions, type Point, type RawPoint } from './ink.ts';
import { simplify } from './simplify.ts';

/** How far finished ink may stray from the smoothed, in px: below what is seen. */
const TOLERANCE = 0.35;
/** The hand's tremor is evened out over about so long. */
const SMOOTHING_MS = 18;
const SHORTEST_STEP_MS = 4;
/** So fast, in px a ms, simulated ink is at its thinnest. */
const SWIFT = 1.6;

/**
 * Makes ink of pointer events, once, while it is drawn: smoothing and simulated pressure depend only on what came before,
 * so that what was seen does not move when the stroke is finished.
 */
export class InkCapture {
  readonly #options: InkOptions;
  readonly #smoothed: Point[] = [];
  #last: RawPoint | undefined;
  #told = 0;
  #toldPoints = 0;

  constructor(options: InkOptions) {
    this.#options = options;
  }

  /** How many raw points came in; see `STROKE_POINTS`. */
  get length(): number {
    return this.#smoothed.length;
  }

  /** The stroke so far, to the very place of the pointer. */
  get points(): Point[] {
    const [end, raw] = [this.#smoothed.at(-1), this.#last];
    if (!end || !raw || (end.x === raw.x && end.y === raw.y)) return [...this.#smoothed];
    return [...this.#smoothed, { x: raw.x, y: raw.y, pressure: end.pressure }];
  }

  add(raw: RawPoint): void {
    const [end, last] = [this.#smoothed.at(-1), this.#last];
    const felt = raw.pressure !== undefined && raw.pressure > 0 ? Math.min(1, raw.pressure) : undefined;
    this.#last = raw;
    if (!end || !last) {
      this.#smoothed.push({ x: raw.x, y: raw.y, pressure: this.#options.isEven ? 0.5 : (felt ?? 0.5) });
      return;
    }
    const stepMs = Math.max(SHORTEST_STEP_MS, raw.timeMs - last.timeMs);
    const share = 1 - Math.exp(-stepMs / SMOOTHING_MS);
    const speed = Math.hypot(raw.x - last.x, raw.y - last.y) / stepMs;
    const aim = this.#options.isEven ? 0.5 : (felt ?? 0.7 - 0.45 * Math.min(1, speed / SWIFT));
    this.#smoothed.push({
      x: end.x + (raw.x - end.x) * share,
      y: end.y + (raw.y - end.y) * share,
      pressure: end.pressure + (aim - end.pressure) * (share / 2),
    });
  }

  /** The finished stroke. */
  bake(): Uint8Array {
    return encode(simplify(this.points, TOLERANCE, this.#reach), this.#options.isEven);
  }

  /** What grew since the last call, for a preview: its bytes, and how many preview points came before. Undefined where nothing did. */
  growth(): { from: number; bytes: Uint8Array } | undefined {
    if (this.#told === this.#smoothed.length) return undefined;
    const points = simplify(this.#smoothed.slice(this.#told), TOLERANCE, this.#reach);
    const from = this.#toldPoints;
    this.#told = this.#smoothed.length;
    this.#toldPoints += points.length;
    return { from, bytes: encodeGrowth(points) };
  }

  get #reach(): number {
    return this.#options.isEven ? 0 : this.#options.width * THINNING;
  }
}

/** The finished ink of a whole stroke: what `InkCapture` makes of its pointer events. */
export function bake(raw: readonly RawPoint[], options: InkOptions): Uint8Array {
  const capture = new InkCapture(options);
  for (const point of raw) capture.add(point);
  return capture.bake();
}
