import type { Place } from '../model/geometry.ts';

/** How long a place of the laser is seen. */
export const LASER_MS = 900;
/** A pause longer than this begins a new line. */
const PAUSE_MS = 250;

interface LaserPoint extends Place {
  timeMs: number;
  isStart: boolean;
}

/** Where a laser pointer was within the last moment. Places that come together are spread over the time since the last. */
export class LaserTrail {
  color = '';
  #points: LaserPoint[] = [];

  add(places: readonly Place[], color: string, nowMs: number): void {
    this.color = color;
    const lastMs = this.#points.at(-1)?.timeMs ?? -Infinity;
    const isStart = nowMs - lastMs > PAUSE_MS;
    const sinceMs = isStart ? nowMs : lastMs;
    for (const [index, { x, y }] of places.entries()) {
      const timeMs = sinceMs + ((nowMs - sinceMs) * (index + 1)) / places.length;
      this.#points.push({ x, y, timeMs, isStart: isStart && index === 0 });
    }
  }

  /** The pieces that are seen now, each with how much of its light is left, from 1 to 0. */
  pieces(nowMs: number): { from: Place; to: Place; light: number }[] {
    this.#points = this.#points.filter(({ timeMs }) => nowMs - timeMs < LASER_MS);
    return this.#points.map((to, index) => {
      const from = to.isStart ? to : (this.#points[index - 1] ?? to);
      return { from, to, light: Math.max(0, 1 - (nowMs - to.timeMs) / LASER_MS) };
    });
  }
}
