import type { ChatMessage } from './chat-message.ts';
import type { OutboxStorage } from './outbox-storage.ts';

/** The newest chat message that was read; `at` stands in for the seq where the epoch is another by now. */
export interface ReadMark {
  epoch: string;
  seq: number;
  /** The server's time in ms since 1970. */
  at: number;
}

/** What others wrote after what was read: how many messages, and the first of them. */
export interface Unread {
  count: number;
  firstId?: string;
}

/** How far one user has read the chat of one classroom: through a reload, where there is a storage for it. */
export class ReadPosition {
  readonly #storage: OutboxStorage | undefined;
  readonly #onLoaded: () => void;
  readonly #warn: (message: string) => void;
  #key: string | undefined;
  #mark: ReadMark | undefined;

  constructor(storage: OutboxStorage | undefined, onLoaded: () => void, warn: (message: string) => void) {
    this.#storage = storage;
    this.#onLoaded = onLoaded;
    this.#warn = warn;
  }

  /** @param messages those that are sent, oldest first */
  unreadOf(messages: readonly ChatMessage[], epoch: string | undefined): Unread {
    const first = messages.findLastIndex((message) => this.#isRead(message, epoch)) + 1;
    const unread = messages.slice(first).filter(({ isOwn, deletedAt }) => !isOwn && deletedAt === undefined);
    return unread[0] ? { count: unread.length, firstId: unread[0].id } : { count: 0 };
  }

  /** Everything up to a message is read. @returns whether that is news */
  reach(message: ChatMessage, epoch: string | undefined): boolean {
    const { seq, at } = message;
    if (epoch === undefined || seq === undefined || this.#isRead(message, epoch)) return false;
    this.#move({ epoch, seq, at });
    return true;
  }

  /** Another user, or the first: what is there when they come counts as read, unless a storage knows better. */
  open(key: string, newest: ReadMark): void {
    if (key === this.#key) return;
    this.#key = key;
    this.#mark = newest;
    void this.#load(key, newest);
  }

  #isRead({ seq = 0, at }: ChatMessage, epoch: string | undefined): boolean {
    const mark = this.#mark;
    return mark === undefined || (mark.epoch === epoch ? seq <= mark.seq : at <= mark.at);
  }

  #move(mark: ReadMark): void {
    this.#mark = mark;
    if (this.#key !== undefined) void this.#keep(this.#storage?.saveRead?.(this.#key, mark));
  }

  async #load(key: string, newest: ReadMark): Promise<void> {
    const stored = await this.#keep(this.#storage?.loadRead?.(key));
    // Read on meanwhile, or another user by now.
    if (this.#mark !== newest || this.#key !== key) return;
    this.#move(stored ?? newest);
    if (stored) this.#onLoaded();
  }

  /** Never rejects: without what it knows, the chat goes on. */
  async #keep<T>(work: Promise<T> | undefined): Promise<T | undefined> {
    try {
      return await work;
    } catch (error) {
      this.#warn(`unable to keep how far the chat was read; ${String(error)}`);
      return undefined;
    }
  }
}
