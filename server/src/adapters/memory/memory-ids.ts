import type { StoreLimits } from '../../store-limits.ts';

interface Place {
  seq: number;
  at: number;
}

/** Where each message is in the log, by its key: two maps that take turns, far longer than the log keeps the message. */
export class MemoryIds {
  readonly #limits: StoreLimits;
  #places = new Map<string, Place>();
  #oldPlaces = new Map<string, Place>();
  #since = 0;

  constructor(limits: StoreLimits) {
    this.#limits = limits;
  }

  /** Forgets no id before `dedupeMs` or, where more come, half of `dedupeIds` others. */
  forget(now: number): void {
    const { dedupeMs, dedupeIds } = this.#limits;
    if (now - this.#since < dedupeMs && this.#places.size < dedupeIds / 2) return;
    this.#oldPlaces = this.#places;
    this.#places = new Map();
    this.#since = now;
  }

  find(key: string): Place | undefined {
    return this.#places.get(key) ?? this.#oldPlaces.get(key);
  }

  add(key: string, place: Place): void {
    this.#places.set(key, place);
  }
}
