import { Emitter } from './emitter.ts';
import type { ClassroomEvent, EventOf, Member } from './protocol/index.ts';

/** Who is in a classroom, as the server says: one member a user, however many tabs they have open. */
export class Presence {
  readonly #emitter = new Emitter<{ change: readonly Member[] }>();
  #members: readonly Member[] = [];

  /** In the order of joining; replaced, never mutated. */
  get members(): readonly Member[] {
    return this.#members;
  }

  on(event: 'change', listener: (members: readonly Member[]) => void): () => void {
    return this.#emitter.on(event, listener);
  }

  /** @internal */
  reset(joined: EventOf<'joined'>): void {
    this.#set(joined.members);
  }

  /** @internal */
  apply(event: ClassroomEvent): void {
    if (!isMemberEvent(event)) return;
    const others = this.#members.filter(({ userId }) => userId !== event.data.userId);
    this.#set(event.type === 'member.leave' ? others : [...others, event.data]);
  }

  #set(members: readonly Member[]): void {
    this.#members = members.toSorted((a, b) => a.joinedAt - b.joinedAt || (a.userId < b.userId ? -1 : 1));
    this.#emitter.emit('change', this.#members);
  }
}

type MemberEvent = ClassroomEvent<'member.join' | 'member.drop' | 'member.leave', Member>;

function isMemberEvent(event: ClassroomEvent): event is MemberEvent {
  return event.type.startsWith('member.');
}
