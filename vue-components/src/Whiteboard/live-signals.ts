import type { Member, ReceivedSignal } from '@chalkline/client-sdk';
import type { BoardClassroom } from './board-classroom.ts';
import { concatBase64, fromBase64, toBase64 } from './base64.ts';
import type { BoardDocument } from './model/board-document.ts';
import { isRecord, type ElementId, type PageId } from './model/element.ts';
import { Emitter } from './model/emitter.ts';
import type { Place, Rect } from './model/geometry.ts';
import { decodeGrowth, encodeGrowth, type Point } from './model/ink.ts';
import { isColor } from './model/palette.ts';
import type { OwnStroke } from './tools/desk.ts';

/** What a peer's stroke has grown by. */
export interface PeerInk {
  userId: string;
  id: ElementId;
  pageId: PageId;
  kind: 'ink' | 'highlight';
  style: { color: string; width: number };
  from: number;
  points: readonly Point[];
}

interface LiveSignalsEvents {
  ink: PeerInk;
  /** The stroke was given up. */
  dropInk: ElementId;
  cursor: Place & { userId: string; pageId: PageId };
  laser: { userId: string; pageId: PageId; points: readonly Place[] };
  camera: { userId: string; pageId: PageId; view: Rect };
}

interface InkData {
  id: string;
  pageId: string;
  kind: string;
  style: unknown;
  from: number;
  growth: string;
}

interface LaserData {
  pageId: string;
  points: string;
}

/** An idle pointer is told of no more often than this, and one that is for the teachers' eyes alone less often. */
const IDLE_CURSOR_MS = 333;
const CLASS_CURSOR_MS = 1_000;
/** In a larger class students' pointers are for teachers: if 30 saw each other's, that would cost more than all ink. */
const SMALL_CLASS = 6;
const FARTHEST = 1_000_000;

/**
 * What of the drawing is told while it goes on: growing strokes, pointers, lasers, the leader's view. Little leaves, and what
 * comes from others is checked like anything from outside.
 */
export class LiveSignals {
  readonly #classroom: BoardClassroom;
  readonly #pageId: () => PageId;
  readonly #board: () => BoardDocument;
  readonly #events = new Emitter<LiveSignalsEvents>();
  readonly #stop: () => void;
  #stroke: OwnStroke | undefined;
  #toldAtMs = 0;
  #hasTold = false;

  constructor(classroom: BoardClassroom, board: () => BoardDocument, pageId: () => PageId) {
    [this.#classroom, this.#board, this.#pageId] = [classroom, board, pageId];
    this.#stop = classroom.signals.on('signal', (signal) => this.#receive(signal));
  }

  on<K extends keyof LiveSignalsEvents>(
    event: K,
    listener: (payload: LiveSignalsEvents[K]) => void,
  ): () => void {
    return this.#events.on(event, listener);
  }

  dispose(): void {
    this.#stop();
  }

  /** Our own stroke as it is now; undefined once it is on the board or given up. A short one sends nothing at all. */
  draw(stroke: OwnStroke | undefined, nowMs: number): void {
    const { signals } = this.#classroom;
    const last = this.#stroke;
    if (stroke?.id !== last?.id) {
      signals.cancel('board.ink');
      if (last && this.#hasTold && !this.#board().get(last.id)) this.#tell(last, 0, '');
      this.#stroke = stroke;
      this.#hasTold = false;
      this.#toldAtMs = nowMs;
      return;
    }
    if (!stroke || nowMs - this.#toldAtMs < signals.intervalMs) return;
    const growth = stroke.capture.growth();
    if (!growth) return;
    this.#toldAtMs = nowMs;
    this.#hasTold = true;
    this.#tell(stroke, growth.from, toBase64(growth.bytes));
  }

  /** Where our pointer is, while it does not draw. */
  moveTo({ x, y }: Place): void {
    const { role, signals } = this.#classroom;
    if (this.#stroke) return;
    const data = { pageId: this.#pageId(), x: Math.round(x), y: Math.round(y) };
    const isForAll = this.#isSmall || role === 'teacher';
    const options = isForAll
      ? { everyMs: IDLE_CURSOR_MS }
      : { everyMs: CLASS_CURSOR_MS, to: 'teachers' as const };
    signals.send('board.cursor', data, options);
  }

  /** Whether we are to see where a member points: in a larger class students see their teachers alone. */
  shows({ role }: Pick<Member, 'role'>): boolean {
    return this.#isSmall || role === 'teacher' || this.#classroom.role === 'teacher';
  }

  get #isSmall(): boolean {
    return this.#classroom.presence.members.length <= SMALL_CLASS;
  }

  point(places: readonly Place[]): void {
    const points = places.map(({ x, y }) => ({ x, y, pressure: 0 }));
    const data: LaserData = { pageId: this.#pageId(), points: toBase64(encodeGrowth(points)) };
    this.#classroom.signals.send('board.laser', data, {
      merge: (waiting, newest) => ({ ...newest, points: concatBase64(waiting.points, newest.points) }),
    });
  }

  /** What we see, for those who follow us. */
  show({ x, y, width, height }: Rect): void {
    const [left, top, across, down] = [x, y, width, height].map(Math.round);
    this.#classroom.signals.send('view.camera', {
      pageId: this.#pageId(),
      x: left,
      y: top,
      width: across,
      height: down,
    });
  }

  #tell({ id, kind, style }: OwnStroke, from: number, growth: string): void {
    const data: InkData = { id, pageId: this.#pageId(), kind, style, from, growth };
    this.#classroom.signals.send('board.ink', data, {
      merge: (waiting, newest) =>
        waiting.id === newest.id && newest.growth !== ''
          ? { ...waiting, growth: concatBase64(waiting.growth, newest.growth) }
          : newest,
    });
  }

  #receive({ userId, type, data }: ReceivedSignal): void {
    if (!isRecord(data) || typeof data.pageId !== 'string') return;
    const { pageId } = data;
    const { x, y, width, height } = data;
    if (type === 'board.ink') this.#receiveInk(userId, pageId, data);
    else if (type === 'board.laser' && typeof data.points === 'string') {
      this.#events.emit('laser', { userId, pageId, points: pointsOf(data.points) });
    } else if (!isPlace(x) || !isPlace(y)) return;
    else if (type === 'board.cursor') this.#events.emit('cursor', { userId, pageId, x, y });
    else if (type === 'view.camera' && isSize(width) && isSize(height)) {
      this.#events.emit('camera', { userId, pageId, view: { x, y, width, height } });
    }
  }

  #receiveInk(
    userId: string,
    pageId: PageId,
    { id, kind, style, from, growth }: Record<string, unknown>,
  ): void {
    const isSound =
      typeof id === 'string' &&
      (kind === 'ink' || kind === 'highlight') &&
      isRecord(style) &&
      isColor(style.color) &&
      typeof style.width === 'number' &&
      style.width > 0 &&
      style.width <= 100 &&
      typeof from === 'number' &&
      from >= 0 &&
      typeof growth === 'string';
    // Its stroke is on the board: the preview comes too late.
    if (!isSound || this.#board().get(id)) return;
    const points = pointsOf(growth);
    const { color, width } = style as { color: string; width: number };
    if (points.length === 0) this.#events.emit('dropInk', id);
    else this.#events.emit('ink', { userId, id, pageId, kind, style: { color, width }, from, points });
  }
}

function isPlace(value: unknown): value is number {
  return typeof value === 'number' && Math.abs(value) <= FARTHEST;
}

function isSize(value: unknown): value is number {
  return isPlace(value) && value > 0;
}

function pointsOf(text: string): Point[] {
  const bytes = fromBase64(text);
  return bytes ? decodeGrowth(bytes) : [];
}
