import { toElement } from '../model/element.ts';
import { grow, union, type Place, type Rect } from '../model/geometry.ts';
import type { Point } from '../model/ink.ts';
import { boundsOf } from './bounds.ts';
import type { Camera, Size } from './camera.ts';
import { drawElement, drawPoints, type Paint } from './draw-element.ts';
import {
  drawCursor,
  drawLaser,
  drawLeader,
  drawMarquee,
  drawSelection,
  screenRect,
  type Cursor,
} from './draw-live.ts';
import type { LiveLayer } from './live-layer.ts';
import { REACH } from './outline.ts';

/** A cursor that is told of three times a second glides to its new place in about so long. */
const GLIDE_MS = 90;

export interface OverlayView {
  camera: Camera;
  size: Size;
  ratio: number;
  pageId: string;
  paint: Paint;
  reducedMotion: boolean;
}

/** The canvas above the board on which the live layer is drawn; clears no more than was drawn. */
export class Overlay {
  readonly canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D;
  readonly #live: LiveLayer;
  #drawn: Rect[] = [];
  readonly #places = new Map<string, Place>();
  #lastMs = 0;

  constructor(document: Document, live: LiveLayer) {
    this.#live = live;
    this.canvas = document.createElement('canvas');
    this.canvas.ariaHidden = 'true';
    const context = this.canvas.getContext('2d');
    if (!context) throw new Error('unable to draw the board; the browser gives no canvas');
    this.#context = context;
    this.canvas.style.cssText = 'position:absolute;left:0;top:0;pointer-events:none';
  }

  /** Draws one frame; returns whether something is still in motion. */
  draw(nowMs: number, view: OverlayView): boolean {
    const context = this.#context;
    this.#clear(view);
    const [live, drawn] = [this.#live, this.#drawn];
    const { camera, paint, pageId, reducedMotion } = view;
    let isMoving = false;

    this.#toBoardPixels(view);
    for (const { growth, kind, style, pageId: page } of live.peers.values()) {
      if (page !== pageId) continue;
      this.#drawInk(growth.pointsAt(nowMs, reducedMotion), { kind, style }, view);
      isMoving ||= !growth.isCaughtUp;
    }
    if (live.stroke) this.#drawInk(live.stroke.points, live.stroke, view);
    const draft = live.draft?.pageId === pageId ? toDraftElement(live.draft) : undefined;
    if (draft) {
      drawElement(context, draft, paint);
      drawn.push(grow(screenRect(camera, boundsOf(draft, paint.colors.font)), 2));
    }

    context.setTransform(view.ratio, 0, 0, view.ratio, 0, 0);
    const { leader, selection, marquee } = live;
    if (leader) drawn.push(drawLeader(context, camera, leader, paint.colors));
    if (selection) {
      drawn.push(drawSelection(context, camera, selection.bounds, selection.hasHandles, paint.colors));
    }
    if (marquee) drawn.push(drawMarquee(context, camera, marquee, paint.colors));
    for (const [userId, laser] of live.lasers) {
      const area = drawLaser(context, camera, laser, nowMs, reducedMotion);
      if (area) drawn.push(area);
      else live.lasers.delete(userId);
      isMoving ||= area !== undefined;
    }
    const share = reducedMotion ? 1 : 1 - Math.exp(-(nowMs - this.#lastMs) / GLIDE_MS);
    for (const cursor of live.cursors) {
      const place = this.#glide(cursor, share);
      isMoving ||= place.x !== cursor.x || place.y !== cursor.y;
      drawn.push(drawCursor(context, camera, { ...cursor, ...place }, paint.colors));
    }
    for (const id of this.#places.keys()) {
      if (!live.cursors.some((cursor) => cursor.id === id)) this.#places.delete(id);
    }
    this.#lastMs = nowMs;
    return isMoving;
  }

  #drawInk(
    points: readonly Point[],
    ink: Parameters<typeof drawPoints>[2],
    { camera, paint }: OverlayView,
  ): void {
    const area = union(points.map(({ x, y }) => ({ x, y, width: 0, height: 0 })));
    if (!area) return;
    drawPoints(this.#context, points, ink, paint.colors);
    this.#drawn.push(grow(screenRect(camera, grow(area, ink.style.width * REACH)), 2));
  }

  #glide(cursor: Cursor, share: number): Place {
    const from = this.#places.get(cursor.id);
    const [dx, dy] = from ? [cursor.x - from.x, cursor.y - from.y] : [0, 0];
    const isThere = !from || Math.hypot(dx, dy) < 0.5;
    const place = isThere ? { x: cursor.x, y: cursor.y } : { x: from.x + dx * share, y: from.y + dy * share };
    this.#places.set(cursor.id, place);
    return place;
  }

  #clear({ size, ratio }: OverlayView): void {
    const [width, height] = [Math.round(size.width * ratio), Math.round(size.height * ratio)];
    if (this.canvas.width !== width || this.canvas.height !== height) {
      [this.canvas.width, this.canvas.height] = [width, height];
      this.canvas.style.width = `${width / ratio}px`;
      this.canvas.style.height = `${height / ratio}px`;
    }
    this.#context.setTransform(ratio, 0, 0, ratio, 0, 0);
    for (const { x, y, width: w, height: h } of this.#drawn)
      this.#context.clearRect(x - 1, y - 1, w + 2, h + 2);
    this.#drawn = [];
  }

  #toBoardPixels({ camera, ratio }: OverlayView): void {
    const scale = camera.zoom * ratio;
    this.#context.setTransform(scale, 0, 0, scale, -camera.x * scale, -camera.y * scale);
  }
}

function toDraftElement(draft: object) {
  return toElement({ id: 'draft', order: 'V000', authorId: '', ...draft });
}
