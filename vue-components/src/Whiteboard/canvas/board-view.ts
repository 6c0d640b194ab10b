import type { BoardDocument } from '../model/board-document.ts';
import type { ElementId, PageId } from '../model/element.ts';
import { Emitter } from '../model/emitter.ts';
import { contains, grow, rectBetween, union, type Place, type Rect } from '../model/geometry.ts';
import { touches } from '../model/touches.ts';
import { Backing } from './backing.ts';
import { clampZoom, fitted, toBoard, toScreen, viewOf, zoomedAt, type Camera, type Size } from './camera.ts';
import { screenRect } from './draw-live.ts';
import { handleNear, type Handle } from './handles.ts';
import { Handover } from './handover.ts';
import { ImageCache } from './image-cache.ts';
import { LiveLayer } from './live-layer.ts';
import { Overlay } from './overlay.ts';
import { Scene } from './scene.ts';
import type { ThemeColors } from './theme-colors.ts';

export interface BoardViewOptions {
  board: BoardDocument;
  pageId: PageId;
  theme: ThemeColors;
  /** Shows at once what would otherwise glide or grow. */
  reducedMotion: boolean;
}

export interface BoardViewEvents {
  camera: Camera;
  /** A frame was drawn. */
  frame: undefined;
}

/**
 * Draws one page of a board into `host`, which it fills, and answers what lies where. Two views of equal boards with the
 * same page, camera and size end in the same pixels, whatever the order in which things came.
 */
export class BoardView {
  readonly live: LiveLayer;
  readonly #board: BoardDocument;
  readonly #window: Window;
  readonly #root: HTMLElement;
  readonly #backing: Backing;
  readonly #overlay: Overlay;
  readonly #handover: Handover;
  readonly #images: ImageCache;
  readonly #events = new Emitter<BoardViewEvents>();
  readonly #observer: ResizeObserver;
  readonly #unsubscribe: (() => void)[];
  #scene: Scene;
  #pageId: PageId;
  #theme: ThemeColors;
  #reducedMotion: boolean;
  #camera: Camera = { x: 0, y: 0, zoom: 1 };
  #size: Size = { width: 0, height: 0 };
  #frame: number | undefined;
  #settled: (() => void)[] = [];

  constructor(host: HTMLElement, { board, pageId, theme, reducedMotion }: BoardViewOptions) {
    [this.#board, this.#pageId, this.#theme] = [board, pageId, theme];
    this.#reducedMotion = reducedMotion;
    const page = host.ownerDocument;
    this.#window = page.defaultView ?? window;
    this.#root = page.createElement('div');
    this.#root.style.cssText = 'position:absolute;inset:0;overflow:hidden;contain:strict';
    this.#images = new ImageCache((url) => this.#showImage(url));
    this.live = new LiveLayer(this.#requestFrame, () => performance.now());
    this.#backing = new Backing(this.#root);
    this.#overlay = new Overlay(this.#root, this.live);
    this.#handover = new Handover(this.live);
    host.append(this.#root);
    this.#scene = new Scene(board, pageId, theme.font);
    this.#show(false);
    this.#observer = new ResizeObserver(() => this.#resize());
    this.#observer.observe(this.#root);
    this.#resize();
    this.#unsubscribe = [
      board.on('elements', (change) => {
        const isSeen = change.pageId === this.#pageId;
        const admitted = this.#handover.admit(change, board, isSeen && !this.#reducedMotion);
        if (!isSeen) return;
        this.#backing.take(this.#scene.take(admitted));
        this.#requestFrame();
      }),
      board.on('pages', () => this.#show(true)),
    ];
  }

  get page(): PageId {
    return this.#pageId;
  }
  set page(pageId: PageId) {
    if (pageId === this.#pageId) return;
    this.#pageId = pageId;
    this.#scene = new Scene(this.#board, pageId, this.#theme.font);
    this.#show(false);
  }

  get camera(): Camera {
    return this.#camera;
  }

  /** What of the board is seen. */
  get visible(): Rect {
    return viewOf(this.#camera, this.#size);
  }

  setCamera({ x, y, zoom }: Camera): void {
    this.#camera = { x, y, zoom: clampZoom(zoom) };
    this.#backing.setCamera(this.#camera, performance.now());
    this.#requestFrame();
    this.#events.emit('camera', this.#camera);
  }

  /** Moves the paper by screen pixels, as a hand on it does. */
  panBy(dx: number, dy: number): void {
    const { x, y, zoom } = this.#camera;
    this.setCamera({ x: x - dx / zoom, y: y - dy / zoom, zoom });
  }

  /** Nearer (above 1) or farther; the place under the client point stays under it. */
  zoomAt(client: Place, factor: number): void {
    this.setCamera(zoomedAt(this.#camera, this.#toView(client), factor));
  }

  /** Shows all of `bounds`, or all that is on the page; an empty page is shown from its corner. */
  fit(bounds: Rect | undefined = this.boundsOf(this.#scene.ids)): void {
    this.setCamera(bounds ? fitted(bounds, this.#size) : { x: 0, y: 0, zoom: 1 });
  }

  /** From a pointer event's client coordinates. */
  toBoard(client: Place): Place {
    return toBoard(this.#camera, this.#toView(client));
  }

  /** In pixels of the view, from its top left. */
  toScreen(place: Place): Place {
    return toScreen(this.#camera, place);
  }

  /** The topmost element that is seen within `tolerance` board pixels of a place. */
  hitTest(place: Place, tolerance: number): ElementId | undefined {
    return this.touched(place, place, tolerance).at(-1);
  }

  /** Every element that the straight way between two places touches, from the bottom to the top: an eraser's. */
  touched(from: Place, to: Place, tolerance: number): ElementId[] {
    return this.#scene
      .search(grow(rectBetween(from, to), tolerance))
      .filter((element) => {
        const bounds = this.#scene.bounds(element.id);
        return bounds && touches(element, bounds, from, to, tolerance);
      })
      .map(({ id }) => id);
  }

  /** What lies wholly within, from the bottom to the top. */
  within(rect: Rect): ElementId[] {
    return this.#scene
      .search(rect)
      .filter(({ id }) => contains(rect, this.#scene.bounds(id) ?? rect))
      .map(({ id }) => id);
  }

  /** The rectangle around elements of this page; undefined around none. */
  boundsOf(ids: Iterable<ElementId>): Rect | undefined {
    return union([...ids].flatMap((id) => this.#scene.bounds(id) ?? []));
  }

  /** The handle of the selection under a client point. @param reach in screen px */
  handleAt(client: Place, reach: number): Handle | undefined {
    const { selection } = this.live;
    if (!selection?.hasHandles) return undefined;
    return handleNear(screenRect(this.#camera, selection.bounds), this.#toView(client), reach);
  }

  setTheme(theme: ThemeColors): void {
    const isOtherFont = theme.font !== this.#theme.font;
    this.#theme = theme;
    if (isOtherFont) this.#scene = new Scene(this.#board, this.#pageId, theme.font);
    this.#show(!isOtherFont);
  }

  set reducedMotion(isReduced: boolean) {
    this.#reducedMotion = isReduced;
    this.#requestFrame();
  }

  /** Resolves once all that is known now is drawn sharp. */
  settled(): Promise<void> {
    return new Promise((resolve) => {
      this.#settled.push(resolve);
      this.#requestFrame();
    });
  }

  on<K extends keyof BoardViewEvents>(event: K, listener: (payload: BoardViewEvents[K]) => void): () => void {
    return this.#events.on(event, listener);
  }

  /** Takes its canvases out of the host; draws no more. */
  dispose(): void {
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    this.#observer.disconnect();
    if (this.#frame !== undefined) this.#window.cancelAnimationFrame(this.#frame);
    this.#root.remove();
  }

  get #subject() {
    const background = this.#board.pages.find(({ id }) => id === this.#pageId)?.background;
    const image = (url: string) => this.#images.get(url);
    return {
      scene: this.#scene,
      background: background ?? ({ kind: 'blank' } as const),
      paint: { colors: this.#theme, image },
    };
  }

  #show(isSamePage: boolean): void {
    this.#root.style.background = this.#theme.paper;
    // Another scene holds them all.
    if (!isSamePage) this.#handover.clear();
    this.#backing.show(this.#subject, isSamePage);
    this.#requestFrame();
  }

  #showImage(url: string): void {
    const { background } = this.#subject;
    if (background.kind === 'image' && background.url === url) this.#show(true);
    const dirty = [...this.#scene.ids].flatMap((id) => {
      const element = this.#scene.element(id);
      return element?.kind === 'image' && element.url === url ? (this.#scene.bounds(id) ?? []) : [];
    });
    this.#backing.take({ onTop: [], dirty });
    this.#requestFrame();
  }

  #toView({ x, y }: Place): Place {
    const { left, top } = this.#root.getBoundingClientRect();
    return { x: x - left, y: y - top };
  }

  #resize(): void {
    this.#size = { width: this.#root.clientWidth, height: this.#root.clientHeight };
    this.#requestFrame();
  }

  readonly #requestFrame = (): void => {
    this.#frame ??= this.#window.requestAnimationFrame(() => {
      this.#frame = undefined;
      this.#draw();
    });
  };

  #draw(): void {
    const nowMs = performance.now();
    // Another screen may have other pixels.
    this.#backing.setSize(this.#size, this.#window.devicePixelRatio);
    const added = this.#handover.release();
    if (added.length > 0) this.#backing.take(this.#scene.take({ added, changed: [], removed: [] }));
    const isBusy = this.#backing.frame(nowMs) || !this.#handover.isEmpty;
    const isMoving = this.#overlay.draw(nowMs, {
      camera: this.#camera,
      size: this.#size,
      ratio: this.#window.devicePixelRatio,
      pageId: this.#pageId,
      paint: this.#subject.paint,
      reducedMotion: this.#reducedMotion,
    });
    if (isBusy || isMoving) this.#requestFrame();
    if (!isBusy) for (const resolve of this.#settled.splice(0)) resolve();
    this.#events.emit('frame', undefined);
  }
}
