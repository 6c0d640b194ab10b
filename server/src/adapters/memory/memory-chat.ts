import {
  byteLength,
  hiddenEvent,
  visibleTo,
  type ClassroomEvent,
  type ErrorCode,
  type Sender,
} from '@chalkline/client-sdk/protocol';
import type { MessageChange } from '../../ports.ts';
import type { StoreLimits } from '../../store-limits.ts';

type Reactions = NonNullable<ClassroomEvent['reactions']>;

interface Message {
  /** As it is now, as JSON text, so that no reader can change what is stored. */
  text: string;
  /** The seq of its last edit. */
  editSeq?: number;
}

const read = ({ text }: Message): ClassroomEvent => JSON.parse(text) as ClassroomEvent;

/** The chat of one classroom in memory: each message as it is now, by its seq. */
export class MemoryChat {
  readonly #limits: StoreLimits;
  /** In the order of the seqs. */
  readonly #messages = new Map<number, Message>();

  constructor(limits: StoreLimits) {
    this.#limits = limits;
  }

  add(event: ClassroomEvent): void {
    this.#messages.set(event.seq, { text: JSON.stringify(event) });
    const [first] = this.#messages.keys();
    if (this.#messages.size > this.#limits.chatEvents && first !== undefined) this.#messages.delete(first);
  }

  /** Up to `limit` messages below a seq, oldest first. */
  below(before: number, limit: number): { events: ClassroomEvent[]; hasOlder: boolean } {
    const older = [...this.#messages].filter(([seq]) => seq < before);
    const events = older.slice(-limit).map(([, message]) => read(message));
    return { events, hasOlder: events.length < older.length };
  }

  /** The message that a change is about; undefined if there is none, or none to be seen. */
  find(seq: number | undefined, id: string, reader: Sender): ClassroomEvent | undefined {
    const kept = this.#messages.get(seq ?? 0);
    const message = kept && read(kept);
    return message?.id === id && visibleTo(message, reader) === message ? message : undefined;
  }

  /** Why a message may not be changed so; undefined if it may. */
  refusalOf(
    message: ClassroomEvent | undefined,
    change: MessageChange,
    { userId, role }: Sender,
    now: number,
  ): ErrorCode | undefined {
    if (!message) return 'not-found';
    const isOwn = message.from.userId === userId;
    if (!isOwn && (change === 'edit' || (change === 'delete' && role !== 'teacher'))) return 'forbidden';
    if (message.type === 'chat.gone') return change === 'delete' ? undefined : 'not-found';
    return change === 'edit' && now - message.at > this.#limits.editMs ? 'forbidden' : undefined;
  }

  /**
   * Does to a message what `event` tells of. @returns what the log has to hold from now on in the places that are named, or
   * undefined, and nothing is done, where there is no room.
   */
  change(
    message: ClassroomEvent,
    change: MessageChange,
    value: string,
    event: ClassroomEvent,
  ): Map<number, (old: ClassroomEvent) => ClassroomEvent> | undefined {
    const revised = new Map<number, (old: ClassroomEvent) => ClassroomEvent>();
    const kept = this.#messages.get(message.seq);
    if (!kept || message.type === 'chat.gone') return revised;
    if (change === 'react' || change === 'unreact') {
      const reactions = this.#reacted(message.reactions ?? [], value, event.from.userId, change === 'react');
      if (!reactions) return undefined;
      kept.text = JSON.stringify({ ...message, reactions: reactions.length > 0 ? reactions : undefined });
      return revised;
    }
    const { seq, id, at, from, to } = message;
    const gone = { deletedAt: event.at, deletedBy: event.from };
    const now: ClassroomEvent =
      change === 'edit'
        ? { ...message, data: { ...(message.data as object), text: value }, editedAt: event.at }
        : { seq, id, type: 'chat.gone', at, from, to, data: gone };
    if (kept.editSeq !== undefined) revised.set(kept.editSeq, hiddenEvent);
    // Whoever recovers gets each reaction as an event of its own.
    revised.set(seq, () => ({ ...now, reactions: undefined }));
    kept.text = JSON.stringify(now);
    if (change === 'edit') kept.editSeq = event.seq;
    else delete kept.editSeq;
    return revised;
  }

  #reacted(before: Reactions, emoji: string, userId: string, isAdded: boolean): Reactions | undefined {
    const known = before.find((reaction) => reaction[0] === emoji);
    const userIds = known?.[1] ?? [];
    if (isAdded && userIds.includes(userId)) return before;
    const chosen = isAdded ? [...userIds, userId] : userIds.filter((other) => other !== userId);
    const after: Reactions = known
      ? before.map((one) => (one === known ? [emoji, chosen] : one))
      : [...before];
    if (!known) after.push([emoji, chosen]);
    const { reactions, reactionBytes } = this.#limits;
    const left = after.filter(([, others]) => others.length > 0);
    const isTooMuch = left.length > reactions || byteLength(JSON.stringify(left)) > reactionBytes;
    return isAdded && isTooMuch ? undefined : left;
  }
}
