import RBush from 'rbush';
import type { BoardDocument, ElementsChange } from '../model/board-document.ts';
import { compareElements, type BoardElement, type ElementId, type PageId } from '../model/element.ts';
import type { Rect } from '../model/geometry.ts';
import { boundsOf } from './bounds.ts';

interface Entry {
  element: BoardElement;
  bounds: Rect;
  minX: number;
  minY: number;
  maxX: number;
  maxY: number;
}

/** What has to be drawn because the page changed. */
export interface SceneChange {
  /** New and above everything else: drawn on top. */
  onTop: readonly BoardElement[];
  /** Where something changed below the top: drawn anew. */
  dirty: readonly Rect[];
}

/** The elements of one page by place: an R-tree over their bounds. */
export class Scene {
  readonly #board: BoardDocument;
  readonly #font: string;
  readonly #entries = new Map<ElementId, Entry>();
  readonly #tree = new RBush<Entry>(16);
  #top: BoardElement | undefined;

  constructor(board: BoardDocument, pageId: PageId, font: string) {
    this.#board = board;
    this.#font = font;
    const elements = board.elements(pageId);
    const entries = elements.map((element) => this.#enter(element));
    this.#tree.load(entries);
    this.#top = elements.at(-1);
  }

  get ids(): Iterable<ElementId> {
    return this.#entries.keys();
  }

  element(id: ElementId): BoardElement | undefined {
    return this.#entries.get(id)?.element;
  }

  bounds(id: ElementId): Rect | undefined {
    return this.#entries.get(id)?.bounds;
  }

  /** What lies within or across `area`, from the bottom to the top. */
  search(area: Rect): BoardElement[] {
    return this.#find(area)
      .map(({ element }) => element)
      .sort(compareElements);
  }

  take({ added, changed, removed }: Pick<ElementsChange, 'added' | 'changed' | 'removed'>): SceneChange {
    const dirty: Rect[] = [];
    for (const id of [...removed, ...changed, ...added]) {
      const entry = this.#entries.get(id);
      if (!entry) continue;
      dirty.push(entry.bounds);
      this.#tree.remove(entry);
      this.#entries.delete(id);
      if (id === this.#top?.id) this.#top = undefined;
    }
    const onTop: BoardElement[] = [];
    const fresh = [...changed, ...added].flatMap((id) => this.#board.get(id) ?? []).sort(compareElements);
    for (const element of fresh) {
      const entry = this.#enter(element);
      this.#top ??= this.#topmost();
      if (changed.length === 0 && (!this.#top || compareElements(this.#top, element) < 0))
        onTop.push(element);
      else dirty.push(entry.bounds);
      if (!this.#top || compareElements(this.#top, element) < 0) this.#top = element;
    }
    const entries = fresh.flatMap(({ id }) => this.#entries.get(id) ?? []);
    if (entries.length > 50) this.#tree.load(entries);
    else for (const entry of entries) this.#tree.insert(entry);
    return { onTop, dirty };
  }

  #enter(element: BoardElement): Entry {
    const bounds = boundsOf(element, this.#font);
    const { x, y, width, height } = bounds;
    const entry = { element, bounds, minX: x, minY: y, maxX: x + width, maxY: y + height };
    this.#entries.set(element.id, entry);
    return entry;
  }

  /** The highest of those that were here before: the document's own list holds the new ones already. */
  #topmost(): BoardElement | undefined {
    let top: BoardElement | undefined;
    for (const { element } of this.#tree.all()) if (!top || compareElements(top, element) < 0) top = element;
    return top;
  }

  #find({ x, y, width, height }: Rect): Entry[] {
    return this.#tree.search({ minX: x, minY: y, maxX: x + width, maxY: y + height });
  }
}
