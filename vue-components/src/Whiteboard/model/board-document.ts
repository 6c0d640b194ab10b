import * as Y from 'yjs';
import { BoardError } from './board-error.ts';
import { ElementIndex } from './element-index.ts';
import { readElement, writeChanges, writeElement } from './element-layout.ts';
import {
  toElement,
  type BoardElement,
  type ElementId,
  type ElementPatch,
  type NewElement,
  type PageId,
} from './element.ts';
import { Emitter } from './emitter.ts';
import { roundTransform } from './geometry.ts';
import { decode, STROKE_POINTS } from './ink.ts';
import { orderBetween } from './order.ts';
import { PageList } from './page-list.ts';
import type { Background, Page } from './page.ts';
import { restack, type Stacking } from './restack.ts';
import { isSafeImageUrl } from './safe-url.ts';

/** Most elements that `add` puts on one page. */
export const ELEMENTS_PER_PAGE = 20_000;

/** What changed on one page, by id. */
export interface ElementsChange {
  pageId: PageId;
  added: readonly ElementId[];
  changed: readonly ElementId[];
  removed: readonly ElementId[];
}

export interface BoardDocumentEvents {
  elements: ElementsChange;
  pages: readonly Page[];
  history: { canUndo: boolean; canRedo: boolean };
}

/** A short random id, for an element whose preview is shown before it is added. */
export function newElementId(): ElementId {
  const bytes = crypto.getRandomValues(new Uint8Array(9));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_');
}

/**
 * A board in a `Y.Doc`, and the only place that knows how it lies there. Read it any time; each change is one transaction
 * and one step to undo, unless made within `transact` or `step`. What a peer wrote that is no element is not there.
 */
export class BoardDocument {
  readonly #doc: Y.Doc;
  readonly #authorId: string;
  readonly #maps: Y.Map<unknown>;
  readonly #pageList: PageList;
  readonly #undo: Y.UndoManager;
  readonly #index = new ElementIndex();
  readonly #events = new Emitter<BoardDocumentEvents>();
  #openSteps = 0;

  constructor(doc: Y.Doc, options: { authorId: string }) {
    this.#doc = doc;
    this.#authorId = options.authorId;
    this.#maps = doc.getMap('elements');
    this.#pageList = new PageList(doc.getMap('pages'));
    // Only what is written under this board's own name: never another's work.
    this.#undo = new Y.UndoManager([this.#maps, this.#pageList.values], {
      trackedOrigins: new Set([this]),
      captureTimeout: Number.MAX_SAFE_INTEGER,
    });
    for (const [id, map] of this.#maps) this.#read(id, map);
    this.#maps.observeDeep(this.#take);
    this.#pageList.values.observe(this.#takePages);
    let told = { canUndo: false, canRedo: false };
    const tell = () => {
      const { canUndo, canRedo } = this;
      if (canUndo === told.canUndo && canRedo === told.canRedo) return;
      this.#events.emit('history', (told = { canUndo, canRedo }));
    };
    for (const event of ['stack-item-added', 'stack-item-popped', 'stack-cleared'] as const) {
      this.#undo.on(event, tell);
    }
  }

  /** In order; at least one, which is not written before it has something to say. */
  get pages(): readonly Page[] {
    return this.#pageList.pages;
  }

  /** From the bottom to the top; the same array until the page changes. */
  elements(pageId: PageId): readonly BoardElement[] {
    return this.#index.onPage(pageId);
  }

  get(id: ElementId): BoardElement | undefined {
    return this.#index.get(id);
  }

  on<K extends keyof BoardDocumentEvents>(
    event: K,
    listener: (payload: BoardDocumentEvents[K]) => void,
  ): () => void {
    return this.#events.on(event, listener);
  }

  /**
   * Puts an element on its page, on top unless it brings an order.
   * @throws BoardError `invalid-element`, `unsafe-url`, `stroke-too-long`, `page-full`
   */
  add(element: NewElement): ElementId {
    const { pageId } = element;
    const whole = this.#checked('add to the board', {
      id: newElementId(),
      order: orderBetween(this.#index.top(pageId)?.order, undefined),
      ...element,
      authorId: this.#authorId,
    });
    if (this.#index.count(pageId) >= ELEMENTS_PER_PAGE) {
      throw new BoardError('page-full', 'unable to add to the board; the page is full');
    }
    this.transact(() => this.#maps.set(whole.id, writeElement(whole)));
    return whole.id;
  }

  /**
   * Changes several in one transaction; one that is gone is passed over.
   * @throws BoardError as `add` does; then none has changed
   */
  update(changes: readonly { id: ElementId; patch: ElementPatch }[]): void {
    const pairs = changes.flatMap(({ id, patch }) => {
      const before = this.#index.get(id);
      if (!before) return [];
      const { transform = before.transform, ...others } = patch;
      const rounded = roundTransform(transform);
      return [
        [before, this.#checked('change the board', { ...before, ...others, transform: rounded })] as const,
      ];
    });
    this.transact(() => {
      for (const [before, after] of pairs) {
        const map = this.#maps.get(before.id);
        if (map instanceof Y.Map) writeChanges(map, before, after);
      }
    });
  }

  /** One that is gone already is passed over. */
  remove(ids: Iterable<ElementId>): void {
    this.transact(() => {
      for (const id of ids) if (this.#maps.has(id)) this.#maps.delete(id);
    });
  }

  /** Puts what is left of a stroke in its place: whoever erased, the pieces are its author's. A stroke that is gone stays gone. */
  splitStroke(id: ElementId, pieces: readonly Uint8Array[]): void {
    const stroke = this.#index.get(id);
    if (!stroke) return;
    const left = pieces.map((points) => this.#checked('erase', { ...stroke, id: newElementId(), points }));
    this.transact(() => {
      this.#maps.delete(id);
      for (const piece of left) this.#maps.set(piece.id, writeElement(piece));
    });
  }

  /** Moves elements of one page above or below others; among themselves they keep their order. */
  reorder(ids: readonly ElementId[], where: Stacking): void {
    const pageId = ids.map((id) => this.#index.get(id)).find((element) => element)?.pageId;
    if (pageId !== undefined) this.update(restack(this.elements(pageId), new Set(ids), where));
  }

  /** @throws BoardError `too-many-pages`, `unsafe-url` */
  addPage(after?: PageId, background?: Background): PageId {
    const id = newElementId();
    this.transact(() => this.#pageList.add(id, after, background));
    return id;
  }

  /** Removes a page and what is on it. @throws BoardError `last-page` */
  removePage(id: PageId): void {
    this.transact(() => {
      this.#pageList.remove(id);
      this.clearPage(id);
    });
  }

  /** Puts a page at `index` among the others. */
  movePage(id: PageId, index: number): void {
    this.transact(() => this.#pageList.move(id, index));
  }

  /** @throws BoardError `unsafe-url` */
  setBackground(id: PageId, background: Background): void {
    this.transact(() => this.#pageList.change(id, { background }));
  }

  renamePage(id: PageId, name: string): void {
    this.transact(() => this.#pageList.change(id, { name }));
  }

  clearPage(id: PageId): void {
    this.remove(this.elements(id).map((element) => element.id));
  }

  /** All that `work` changes is one transaction, one step to undo. */
  transact(work: () => void): void {
    const close = this.step();
    try {
      this.#doc.transact(work, this);
    } finally {
      close();
    }
  }

  /** All changes until the returned function is called are undone together: a drag that writes with every frame. */
  step(): () => void {
    if (this.#openSteps++ === 0) this.#undo.stopCapturing();
    let isOpen = true;
    return () => {
      if (isOpen) this.#openSteps--;
      isOpen = false;
    };
  }

  get canUndo(): boolean {
    return this.#undo.canUndo();
  }

  get canRedo(): boolean {
    return this.#undo.canRedo();
  }

  /** Takes back one's own last step that can be taken back; what others did since stays. */
  undo(): void {
    this.#undo.undo();
  }

  redo(): void {
    this.#undo.redo();
  }

  /** Lets go of the `Y.Doc`, which goes on. */
  dispose(): void {
    this.#maps.unobserveDeep(this.#take);
    this.#pageList.values.unobserve(this.#takePages);
    this.#undo.destroy();
  }

  #checked(operation: string, fields: NewElement | Record<string, unknown>): BoardElement {
    const element = toElement(fields as Record<string, unknown>);
    if (element && 'points' in element && decode(element.points).length >= STROKE_POINTS) {
      throw new BoardError('stroke-too-long', `unable to ${operation}; the stroke has too many points`);
    }
    if (element) return element;
    if ('url' in fields && !isSafeImageUrl(fields.url)) {
      throw new BoardError(
        'unsafe-url',
        `unable to ${operation}; the image's address is not http(s) or small data`,
      );
    }
    throw new BoardError(
      'invalid-element',
      `unable to ${operation}; the element is not complete or out of bounds`,
    );
  }

  #read(id: ElementId, map: unknown): BoardElement | undefined {
    const element = readElement(id, map);
    if (element) this.#index.set(element);
    else this.#index.delete(id);
    return element;
  }

  readonly #take = (events: Y.YEvent<Y.Map<unknown>>[]): void => {
    const ids = new Set<ElementId>();
    for (const event of events) {
      if (event.target === this.#maps) for (const id of event.changes.keys.keys()) ids.add(id);
      else ids.add(String(event.path[0]));
    }
    const pages = new Map<PageId, { added: ElementId[]; changed: ElementId[]; removed: ElementId[] }>();
    const of = (pageId: PageId) => {
      let page = pages.get(pageId);
      if (!page) pages.set(pageId, (page = { added: [], changed: [], removed: [] }));
      return page;
    };
    for (const id of ids) {
      const before = this.#index.get(id);
      const after = this.#read(id, this.#maps.get(id));
      if (before && before.pageId === after?.pageId) of(before.pageId).changed.push(id);
      else {
        if (before) of(before.pageId).removed.push(id);
        if (after) of(after.pageId).added.push(id);
      }
    }
    for (const [pageId, change] of pages) this.#events.emit('elements', { pageId, ...change });
  };

  readonly #takePages = (): void => {
    this.#pageList.read();
    this.#events.emit('pages', this.pages);
  };
}
