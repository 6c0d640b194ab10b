import { Access } from './access.ts';
import { Chat } from './chat.ts';
import type { ClassroomOptions } from './classroom-events.ts';
import { Documents } from './documents.ts';
import type { Receipt } from './outbox.ts';
import { Newest } from './newest.ts';
import { Presence } from './presence.ts';
import {
  hasValidData,
  serverMessages,
  type ClassroomEvent,
  type EventOf,
  type MessageDefinitions,
  type Position,
  type Sender,
  type StateDefinitions,
} from './protocol/index.ts';
import { Signals } from './signals.ts';
import { State } from './state.ts';
import { Typing } from './typing.ts';

/** What the projections may ask of their classroom. */
export interface ProjectionsHost {
  id: string;
  options: ClassroomOptions;
  self: () => Sender;
  position: () => Position | undefined;
  isJoined: () => boolean;
  publish: (id: string, type: string, data: unknown) => Promise<Receipt>;
  /** Takes the seat again. */
  ask: () => void;
}

/** What an app sees of a classroom, made of its log and its signals. They know nothing of each other but what is given here. */
export class Projections<S extends StateDefinitions> {
  readonly chat: Chat;
  readonly presence: Presence;
  readonly signals: Signals;
  readonly typing: Typing;
  readonly state: State<S>;
  readonly access: Access;
  readonly documents: Documents;
  readonly newest: Newest;
  /** What may come, by type. */
  readonly #definitions: MessageDefinitions;
  readonly #warn: (message: string) => void;

  constructor({ id, options, self, position, isJoined, publish, ask }: ProjectionsHost) {
    const { env, timing, connection, messages } = options;
    const userId = (): string => self().userId;
    this.#definitions = { ...serverMessages, ...messages };
    this.newest = new Newest(messages);
    this.#warn = (message) => env.warn(message);
    this.presence = new Presence(env, userId, () => {
      const at = position();
      if (!at || connection.status !== 'connected') return;
      // What it leads to comes as events; a link that is lost meanwhile sweeps with its next join.
      connection.request({ action: 'ping', positions: { [id]: at } }, 'pong').catch(() => undefined);
    });
    this.state = new State({
      definitions: options.state,
      self: userId,
      may: (permission) => this.access.may(permission),
      publish: (entry) => publish(env.newId(), 'state.set', entry),
      warn: this.#warn,
    });
    this.access = new Access({
      state: this.state,
      self: userId,
      roleOf: (other) => this.presence.members.find((member) => member.userId === other)?.role,
      hasTopic: (type) => messages[type]?.topic !== undefined,
    });
    this.signals = new Signals({
      env,
      members: () => this.presence.members.length,
      hasAudience: ({ type, to }) =>
        isJoined() &&
        this.access.maySignal(type) &&
        this.presence.members.some(
          ({ userId: other, role }) => other !== userId() && (to === undefined || role === 'teacher'),
        ),
      send: (signals) => connection.notify({ action: 'signal', classroomId: id, signals }),
    });
    this.typing = new Typing(env, this.signals, this.presence, userId);
    this.chat = new Chat({
      classroomId: id,
      storage: options.outboxStorage,
      now: () => env.now(),
      newId: () => env.newId(),
      self,
      position,
      warn: this.#warn,
      publish: (messageId, type, data) => {
        this.typing.forget();
        return publish(messageId, type, data);
      },
      history: (before, limit) =>
        connection.request({ action: 'history', classroomId: id, before, limit }, 'page'),
    });
    this.documents = new Documents({
      env,
      timing,
      publish: (data) => publish(env.newId(), 'board.update', data),
      fetch: (page) => connection.request({ action: 'load', classroomId: id, ...page }, 'document'),
      onNotJoined: ask,
    });
  }

  /** Begins anew from what a join brought. */
  reset(joined: EventOf<'joined'>): void {
    this.presence.reset(joined);
    this.chat.reset(joined);
    this.newest.reset(joined.state);
    this.state.reset(joined.state, joined.head.seq);
  }

  /** The link is lost: what need not survive is dropped, and what is being loaded waits. */
  close(): void {
    this.documents.close();
    this.signals.clear();
    this.typing.clear();
  }

  /** Returns whether its data is what its type says; what is not is told to no projection. */
  apply(event: ClassroomEvent): boolean {
    this.typing.settle(event.from.userId);
    if (!hasValidData(this.#definitions, event)) {
      this.#warn(`the data of "${event.type}" at seq ${event.seq} is not valid`);
      return false;
    }
    this.presence.apply(event);
    this.chat.apply(event);
    this.newest.apply(event);
    this.state.apply(event);
    this.documents.apply(event);
    return true;
  }
}
