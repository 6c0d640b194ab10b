import type { ClassroomEvent, Position, Sender } from '@chalkline/client-sdk/protocol';
import type { StoreLimits } from '../../store-limits.ts';

interface Entry {
  seq: number;
  at: number;
  /** The event as JSON text, so that no reader can change what is stored. */
  text: string;
}

const entryOf = (event: ClassroomEvent): Entry => ({
  seq: event.seq,
  at: event.at,
  text: JSON.stringify(event),
});
const read = ({ text }: Entry): ClassroomEvent => JSON.parse(text) as ClassroomEvent;

/** The log of one classroom in memory, and what the verb under way has written into it. */
export class MemoryLog {
  /** When it was last written, in ms since 1970. */
  changedAt = 0;
  readonly #epoch: string;
  readonly #limits: StoreLimits;
  #seq = 0;
  readonly #entries: Entry[] = [];
  /** As the others hear it: what the verb changes afterwards is told by itself. */
  readonly #written: Entry[] = [];

  constructor(epoch: string, limits: StoreLimits) {
    this.#epoch = epoch;
    this.#limits = limits;
  }

  get head(): Position {
    return { epoch: this.#epoch, seq: this.#seq };
  }

  /** Writes the event of the next seq. */
  write(event: ClassroomEvent): void {
    const entry = entryOf(event);
    this.#seq = event.seq;
    this.#entries.push(entry);
    this.#written.push(entry);
    this.changedAt = event.at;
  }

  /** Writes what the backend itself says of a member. */
  writeOf(from: Sender, type: string, data: unknown, now: number): void {
    const seq = this.#seq + 1;
    this.write({ seq, at: now, id: `${this.#epoch}:${seq}`, type, from, data });
  }

  /** What follows a position; undefined where the log no longer reaches back that far, or is another. */
  since(position: Position | undefined): ClassroomEvent[] | undefined {
    const { length } = this.#entries;
    if (position?.epoch !== this.#epoch) return undefined;
    const missed = this.#seq - position.seq;
    return missed >= 0 && missed <= length ? this.#entries.slice(length - missed).map(read) : undefined;
  }

  /** Changes the event of a seq, if it is still there. */
  revise(seq: number, revise: (event: ClassroomEvent) => ClassroomEvent): void {
    const index = this.#entries.length - 1 - (this.#seq - seq);
    const old = this.#entries[index];
    if (old) this.#entries[index] = { ...old, text: JSON.stringify(revise(read(old))) };
  }

  /** Takes what this verb wrote; trims the log, as no verb writes after it announces. */
  takeWritten(now: number): ClassroomEvent[] {
    const events = this.#written.splice(0).map(read);
    if (events.length > 0) this.#trim(events.length, now);
    return events;
  }

  /** Drops more entries than were written, but boundedly, so that no append pays for a long silence. */
  #trim(written: number, now: number): void {
    const { recoveryEvents, recoveryMs, maxEvents } = this.#limits;
    for (let budget = 2 * written + 8; budget > 0; budget--) {
      const first = this.#entries[0];
      const count = this.#entries.length;
      const isOld = first !== undefined && now - first.at > recoveryMs;
      if (count <= maxEvents && !(count > recoveryEvents && isOld)) return;
      this.#entries.shift();
    }
  }
}
