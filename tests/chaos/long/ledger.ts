/** What went wrong, in events or messages; all zeros is what is promised. */
export interface Faultfinding {
  lost: number;
  doubled: number;
  reordered: number;
  ghosts: number;
  /** The first few, in words. */
  examples: string[];
}

/** An ack of one message: where it stands, and the print of what was sent. */
interface Ack {
  seq: number;
  print: number;
  who: string;
}

/** What one member heard in one piece, without a gap: the places after `from` up to `to`, and the sum of their prints. */
export interface Stretch {
  from: number;
  to: number;
  sum: number;
  who: string;
}

/**
 * The log of one classroom in one epoch, as the auditor read it: four bytes an event. Acks and stretches that are ahead of
 * the auditor wait; all others are compared at once and forgotten.
 */
export class Ledger {
  /** Sums of the prints of all events up to each seq, modulo 2^32. */
  #sums = new Uint32Array(4096);
  #end = 0;
  #acks: Ack[] = [];
  #stretches: Stretch[] = [];
  /** The newest number of each sender that is in the log. */
  readonly #newest = new Map<number, number>();
  readonly #name: string;
  readonly #found: Faultfinding;

  constructor(name: string, found: Faultfinding) {
    this.#name = name;
    this.#found = found;
  }

  get end(): number {
    return this.#end;
  }

  /** The auditor read the next event of the log. */
  write(seq: number, print: number, { s, n }: { s?: number; n?: number }): void {
    if (seq !== this.#end + 1)
      this.#say('lost', seq - this.#end - 1, `the log has ${seq} after ${this.#end}`);
    if (seq >= this.#sums.length) {
      const sums = new Uint32Array(Math.max(this.#sums.length * 2, seq + 1));
      sums.set(this.#sums);
      this.#sums = sums;
    }
    this.#sums[seq] = (this.#sums[this.#end] ?? 0) + print;
    this.#end = seq;
    if (s === undefined || n === undefined) return;
    const last = this.#newest.get(s);
    if (last !== undefined && n <= last) {
      this.#say(n === last ? 'doubled' : 'reordered', 1, `the log has ${n} of sender ${s} after ${last}`);
    } else if (last !== undefined && n > last + 1) {
      this.#say('lost', n - last - 1, `the log has ${n} of sender ${s} after ${last}`);
    }
    this.#newest.set(s, n);
  }

  ack(ack: Ack): void {
    if (ack.seq > this.#end) this.#acks.push(ack);
    else this.#compareAck(ack);
  }

  heard(stretch: Stretch): void {
    if (stretch.to > this.#end) this.#stretches.push(stretch);
    else this.#compareStretch(stretch);
  }

  /** Compares what has waited for the auditor to come by. */
  settle(): void {
    const [acks, stretches] = [this.#acks, this.#stretches];
    this.#acks = [];
    this.#stretches = [];
    for (const ack of acks) this.ack(ack);
    for (const stretch of stretches) this.heard(stretch);
  }

  /** Nothing will be written any more: what still waits is not in the log. */
  close(): void {
    this.settle();
    for (const { seq, who } of this.#acks) this.#say('lost', 1, `${who} was acked at ${seq} of ${this.#end}`);
    for (const { to, who } of this.#stretches) this.#say('lost', 1, `${who} heard ${to} of ${this.#end}`);
    this.#acks = [];
    this.#stretches = [];
  }

  #compareAck({ seq, print, who }: Ack): void {
    const kept = ((this.#sums[seq] ?? 0) - (this.#sums[seq - 1] ?? 0)) >>> 0;
    if (kept !== print) this.#say('lost', 1, `${who} was acked at ${seq}, where something else stands`);
  }

  #compareStretch({ from, to, sum, who }: Stretch): void {
    const kept = ((this.#sums[to] ?? 0) - (this.#sums[from] ?? 0)) >>> 0;
    if (kept !== sum >>> 0) this.#say('lost', 1, `${who} heard something else between ${from} and ${to}`);
  }

  #say(kind: 'lost' | 'doubled' | 'reordered', count: number, words: string): void {
    note(this.#found, kind, count, `${this.#name}: ${words}`);
  }
}

/** Counts, and keeps the first few in words. */
export function note(
  found: Faultfinding,
  kind: Exclude<keyof Faultfinding, 'examples'>,
  count: number,
  words: string,
): void {
  found[kind] += count;
  if (found.examples.length < 20) found.examples.push(`${kind}: ${words}`);
}
