import type { Point } from '../model/ink.ts';

/** What arrives is shown over about the time in which it was drawn, and never slower than this. */
const LONGEST_MS = 350;
const SHORTEST_MS = 40;
const FIRST_MS = 120;

/**
 * A peer's stroke that comes in few, batched pieces and grows as if it came point by point: each piece is played out over
 * the interval since the one before, from wherever the play stands.
 */
export class GrowingStroke {
  readonly #points: Point[] = [];
  /** How long the stroke is up to each point. */
  readonly #lengths: number[] = [];
  #shown = 0;
  #pxPerMs = 0;
  #lastPieceMs: number | undefined;
  #lastFrameMs = 0;

  /** Takes new points; those from `from` on are replaced, should a piece be told again. */
  add(from: number, points: readonly Point[], nowMs: number): void {
    // Nobody drew frames while it rested.
    if (this.isCaughtUp) this.#lastFrameMs = nowMs;
    this.#points.length = Math.min(this.#points.length, from);
    this.#lengths.length = this.#points.length;
    for (const point of points) {
      const last = this.#points.at(-1) ?? point;
      this.#lengths.push((this.#lengths.at(-1) ?? 0) + Math.hypot(point.x - last.x, point.y - last.y));
      this.#points.push(point);
    }
    const interval = this.#lastPieceMs === undefined ? FIRST_MS : nowMs - this.#lastPieceMs;
    this.#lastPieceMs = nowMs;
    this.#pxPerMs = (this.#length - this.#shown) / Math.max(SHORTEST_MS, Math.min(LONGEST_MS, interval));
  }

  get isCaughtUp(): boolean {
    return this.#shown >= this.#length;
  }

  get #length(): number {
    return this.#lengths.at(-1) ?? 0;
  }

  /** What is to be seen at `nowMs`; with `isWhole` all that came. */
  pointsAt(nowMs: number, isWhole: boolean): Point[] {
    this.#shown = isWhole
      ? this.#length
      : Math.min(this.#length, this.#shown + this.#pxPerMs * Math.max(0, nowMs - this.#lastFrameMs));
    this.#lastFrameMs = nowMs;
    const next = this.#lengths.findIndex((length) => length > this.#shown);
    if (next <= 0) return next < 0 ? [...this.#points] : [];
    const [last, point] = [this.#points[next - 1], this.#points[next]];
    const [from = 0, to = 0] = [this.#lengths[next - 1], this.#lengths[next]];
    const shown = this.#points.slice(0, next);
    if (!last || !point) return shown;
    const share = (this.#shown - from) / (to - from);
    shown.push({
      x: last.x + (point.x - last.x) * share,
      y: last.y + (point.y - last.y) * share,
      pressure: last.pressure + (point.pressure - last.pressure) * share,
    });
    return shown;
  }
}
