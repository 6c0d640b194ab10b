import {
  changed,
  draftOf,
  isChange,
  messageOf,
  ownMessage,
  partnerOf,
  type Change,
  type ChangeType,
  type ChatMessage,
  type SendOptions,
} from './chat-message.ts';
import { Emitter } from './emitter.ts';
import type { Receipt } from './outbox.ts';
import type { OutboxStorage } from './outbox-storage.ts';
import {
  ChalklineError,
  HISTORY_PAGE,
  type ClassroomEvent,
  type ErrorCode,
  type EventOf,
  type Message,
  type Position,
  type Role,
  type Sender,
} from './protocol/index.ts';
import { ReadPosition, type Unread } from './read-mark.ts';
import { Timeline } from './timeline.ts';

export interface ChatOptions {
  classroomId: string;
  storage: OutboxStorage | undefined;
  now(): number;
  newId(): string;
  self(): Sender;
  position(): Position | undefined;
  publish(id: string, type: string, data: unknown): Promise<Receipt>;
  history(before: number | undefined, limit: number): Promise<EventOf<'page'>>;
  warn(message: string): void;
}

/** The chat of one classroom: what the log holds, in its order, then what is still on its way. */
export class Chat {
  readonly #options: ChatOptions;
  readonly #emitter = new Emitter<{ change: readonly ChatMessage[] }>();
  readonly #read: ReadPosition;
  /** What the log holds. */
  #timeline = new Timeline();
  #unsent: readonly { message: ChatMessage; draft: Message }[] = [];
  /** What we have changed and the log has not told of yet: it is shown as if it had. */
  #changes: readonly Change[] = [];
  #messages: readonly ChatMessage[] = [];
  /** Below this seq nothing is loaded; what is hidden from us has a seq, too, and no message. */
  #firstSeq = 0;
  #hasOlder = false;
  #older: Promise<void> | undefined;
  /** The role with which we loaded what is loaded. */
  #reader: Role | undefined;

  constructor(options: ChatOptions) {
    this.#options = options;
    this.#read = new ReadPosition(
      options.storage,
      () => this.#update(),
      (message) => options.warn(message),
    );
  }

  /** Oldest first; replaced, never mutated. */
  get messages(): readonly ChatMessage[] {
    return this.#messages;
  }

  /** Whether `loadOlder` would find something. */
  get hasOlder(): boolean {
    return this.#hasOlder;
  }

  /**
   * The others' messages after the newest that was read, of those that are loaded. What was there at one's first join counts
   * as read; an `outboxStorage` knows through a reload how far that was.
   */
  get unread(): Unread {
    const sent = this.#messages.slice(0, this.#timeline.messages.length);
    return this.#read.unreadOf(sent, this.#options.position()?.epoch);
  }

  on(event: 'change', listener: (messages: readonly ChatMessage[]) => void): () => void {
    return this.#emitter.on(event, listener);
  }

  /** The message of this id, if it is loaded. */
  find(id: string): ChatMessage | undefined {
    return this.#messages[this.#indexOf(id)];
  }

  /**
   * Shows the text at once as pending and resolves when the server has kept it, however long the link is down.
   * @throws ChalklineError the refusal; the message stays in the timeline as failed.
   */
  send(text: string, options: SendOptions = {}): Promise<ChatMessage> {
    const { isPrivate = false, isAnnouncement = false, to, replyTo } = options;
    if (isPrivate && isAnnouncement) return fail('bad-envelope', 'send; an announcement is not private');
    // What names a reader and forgot to say so must not be for everyone.
    if (!isPrivate && to !== undefined)
      return fail('bad-envelope', 'send; what is `to` someone has to be private');
    const isTeacher = this.#options.self().role === 'teacher';
    const partner = to ?? (isPrivate && isTeacher ? partnerOf(this.find(replyTo ?? '')) : undefined);
    return this.#send({ id: this.#options.newId(), ...draftOf(text, { ...options, to: partner }) });
  }

  /**
   * Sends a failed message again, under its old id, so that it cannot stand there twice.
   * @throws ChalklineError the refusal.
   */
  retry(id: string): Promise<ChatMessage> {
    const failed = this.#unsent.find(({ message }) => message.id === id && message.status === 'failed');
    if (failed) return this.#send(failed.draft);
    const known = this.find(id);
    return known
      ? Promise.resolve(known)
      : Promise.reject(new RangeError(`no chat message has the id ${id}`));
  }

  /** Takes a failed message out of the timeline. */
  discard(id: string): void {
    this.#update(this.#unsent.filter(({ message }) => message.id !== id || message.status !== 'failed'));
  }

  /**
   * Gives a message of our own another text. It, `delete`, `react` and `unreact` show at once what they do, also to a message
   * that is still pending, and resolve when the server has kept it; what is refused is undone.
   * @throws ChalklineError `not-found` for a message that is not loaded, was not sent or is deleted, `forbidden` for one of
   * somebody else or that was sent too long ago, else as `publish` does.
   */
  edit(id: string, text: string): Promise<Receipt> {
    return this.#change('chat.edit', id, { text });
  }

  /**
   * Deletes a message of our own, or any for a teacher: its text and all else but its place are gone for everyone.
   * @throws ChalklineError as `edit` does.
   */
  delete(id: string): Promise<Receipt> {
    return this.#change('chat.delete', id, {});
  }

  /**
   * Puts one emoji to a message.
   * @throws ChalklineError `payload-too-large` where it has too many, else as `edit` does.
   */
  react(id: string, emoji: string): Promise<Receipt> {
    return this.#change('chat.react', id, { emoji });
  }

  /** Takes our emoji back. @throws ChalklineError as `edit` does. */
  unreact(id: string, emoji: string): Promise<Receipt> {
    return this.#change('chat.unreact', id, { emoji });
  }

  /** All up to this message has been read; what was read stays read. @param id @default the newest message */
  markRead(id?: string): void {
    const message = id === undefined ? this.#timeline.messages.at(-1) : this.find(id);
    if (message && this.#read.reach(message, this.#options.position()?.epoch)) this.#update();
  }

  /**
   * Loads the page before the oldest message, or more where a page holds nothing for us; calls while one is under way share it.
   * @throws ChalklineError as the server says, or `connection-lost`.
   */
  loadOlder(): Promise<void> {
    if (!this.#hasOlder) return Promise.resolve();
    this.#older ??= this.#loadOlder().finally(() => (this.#older = undefined));
    return this.#older;
  }

  /** @internal */
  reset({ head, chat, hasOlderChat }: EventOf<'joined'>): void {
    const self = this.#options.self();
    this.#reader = self.role;
    this.#hasOlder = hasOlderChat;
    this.#firstSeq = hasOlderChat ? (chat[0]?.seq ?? head.seq + 1) : 0;
    this.#timeline = new Timeline();
    // What the server has kept is in what came, if it still is anywhere.
    this.#changes = this.#changes.filter(({ seq }) => seq === Infinity);
    // What was written before the first welcome had nobody's name.
    this.#unsent = this.#unsent.map((unsent) => ({ ...unsent, message: { ...unsent.message, from: self } }));
    this.#read.open(`${this.#options.classroomId}/${self.userId}`, { ...head, at: chat.at(-1)?.at ?? 0 });
    this.#place(this.#messagesOf(chat));
  }

  /** @internal Our role may be another: a teacher sees what was private before, too. */
  async reread(): Promise<void> {
    const timeline = this.#timeline;
    const { role } = this.#options.self();
    // Who is a teacher no longer gets what is private hidden again.
    if (role !== 'teacher') this.#reader = role;
    if (this.#reader === role) return;
    let before: number | undefined;
    do {
      const page = await this.#options.history(before, HISTORY_PAGE / 2);
      if (this.#timeline !== timeline) return;
      this.#place(this.#messagesOf(page.events));
      before = page.hasOlderChat ? page.events[0]?.seq : undefined;
    } while (before !== undefined && before > this.#firstSeq);
    if (this.#options.self().role === 'teacher') this.#reader = 'teacher';
  }

  /** @internal Shows what an earlier page left unacked, before what was written since. */
  restore(draft: Message, at: number, receipt: Promise<Receipt>): void {
    const event = { ...draft, at, from: this.#options.self(), seq: Infinity };
    // Nobody waits for it: the timeline tells.
    if (isChange(event)) this.#show(event, receipt).catch(() => undefined);
    else if (messageOf(event, '') && !this.find(draft.id)?.isOwn)
      this.#send(draft, at, receipt).catch(() => undefined);
  }

  /** @internal */
  apply(event: ClassroomEvent): void {
    const messages = this.#messagesOf([event]);
    if (messages.length > 0) this.#place(messages);
    if (isChange(event)) {
      this.#timeline.patch(event, this.#options.self().userId);
      this.#update();
    }
    this.#settle();
  }

  async #loadOlder(): Promise<void> {
    const timeline = this.#timeline;
    let found: ChatMessage[] = [];
    while (this.#hasOlder && found.length === 0) {
      const page = await this.#options.history(this.#firstSeq || undefined, HISTORY_PAGE / 2);
      // A reload of the timeline meanwhile makes the page meaningless.
      if (this.#timeline !== timeline) return;
      this.#hasOlder = page.hasOlderChat;
      this.#firstSeq = page.hasOlderChat ? (page.events[0]?.seq ?? 0) : 0;
      found = this.#messagesOf(page.events);
      this.#place(found);
    }
  }

  async #send(draft: Message, at = this.#options.now(), receipt?: Promise<Receipt>): Promise<ChatMessage> {
    const options = this.#options;
    const message = ownMessage({ ...draft, at, from: options.self() });
    const unsent = this.#unsent.filter((other) => other.message.id !== draft.id);
    this.#update([...unsent, { message, draft }].sort((a, b) => a.message.at - b.message.at));
    try {
      const { seq, at } = await (receipt ?? options.publish(draft.id, draft.type, draft.data));
      const sent = ownMessage({ ...draft, seq, at, from: options.self() });
      // Its event has come by now, or comes as soon as a gap before it is filled, or came in a part that is not loaded.
      if (this.#unsent.some((other) => other.draft === draft)) this.#place([sent]);
      return sent;
    } catch (cause) {
      const error = cause as ChalklineError;
      const failed = {
        draft,
        message: { ...message, from: options.self(), status: 'failed' as const, error },
      };
      this.#update(this.#unsent.map((other) => (other.draft === draft ? failed : other)));
      throw error;
    }
  }

  #change(type: ChangeType, id: string, data: object): Promise<Receipt> {
    const options = this.#options;
    const message = this.find(id);
    if (!message || message.status === 'failed' || message.deletedAt !== undefined)
      return fail('not-found', `${type}; there is no such message`);
    const target = message.seq === undefined ? { id } : { id, seq: message.seq };
    const draft = { id: options.newId(), type, data: { target, ...data } };
    const change = { ...draft, at: options.now(), from: options.self(), seq: Infinity };
    return this.#show(change, options.publish(draft.id, type, draft.data));
  }

  async #show(change: Change, receipt: Promise<Receipt>): Promise<Receipt> {
    this.#changes = [...this.#changes, change];
    this.#update();
    try {
      const kept = await receipt;
      change.seq = kept.seq;
      return kept;
    } catch (error) {
      change.seq = 0;
      throw error;
    } finally {
      this.#settle();
    }
  }

  /** What was kept is shown until the log has come that far, and what was refused no longer. */
  #settle(): void {
    const { seq: head = 0 } = this.#options.position() ?? {};
    const open = this.#changes.filter(({ seq }) => seq > head);
    if (open.length === this.#changes.length) return;
    this.#changes = open;
    this.#update();
  }

  #place(messages: readonly ChatMessage[]): void {
    this.#timeline.place(messages, this.#firstSeq);
    const own = new Set(messages.filter(({ isOwn }) => isOwn).map(({ id }) => id));
    this.#update(this.#unsent.filter(({ message }) => !own.has(message.id)));
  }

  #messagesOf(events: readonly ClassroomEvent[]): ChatMessage[] {
    const { userId } = this.#options.self();
    return events.flatMap((event) => messageOf(event, userId) ?? []);
  }

  #indexOf(id: string): number {
    const index = this.#timeline.indexOf(id);
    if (index >= 0) return index;
    const unsent = this.#unsent.findIndex(({ message }) => message.id === id);
    return unsent < 0 ? -1 : this.#timeline.messages.length + unsent;
  }

  #update(unsent = this.#unsent): void {
    this.#unsent = unsent;
    const messages = [...this.#timeline.messages, ...unsent.map(({ message }) => message)];
    this.#messages = messages;
    for (const change of this.#changes) {
      const index = this.#indexOf(change.data.target.id);
      const message = messages[index];
      if (message) messages[index] = changed(message, change, this.#options.self().userId);
    }
    this.#emitter.emit('change', messages);
  }
}

function fail(code: ErrorCode, what: string): Promise<never> {
  return Promise.reject(new ChalklineError(code, `unable to ${what}`));
}
