import { IDENTITY, type Place, type Rect } from '../model/geometry.ts';
import type { ElementId, NewElement, PageId, Style } from '../model/element.ts';
import type { Point } from '../model/ink.ts';
import { GrowingStroke } from './growing-stroke.ts';
import { LaserTrail } from './laser-trail.ts';
import type { Cursor, LeaderBox } from './draw-live.ts';

/** One's own ink while it is drawn. */
export interface LiveStroke {
  kind: 'ink' | 'highlight';
  style: Style;
  points: readonly Point[];
}

/** A peer's ink as a signal tells of it. */
export interface PeerGrowth {
  id: ElementId;
  pageId: PageId;
  kind: 'ink' | 'highlight';
  style: Style;
  /** How many points came before. */
  from: number;
  points: readonly Point[];
}

export interface PeerStroke extends Pick<PeerGrowth, 'pageId' | 'kind' | 'style'> {
  growth: GrowingStroke;
}

/** A shape of one's own that is not on the board yet. */
export type Draft = Exclude<NewElement, { points: Uint8Array }>;

/**
 * What lives above the board and is not part of it: strokes and shapes that are being drawn, lasers, cursors, the selection.
 * All in board pixels. Setting is cheap; it is drawn with the next frame.
 */
export class LiveLayer {
  readonly peers = new Map<ElementId, PeerStroke>();
  readonly lasers = new Map<string, LaserTrail>();
  #stroke: LiveStroke | undefined;
  #draft: Draft | undefined;
  #cursors: readonly Cursor[] = [];
  #selection: { bounds: Rect; hasHandles: boolean } | undefined;
  #marquee: Rect | undefined;
  #leader: LeaderBox | undefined;
  readonly #changed: () => void;
  readonly #now: () => number;

  constructor(changed: () => void, now: () => number) {
    this.#changed = changed;
    this.#now = now;
  }

  get stroke(): LiveStroke | undefined {
    return this.#stroke;
  }
  set stroke(stroke: LiveStroke | undefined) {
    this.#stroke = stroke;
    this.#changed();
  }

  get draft(): Draft | undefined {
    return this.#draft;
  }
  set draft(draft: Draft | undefined) {
    this.#draft = draft && { transform: IDENTITY, ...draft };
    this.#changed();
  }

  get cursors(): readonly Cursor[] {
    return this.#cursors;
  }
  set cursors(cursors: readonly Cursor[]) {
    this.#cursors = cursors;
    this.#changed();
  }

  /** A frame around what is selected, with or without handles to resize it. */
  get selection(): { bounds: Rect; hasHandles: boolean } | undefined {
    return this.#selection;
  }
  set selection(selection: { bounds: Rect; hasHandles: boolean } | undefined) {
    this.#selection = selection;
    this.#changed();
  }

  /** The rectangle that is being drawn to select with. */
  get marquee(): Rect | undefined {
    return this.#marquee;
  }
  set marquee(marquee: Rect | undefined) {
    this.#marquee = marquee;
    this.#changed();
  }

  /** What the leader sees, for those who look elsewhere. */
  get leader(): LeaderBox | undefined {
    return this.#leader;
  }
  set leader(leader: LeaderBox | undefined) {
    this.#leader = leader;
    this.#changed();
  }

  /** Lets a peer's stroke grow; the element of the same id takes its place by itself. */
  grow({ id, pageId, kind, style, from, points }: PeerGrowth): void {
    let peer = this.peers.get(id);
    if (!peer) this.peers.set(id, (peer = { pageId, kind, style, growth: new GrowingStroke() }));
    peer.growth.add(from, points, this.#now());
    this.#changed();
  }

  /** Forgets a peer's stroke: it was given up, or its author left. */
  drop(id: ElementId): void {
    if (this.peers.delete(id)) this.#changed();
  }

  /** Draws on with the laser of `userId`; it fades by itself. */
  point(userId: string, color: string, places: readonly Place[]): void {
    let laser = this.lasers.get(userId);
    if (!laser) this.lasers.set(userId, (laser = new LaserTrail()));
    laser.add(places, color, this.#now());
    this.#changed();
  }
}
