import type { ClassroomEvent, Position } from './protocol/index.ts';

/** `discontinuity`: the event is of another epoch than ours, so positions no longer compare. */
export type Verdict = 'kept' | 'duplicate' | 'discontinuity';

/** Puts the events of one classroom in order: each comes out once, by seq, without a gap, within one epoch. */
export class Sequencer {
  #position: Position | undefined;
  readonly #held = new Map<number, ClassroomEvent>();
  #heldEpoch: string | undefined;

  /** Up to where everything has come out; undefined before the first `reset`. */
  get position(): Position | undefined {
    return this.#position;
  }

  /** Whether something waits for an event that has not come. */
  get hasGap(): boolean {
    return this.#held.size > 0 && this.#heldEpoch === this.#position?.epoch;
  }

  /** Takes an event in, in any order. One of an epoch that is not ours (yet) is kept for a `reset` to that epoch. */
  add(epoch: string, event: ClassroomEvent): Verdict {
    const position = this.#position;
    if (position?.epoch === epoch && event.seq <= position.seq) return 'duplicate';
    if (this.#heldEpoch !== epoch) this.#held.clear();
    this.#heldEpoch = epoch;
    this.#held.set(event.seq, event);
    return position && position.epoch !== epoch ? 'discontinuity' : 'kept';
  }

  /** The event that follows the position, if it is here; the position moves on to it. */
  next(): ClassroomEvent | undefined {
    if (!this.#position || this.#heldEpoch !== this.#position.epoch) return undefined;
    const { epoch, seq } = this.#position;
    const event = this.#held.get(seq + 1);
    if (!event) return undefined;
    this.#held.delete(event.seq);
    this.#position = { epoch, seq: event.seq };
    return event;
  }

  /** Starts anew at a position whose projections were loaded; what follows it and is here already comes out next. */
  reset(position: Position): void {
    if (this.#heldEpoch !== position.epoch) this.#held.clear();
    for (const seq of this.#held.keys()) if (seq <= position.seq) this.#held.delete(seq);
    this.#position = position;
  }

  /** As if nothing had ever come. */
  forget(): void {
    this.#position = undefined;
    this.#held.clear();
  }
}
