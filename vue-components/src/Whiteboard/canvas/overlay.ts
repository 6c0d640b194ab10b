import { toElement } from '../model/element.ts';
import { grow, union, type Place } from '../model/geometry.ts';
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
import { Layer } from './layer.ts';
import type { Draft, LiveLayer, LiveStroke } from './live-layer.ts';
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

/** Draws the live layer above the board. Highlighters have a canvas of their own, which blends with what is below. */
export class Overlay {
  readonly #live: LiveLayer;
  readonly #top: Layer;
  readonly #marker: Layer;
  readonly #places = new Map<string, Place>();
  #lastMs = 0;

  constructor(host: HTMLElement, live: LiveLayer) {
    this.#live = live;
    this.#marker = new Layer(host.ownerDocument);
    this.#top = new Layer(host.ownerDocument);
    host.append(this.#top.canvas);
  }

  /** Draws one frame; returns whether something is still in motion. */
  draw(nowMs: number, view: OverlayView): boolean {
    for (const layer of [this.#top, this.#marker]) layer.clear(view.size, view.ratio);
    const isGrowing = this.#drawStrokes(nowMs, view);
    this.#drawDraft(view);
    this.#drawFrames(view);
    const isShining = this.#drawLasers(nowMs, view);
    const isGliding = this.#drawCursors(nowMs, view);
    this.#lastMs = nowMs;
    this.#blend(view);
    return isGrowing || isShining || isGliding;
  }

  #drawStrokes(nowMs: number, view: OverlayView): boolean {
    let isGrowing = false;
    for (const { growth, kind, style, pageId } of this.#live.peers.values()) {
      if (pageId !== view.pageId) continue;
      this.#drawInk({ kind, style, points: growth.pointsAt(nowMs, view.reducedMotion) }, view);
      isGrowing ||= !growth.isCaughtUp;
    }
    if (this.#live.stroke) this.#drawInk(this.#live.stroke, view);
    return isGrowing;
  }

  #drawInk(stroke: LiveStroke, { camera, paint, ratio }: OverlayView): void {
    const { points, kind, style } = stroke;
    const area = areaOf(points);
    if (!area) return;
    const layer = kind === 'highlight' ? this.#marker : this.#top;
    layer.inBoardPixels(camera, ratio, () => drawPoints(layer.context, points, stroke, paint.colors));
    layer.drawn.push(grow(screenRect(camera, grow(area, style.width * REACH)), 2));
  }

  #drawDraft({ camera, pageId, paint, ratio }: OverlayView): void {
    const draft = this.#live.draft?.pageId === pageId ? toDraftElement(this.#live.draft) : undefined;
    if (!draft) return;
    this.#top.inBoardPixels(camera, ratio, () => drawElement(this.#top.context, draft, paint));
    this.#top.drawn.push(grow(screenRect(camera, boundsOf(draft, paint.colors.font)), 2));
  }

  #drawFrames({ camera, paint: { colors } }: OverlayView): void {
    const { context, drawn } = this.#top;
    const { leader, selection, marquee } = this.#live;
    if (leader) drawn.push(drawLeader(context, camera, leader, colors));
    if (selection) drawn.push(drawSelection(context, camera, selection.bounds, selection.hasHandles, colors));
    if (marquee) drawn.push(drawMarquee(context, camera, marquee, colors));
  }

  #drawLasers(nowMs: number, { camera, reducedMotion }: OverlayView): boolean {
    const { lasers } = this.#live;
    for (const [userId, laser] of lasers) {
      const area = drawLaser(this.#top.context, camera, laser, nowMs, reducedMotion);
      if (area) this.#top.drawn.push(area);
      else lasers.delete(userId);
    }
    return lasers.size > 0;
  }

  #drawCursors(nowMs: number, { camera, paint, reducedMotion }: OverlayView): boolean {
    const { cursors } = this.#live;
    const share = reducedMotion ? 1 : 1 - Math.exp(-(nowMs - this.#lastMs) / GLIDE_MS);
    let isGliding = false;
    for (const cursor of cursors) {
      const place = this.#glide(cursor, share);
      isGliding ||= place.x !== cursor.x || place.y !== cursor.y;
      this.#top.drawn.push(drawCursor(this.#top.context, camera, { ...cursor, ...place }, paint.colors));
    }
    for (const id of this.#places.keys()) {
      if (!cursors.some((cursor) => cursor.id === id)) this.#places.delete(id);
    }
    return isGliding;
  }

  #glide(cursor: Cursor, share: number): Place {
    const from = this.#places.get(cursor.id);
    const [dx, dy] = from ? [cursor.x - from.x, cursor.y - from.y] : [0, 0];
    const isThere = !from || Math.hypot(dx, dy) < 0.5;
    const place = isThere ? { x: cursor.x, y: cursor.y } : { x: from.x + dx * share, y: from.y + dy * share };
    this.#places.set(cursor.id, place);
    return place;
  }

  /** The blending canvas is only there while something is on it: it costs with every frame. */
  #blend({ paint: { colors } }: OverlayView): void {
    const { canvas, drawn } = this.#marker;
    canvas.style.mixBlendMode = colors.isDark ? 'screen' : 'multiply';
    if (drawn.length === 0) canvas.remove();
    else if (!canvas.isConnected) this.#top.canvas.before(canvas);
  }
}

function areaOf(points: readonly Point[]) {
  return union(points.map(({ x, y }) => ({ x, y, width: 0, height: 0 })));
}

function toDraftElement(draft: Draft) {
  return toElement({ id: 'draft', order: 'V000', authorId: '', ...draft });
}
