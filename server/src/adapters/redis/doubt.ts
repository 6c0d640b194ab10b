/** Remembers for a while that somebody let us down, so that not every call waits for them anew. */
export class Doubt {
  readonly #ms: number;
  #until = 0;

  constructor(ms: number) {
    this.#ms = ms;
  }

  get isCast(): boolean {
    return performance.now() < this.#until;
  }

  cast(): void {
    this.#until = performance.now() + this.#ms;
  }
}
