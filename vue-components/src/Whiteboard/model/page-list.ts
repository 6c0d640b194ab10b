import type * as Y from 'yjs';
import { BoardError } from './board-error.ts';
import type { PageId } from './element.ts';
import { orderBetween } from './order.ts';
import { isBackground, PAGES, toPage, type Background, type Page, type PlacedPage } from './page.ts';

/** A board that has no page written yet shows this one, the same to everyone. */
export const FIRST_PAGE: PageId = 'first';
const first: PlacedPage = {
  id: FIRST_PAGE,
  order: orderBetween(undefined, undefined),
  background: { kind: 'blank' },
};

/** The pages, each a plain value under its id. Changes are to be made within a transaction. */
export class PageList {
  readonly values: Y.Map<unknown>;
  #pages: readonly PlacedPage[] = [first];

  constructor(values: Y.Map<unknown>) {
    this.values = values;
    this.read();
  }

  get pages(): readonly Page[] {
    return this.#pages;
  }

  read(): void {
    const pages = [...this.values].flatMap(([id, value]) => toPage(id, value) ?? []);
    pages.sort((a, b) => (a.order < b.order || (a.order === b.order && a.id < b.id) ? -1 : 1));
    this.#pages = pages.length > 0 ? pages : [first];
  }

  add(id: PageId, after: PageId | undefined, background: Background = { kind: 'blank' }): void {
    if (this.#pages.length >= PAGES) {
      throw new BoardError('too-many-pages', `unable to add a page; a board has at most ${PAGES}`);
    }
    checkBackground(background);
    // The page that was there without being written is from now on one of several.
    if (this.#pages[0] === first) this.#write(first);
    const index = this.#pages.findIndex((page) => page.id === after);
    this.#write({
      id,
      background,
      order: this.#orderAt(index < 0 ? this.#pages.length : index + 1, this.#pages),
    });
  }

  remove(id: PageId): void {
    if (this.#pages.length === 1) {
      throw new BoardError('last-page', 'unable to remove the page; it is the only one');
    }
    this.values.delete(id);
  }

  move(id: PageId, index: number): void {
    const page = this.#find(id);
    const others = this.#pages.filter((other) => other !== page);
    if (page) this.#write({ ...page, order: this.#orderAt(index, others) });
  }

  change(id: PageId, change: Partial<Omit<Page, 'id'>>): void {
    if (change.background) checkBackground(change.background);
    const page = this.#find(id);
    if (page) this.#write({ ...page, ...change });
  }

  #find(id: PageId): PlacedPage | undefined {
    return this.#pages.find((page) => page.id === id);
  }

  #orderAt(index: number, pages: readonly PlacedPage[]): string {
    const at = Math.max(0, Math.min(index, pages.length));
    return orderBetween(pages[at - 1]?.order, pages[at]?.order);
  }

  #write({ id, ...value }: PlacedPage): void {
    this.values.set(id, value);
  }
}

function checkBackground(background: Background): void {
  if (!isBackground(background)) {
    throw new BoardError(
      'unsafe-url',
      "unable to set the background; the image's address or size is not allowed",
    );
  }
}
