import { Emitter } from './emitter.ts';
import type { Env, Timer } from './env.ts';
import type { Presence } from './presence.ts';
import type { Signals } from './signals.ts';

/** A member who is typing. */
export interface TypingMember {
  userId: string;
  name: string;
}

const TYPE = 'chat.typing';
/** A member who keeps typing says so this often, in ms: most messages are written within it, and cost one word … */
const REPEAT_MS = 6_000;
/** … which is believed for so long, in ms: the word that they stopped may be lost. */
const BELIEVE_MS = 8_000;

/** Who is typing: signals, so they cost nothing while one is alone and leave no trace. */
export class Typing {
  readonly #env: Env;
  readonly #signals: Signals;
  readonly #presence: Presence;
  readonly #emitter = new Emitter<{ change: readonly TypingMember[] }>();
  readonly #timers = new Map<string, Timer>();
  #members: readonly TypingMember[] = [];
  #saidAt = -Infinity;

  /** @param self our own userId: what we type in another tab is no news to us. */
  constructor(env: Env, signals: Signals, presence: Presence, self: () => string) {
    this.#env = env;
    this.#signals = signals;
    this.#presence = presence;
    signals.on('signal', ({ userId, type, data }) => {
      if (type === TYPE && userId !== self()) this.#hear(userId, data === true);
    });
  }

  /** The others who are typing; replaced, never mutated. */
  get members(): readonly TypingMember[] {
    return this.#members;
  }

  on(event: 'change', listener: (members: readonly TypingMember[]) => void): () => void {
    return this.#emitter.on(event, listener);
  }

  /** Call it on each keystroke: it says so to the others now and then. */
  start(): void {
    const now = this.#env.now();
    if (now - this.#saidAt < REPEAT_MS) return;
    this.#saidAt = now;
    this.#signals.send(TYPE, true);
  }

  /** The text was cleared or abandoned. A message that is sent says this by itself. */
  stop(): void {
    if (this.#saidAt === -Infinity) return;
    this.#saidAt = -Infinity;
    this.#signals.send(TYPE, false);
  }

  /** @internal A message of this member came, or they left: they no longer type. */
  settle(userId: string): void {
    this.#hear(userId, false);
  }

  /** @internal One's own message says that one stopped typing; what has not left yet would come after it. */
  forget(): void {
    this.#saidAt = -Infinity;
    this.#signals.cancel(TYPE);
  }

  /** @internal */
  clear(): void {
    for (const userId of [...this.#timers.keys()]) this.#hear(userId, false);
    this.#saidAt = -Infinity;
  }

  #hear(userId: string, isTyping: boolean): void {
    const known = this.#timers.get(userId);
    if (!isTyping && !known) return;
    this.#env.clearTimeout(known);
    this.#timers.delete(userId);
    if (isTyping) {
      this.#timers.set(
        userId,
        this.#env.setTimeout(() => this.#hear(userId, false), BELIEVE_MS),
      );
      if (known) return;
    }
    this.#members = [...this.#timers.keys()].map((id) => ({
      userId: id,
      name: this.#presence.members.find((member) => member.userId === id)?.name ?? id,
    }));
    this.#emitter.emit('change', this.#members);
  }
}
