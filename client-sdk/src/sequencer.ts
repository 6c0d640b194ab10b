import type { ClassroomEvent, Position } from './protocol/index.ts';

export type Verdict =
  /** In order: `events` are this one and those that had waited for it. */
  | { kind: 'deliver'; events: ClassroomEvent[] }
  /** Ahead of order: kept until what is missing has come. */
  | { kind: 'hold' }
  /** Seen already. */
  | { kind: 'duplicate' }
  /** Of another epoch: positions no longer compare. */
  | { kind: 'discontinuity' };

/** Puts the events of one classroom in order: each is delivered once, by seq, without a gap, within one epoch. */
export class Sequencer {
  #position: Position | undefined;
  readonly #held = new Map<number, ClassroomEvent>();
  #heldEpoch: string | undefined;

  /** Up to where everything has been delivered; undefined before the first join. */
  get position(): Position | undefined {
    return this.#position;
  }

  /** Whether something waits for an event that has not come. */
  get hasGap(): boolean {
    return this.#held.size > 0;
  }

  /** Events that come before the first position, or of an epoch that is not known yet, wait for `reset`. */
  accept(epoch: string, event: ClassroomEvent): Verdict {
    const position = this.#position;
    if (position?.epoch === epoch && event.seq <= position.seq) return { kind: 'duplicate' };
    if (this.#heldEpoch !== epoch) this.#held.clear();
    this.#heldEpoch = epoch;
    this.#held.set(event.seq, event);
    if (position?.epoch !== epoch) return { kind: position ? 'discontinuity' : 'hold' };
    const events = this.#release(position);
    return events.length > 0 ? { kind: 'deliver', events } : { kind: 'hold' };
  }

  /** Starts anew at a position whose projections were loaded; returns what had been held and now follows. */
  reset(position: Position): ClassroomEvent[] {
    if (this.#heldEpoch !== position.epoch) this.#held.clear();
    for (const seq of this.#held.keys()) if (seq <= position.seq) this.#held.delete(seq);
    return this.#release(position);
  }

  #release({ epoch, seq }: Position): ClassroomEvent[] {
    const events: ClassroomEvent[] = [];
    let event: ClassroomEvent | undefined;
    while ((event = this.#held.get(seq + events.length + 1))) {
      this.#held.delete(event.seq);
      events.push(event);
    }
    this.#position = { epoch, seq: seq + events.length };
    return events;
  }
}
