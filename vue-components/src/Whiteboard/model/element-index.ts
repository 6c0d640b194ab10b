import { compareElements, type BoardElement, type ElementId, type PageId } from './element.ts';

/** The elements of a board by id, and of each page by order. */
export class ElementIndex {
  readonly #byId = new Map<ElementId, BoardElement>();
  readonly #pages = new Map<PageId, BoardElement[]>();
  readonly #snapshots = new Map<PageId, readonly BoardElement[]>();

  get(id: ElementId): BoardElement | undefined {
    return this.#byId.get(id);
  }

  /** The same array until the page changes. */
  onPage(pageId: PageId): readonly BoardElement[] {
    let snapshot = this.#snapshots.get(pageId);
    if (!snapshot) this.#snapshots.set(pageId, (snapshot = [...(this.#pages.get(pageId) ?? [])]));
    return snapshot;
  }

  count(pageId: PageId): number {
    return this.#pages.get(pageId)?.length ?? 0;
  }

  top(pageId: PageId): BoardElement | undefined {
    return this.#pages.get(pageId)?.at(-1);
  }

  set(element: BoardElement): void {
    this.delete(element.id);
    this.#byId.set(element.id, element);
    let page = this.#pages.get(element.pageId);
    if (!page) this.#pages.set(element.pageId, (page = []));
    page.splice(placeOf(page, element), 0, element);
    this.#snapshots.delete(element.pageId);
  }

  delete(id: ElementId): void {
    const element = this.#byId.get(id);
    if (!element) return;
    this.#byId.delete(id);
    const page = this.#pages.get(element.pageId);
    page?.splice(placeOf(page, element), 1);
    this.#snapshots.delete(element.pageId);
  }
}

/** Where `element` stands in the page or would stand. */
function placeOf(page: readonly BoardElement[], element: BoardElement): number {
  let [low, high] = [0, page.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const other = page[middle];
    if (other && compareElements(other, element) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
