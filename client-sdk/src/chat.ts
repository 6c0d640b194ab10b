import { Emitter } from './emitter.ts';
import {
  HISTORY_PAGE,
  type ChalklineError,
  type ClassroomEvent,
  type EventOf,
  type Message,
  type Sender,
} from './protocol/index.ts';
import type { Receipt } from './outbox.ts';

/** One message of the timeline. */
export interface ChatMessage {
  id: string;
  /** `pending`: not acked yet; `failed`: refused, with `error`, and `retry` may send it again. */
  status: 'pending' | 'sent' | 'failed';
  /** The place in the classroom's log; absent until sent. */
  seq?: number;
  /** ms since 1970: the server's time once sent. */
  at: number;
  from: Sender;
  text: string;
  isOwn: boolean;
  error?: ChalklineError;
}

export interface ChatOptions {
  now(): number;
  newId(): string;
  self(): Sender;
  publish(id: string, data: { text: string }): Promise<Receipt>;
  history(before: number | undefined, limit: number): Promise<EventOf<'page'>>;
}

type ChatEvent = ClassroomEvent<'chat.send', { text: string }>;

/** The chat of one classroom: what the log holds, in its order, then what is still on its way. */
export class Chat {
  readonly #options: ChatOptions;
  readonly #emitter = new Emitter<{ change: readonly ChatMessage[] }>();
  #sent: readonly ChatMessage[] = [];
  #unsent: readonly ChatMessage[] = [];
  #messages: readonly ChatMessage[] = [];
  #hasOlder = false;
  #older: Promise<void> | undefined;

  constructor(options: ChatOptions) {
    this.#options = options;
  }

  /** Oldest first; replaced, never mutated. */
  get messages(): readonly ChatMessage[] {
    return this.#messages;
  }

  /** Whether `loadOlder` would find something. */
  get hasOlder(): boolean {
    return this.#hasOlder;
  }

  on(event: 'change', listener: (messages: readonly ChatMessage[]) => void): () => void {
    return this.#emitter.on(event, listener);
  }

  /**
   * Shows the text at once as pending and resolves when the server has kept it, however long the link is down.
   * @throws ChalklineError the refusal; the message stays in the timeline as failed.
   */
  send(text: string): Promise<ChatMessage> {
    return this.#publish(this.#options.newId(), text);
  }

  /**
   * Sends a failed message again, under its old id, so that it cannot stand there twice.
   * @throws ChalklineError the refusal.
   */
  retry(id: string): Promise<ChatMessage> {
    const failed = this.#unsent.find((message) => message.id === id && message.status === 'failed');
    if (!failed) {
      const known = this.#messages.find((message) => message.id === id);
      return known
        ? Promise.resolve(known)
        : Promise.reject(new RangeError(`no chat message has the id ${id}`));
    }
    return this.#publish(id, failed.text);
  }

  /** Takes a failed message out of the timeline. */
  discard(id: string): void {
    this.#update(
      this.#sent,
      this.#unsent.filter((message) => message.id !== id || message.status !== 'failed'),
    );
  }

  /**
   * Loads the page before the oldest message; calls while one is under way share it.
   * @throws ChalklineError as the server says, or `connection-lost`.
   */
  loadOlder(): Promise<void> {
    if (!this.#hasOlder) return Promise.resolve();
    this.#older ??= this.#loadOlder().finally(() => (this.#older = undefined));
    return this.#older;
  }

  /** @internal */
  reset(joined: EventOf<'joined'>): void {
    this.#hasOlder = joined.hasOlderChat;
    this.#sent = [];
    // What was written before the first welcome had nobody's name.
    this.#unsent = this.#unsent.map((message) => ({ ...message, from: this.#options.self() }));
    this.#place(joined.chat.filter(isChat).map((event) => this.#toMessage(event)));
  }

  /** @internal Shows what an earlier page left unacked, before what was written since. */
  restore({ id, type, data }: Message, at: number, receipt: Promise<Receipt>): void {
    if (type !== 'chat.send' || this.#sent.some((message) => message.isOwn && message.id === id)) return;
    // Nobody waits for it: the timeline tells.
    this.#publish(id, (data as ChatEvent['data']).text, at, receipt).catch(() => undefined);
  }

  /** @internal */
  apply(event: ClassroomEvent): void {
    if (isChat(event)) this.#place([this.#toMessage(event)]);
  }

  async #loadOlder(): Promise<void> {
    const first = this.#sent[0];
    const page = await this.#options.history(first?.seq, HISTORY_PAGE / 2);
    // A reload of the timeline meanwhile makes the page meaningless.
    if (this.#sent[0] !== first) return;
    this.#hasOlder = page.hasOlderChat;
    this.#place(
      page.events.filter(isChat).map((event) => this.#toMessage(event)),
      0,
    );
  }

  async #publish(
    id: string,
    text: string,
    since = this.#options.now(),
    receipt?: Promise<Receipt>,
  ): Promise<ChatMessage> {
    const from = this.#options.self();
    const message: ChatMessage = { id, status: 'pending', at: since, from, text, isOwn: true };
    const unsent = [...this.#unsent.filter((other) => other.id !== id), message];
    this.#update(
      this.#sent,
      unsent.sort((a, b) => a.at - b.at),
    );
    try {
      const { seq, at } = await (receipt ?? this.#options.publish(id, { text }));
      const sent: ChatMessage = { ...message, from: this.#options.self(), status: 'sent', seq, at };
      // Its event has come by now, or comes as soon as a gap before it is filled, or came in a part that is not loaded.
      if (this.#unsent.some((other) => other.id === id)) this.#place([sent]);
      return sent;
    } catch (cause) {
      const error = cause as ChalklineError;
      this.#update(
        this.#sent,
        this.#unsent.map((other) => (other.id === id ? { ...other, status: 'failed', error } : other)),
      );
      throw error;
    }
  }

  /** Puts sent messages in their places by seq, each once; below `firstSeq` nothing is loaded, so there is no place. */
  #place(messages: readonly ChatMessage[], firstSeq = this.#hasOlder ? seqOf(this.#sent[0]) : 0): void {
    const lastSeq = seqOf(this.#sent.at(-1));
    const isNewest = messages.every((message) => seqOf(message) > lastSeq);
    const known = new Set(isNewest ? [] : this.#sent.map(seqOf));
    const fresh = messages.filter((message) => seqOf(message) >= firstSeq && !known.has(seqOf(message)));
    const sent = [...this.#sent, ...fresh];
    if (!isNewest) sent.sort((a, b) => seqOf(a) - seqOf(b));
    const own = new Set(messages.filter(({ isOwn }) => isOwn).map(({ id }) => id));
    this.#update(
      sent,
      this.#unsent.filter(({ id }) => !own.has(id)),
    );
  }

  #toMessage({ id, seq, at, from, data }: ChatEvent): ChatMessage {
    return {
      id,
      status: 'sent',
      seq,
      at,
      from,
      text: data.text,
      isOwn: from.userId === this.#options.self().userId,
    };
  }

  #update(sent: readonly ChatMessage[], unsent: readonly ChatMessage[]): void {
    this.#sent = sent;
    this.#unsent = unsent;
    this.#messages = [...sent, ...unsent];
    this.#emitter.emit('change', this.#messages);
  }
}

function isChat(event: ClassroomEvent): event is ChatEvent {
  return event.type === 'chat.send';
}

function seqOf(message: ChatMessage | undefined): number {
  return message?.seq ?? 0;
}
