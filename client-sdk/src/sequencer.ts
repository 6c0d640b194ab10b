import type { ClassroomEvent, Position } from './protocol/index.ts';

/** `discontinuity`: the event is of another epoch than ours, so positions no longer compare. */
export type Verdict = 'kept' | 'duplicate' | 'discontinuity';

/** Puts the events of one classroom in order: each comes out once, by seq, without a gap, within one epoch. */
export class Sequencer {
  #position: Position | undefined;
  readonly #held = new Map<number, ClassroomEvent>();
  #heldEpoch: string | undefined;
  /** The newest seq that is known to exist, in the epoch of the position. */
  #headSeq = 0;

  /** Up to where everything has come out; undefined before the first `reset`. */
  get position(): Position | undefined {
    return this.#position;
  }

  /** Whether an event is missing: one before those that have come, or one up to the head that was told of. */
  get hasGap(): boolean {
    const { epoch, seq = 0 } = this.#position ?? {};
    return seq < this.#headSeq || (this.#held.size > 0 && this.#heldEpoch === epoch);
  }

  /** There are events up to `seq` in the epoch of the position. */
  expect(seq: number): void {
    this.#headSeq = Math.max(this.#headSeq, seq);
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
    this.#headSeq = 0;
  }

  /** As if nothing had ever come. */
  forget(): void {
    this.#position = undefined;
    this.#headSeq = 0;
    this.#held.clear();
  }
}
