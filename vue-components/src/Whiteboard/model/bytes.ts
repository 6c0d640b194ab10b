/** Grows as it is written: whole numbers in 1 to 5 bytes, small ones in one. */
export class ByteWriter {
  readonly #bytes: number[] = [];

  /** A whole number from 0 to 2³² − 1. */
  number(value: number): this {
    let rest = value >>> 0;
    for (; rest > 0x7f; rest >>>= 7) this.#bytes.push((rest & 0x7f) | 0x80);
    this.#bytes.push(rest);
    return this;
  }

  /** A whole number of either sign: the sign goes last, so that −1 is as short as 1. */
  signed(value: number): this {
    return this.number((value << 1) ^ (value >> 31));
  }

  finish(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }
}

/** Reads what a `ByteWriter` wrote. Never throws: where bytes end too early or make no number, it `isDamaged`. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  #at = 0;
  isDamaged = false;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isDone(): boolean {
    return this.isDamaged || this.#at >= this.#bytes.length;
  }

  number(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) break;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
    this.isDamaged = true;
    return 0;
  }

  signed(): number {
    const value = this.number();
    return (value >>> 1) ^ -(value & 1);
  }
}
