import type { BoardDocument, ElementsChange } from '../model/board-document.ts';
import type { ElementId } from '../model/element.ts';
import { IDENTITY } from '../model/geometry.ts';
import { decode } from '../model/ink.ts';
import type { LiveLayer } from './live-layer.ts';

/**
 * Peers' strokes whose element came while they still grow: each goes on growing, now to its finished points, and is handed
 * to the page when it has caught up, so that a stroke does not jump to its end.
 */
export class Handover {
  readonly #live: LiveLayer;
  readonly #held = new Set<ElementId>();

  constructor(live: LiveLayer) {
    this.#live = live;
  }

  get isEmpty(): boolean {
    return this.#held.size === 0;
  }

  /** What of the change is for the page now. */
  admit(change: ElementsChange, board: BoardDocument, isGrowing: boolean): ElementsChange {
    // Whoever touches a stroke means the whole one.
    for (const id of [...change.changed, ...change.removed]) this.#forget(id);
    const added = change.added.filter((id) => !(isGrowing && this.#hold(id, board)));
    for (const id of added) this.#forget(id);
    return { ...change, added };
  }

  /** Those that have caught up. */
  release(): ElementId[] {
    const ready = [...this.#held].filter((id) => this.#live.peers.get(id)?.growth.isCaughtUp ?? true);
    for (const id of ready) this.#forget(id);
    return ready;
  }

  /** Gives up the growing: another page is shown, which holds them all. */
  clear(): void {
    for (const id of this.#held) this.#forget(id);
  }

  #hold(id: ElementId, board: BoardDocument): boolean {
    const [element, peer] = [board.get(id), this.#live.peers.get(id)];
    if (!element || !peer || !('points' in element) || element.transform !== IDENTITY) return false;
    this.#live.grow({ ...element, from: 0, points: decode(element.points) });
    this.#held.add(id);
    return true;
  }

  #forget(id: ElementId): void {
    this.#held.delete(id);
    this.#live.drop(id);
  }
}
