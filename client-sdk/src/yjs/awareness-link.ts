import { removeAwarenessStates, type Awareness } from 'y-protocols/awareness';
import * as z from 'zod/mini';
import type { Member } from '../protocol/index.ts';
import type { DocumentClassroom } from './document-classroom.ts';

const tidingsSchema = z.object({
  clientId: z.int(),
  /** Counts what this client has told: signals may overtake each other. */
  n: z.int(),
  state: z.nullable(z.record(z.string(), z.unknown())),
  /** The sender has just come and knows nobody's state. */
  asks: z.optional(z.boolean()),
});
type Tidings = z.infer<typeof tidingsSchema> & { userId: string };
type State = NonNullable<Tidings['state']>;

/**
 * Carries an Awareness by signals. Only changes travel: the server says who is there, so that nobody has to renew their
 * state every 15 seconds, which in a class of 30 is 216,000 messages an hour.
 */
export class AwarenessLink {
  readonly #awareness: Awareness;
  readonly #classroom: DocumentClassroom;
  readonly #type: string;
  readonly #stops: (() => void)[];
  /** The newest word of each client; shown while its user is online, as the server says. */
  readonly #heard = new Map<number, Tidings>();
  #online: ReadonlySet<string> = new Set();
  #count = 0;

  constructor(awareness: Awareness, classroom: DocumentClassroom, type: string) {
    this.#awareness = awareness;
    this.#classroom = classroom;
    this.#type = type;
    // It renews our own state and drops those of others which nobody renews.
    clearInterval(awareness._checkInterval as ReturnType<typeof setInterval>);
    const onChange = (changes: Record<string, number[]>, origin: unknown): void => {
      const isOwn = Object.values(changes).some((clients) => clients.includes(awareness.clientID));
      if (isOwn && origin !== this) this.#tell();
    };
    awareness.on('change', onChange);
    this.#stops = [
      () => awareness.off('change', onChange),
      classroom.signals.on('signal', ({ type, userId, data }) => {
        if (type === this.#type) this.#hear(userId, data);
      }),
      classroom.presence.on('change', (members) => this.#look(members)),
      classroom.on('live', () => this.#greet()),
    ];
    this.#look(classroom.presence.members);
    this.#greet();
  }

  /** Takes our state back. */
  destroy(): void {
    for (const stop of this.#stops) stop();
    this.#send(null);
  }

  #greet(): void {
    if (this.#classroom.isLive) this.#tell(true);
  }

  #tell(asks?: boolean): void {
    this.#send(this.#awareness.getLocalState(), asks);
  }

  #send(state: State | null, asks?: boolean): void {
    const tidings = { clientId: this.#awareness.clientID, n: (this.#count += 1), state, asks };
    this.#classroom.signals.send(this.#type, tidings, {
      merge: (waiting, newest) => ({ ...newest, asks: newest.asks ?? waiting.asks }),
    });
  }

  #hear(userId: string, data: unknown): void {
    const result = z.safeParse(tidingsSchema, data);
    if (!result.success || result.data.clientId === this.#awareness.clientID) return;
    const tidings: Tidings = { ...result.data, userId };
    const known = this.#heard.get(tidings.clientId);
    // Nobody speaks for a client of somebody else's.
    if (known && (known.userId !== userId || known.n >= tidings.n)) return;
    this.#heard.set(tidings.clientId, tidings);
    if (this.#online.has(userId)) this.#show(tidings);
    if (tidings.asks) this.#tell();
  }

  #look(members: readonly Member[]): void {
    const before = this.#online;
    const online = members.filter(({ status }) => status === 'online');
    this.#online = new Set(online.map(({ userId }) => userId));
    for (const tidings of [...this.#heard.values()]) {
      const [wasOnline, isOnline] = [before, this.#online].map((users) => users.has(tidings.userId));
      if (isOnline && !wasOnline) this.#show(tidings);
      if (isOnline || !wasOnline) continue;
      this.#heard.delete(tidings.clientId);
      removeAwarenessStates(this.#awareness, [tidings.clientId], this);
    }
    // Who may not signal cannot ask.
    if (online.some(({ userId, role }) => role === 'observer' && !before.has(userId))) this.#tell();
  }

  #show({ clientId, state }: Tidings): void {
    const { states, meta } = this.#awareness;
    if (!state) {
      removeAwarenessStates(this.#awareness, [clientId], this);
      return;
    }
    const changes = { added: [] as number[], updated: [] as number[], removed: [] };
    (states.has(clientId) ? changes.updated : changes.added).push(clientId);
    states.set(clientId, state);
    meta.set(clientId, { clock: (meta.get(clientId)?.clock ?? 0) + 1, lastUpdated: Date.now() });
    for (const event of ['change', 'update']) this.#awareness.emit(event, [changes, this]);
  }
}
