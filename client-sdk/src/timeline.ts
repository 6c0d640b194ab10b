import { changed, type Change, type ChatMessage } from './chat-message.ts';

/** The sent messages of a chat, as far as they are loaded, in the order of the log. */
export class Timeline {
  #messages: readonly ChatMessage[] = [];
  /** Where each of them stands, by id: an id is that of whoever had it first. */
  readonly #seqs = new Map<string, number>();

  /** Replaced, never mutated. */
  get messages(): readonly ChatMessage[] {
    return this.#messages;
  }

  /** Where a message is in `messages`; -1 if it is not loaded. */
  indexOf(id: string): number {
    const seq = this.#seqs.get(id);
    let [low, high] = [0, this.#messages.length - 1];
    if (seq === undefined) return -1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (seqOf(this.#messages[middle]) < seq) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Puts messages in their places by seq, each once; below `firstSeq` nothing is loaded, so there is no place. */
  place(messages: readonly ChatMessage[], firstSeq: number): void {
    const lastSeq = seqOf(this.#messages.at(-1));
    let isInOrder = true;
    let isUsurped = false;
    const placed = [...this.#messages];
    for (const message of messages) {
      const seq = seqOf(message);
      const known = this.#seqs.get(message.id);
      if (seq < firstSeq || (known !== undefined && known <= seq)) continue;
      isUsurped ||= known !== undefined;
      isInOrder &&= seq > lastSeq;
      this.#seqs.set(message.id, seq);
      placed.push(message);
    }
    if (!isInOrder) placed.sort((a, b) => seqOf(a) - seqOf(b));
    this.#messages = isUsurped ? placed.filter(({ id, seq }) => this.#seqs.get(id) === seq) : placed;
  }

  /** Does to a message what the log tells of, if it is loaded. */
  patch(change: Change, self: string): void {
    const { id, seq } = change.data.target;
    const index = this.indexOf(id);
    const message = this.#messages[index];
    // Without a seq it is one of whoever changes it.
    if (message && (seq === undefined ? message.from.userId === change.from.userId : message.seq === seq))
      this.#messages = this.#messages.with(index, changed(message, change, self));
  }
}

function seqOf(message: ChatMessage | undefined): number {
  return message?.seq ?? 0;
}
