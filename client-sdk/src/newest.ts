import type { ClassroomEvent, MessageDefinitions } from './protocol/index.ts';

/** The newest message of each member, of the types that a newcomer gets so. */
export class Newest {
  readonly #definitions: MessageDefinitions;
  #events = new Map<string, ClassroomEvent>();

  constructor(definitions: MessageDefinitions) {
    this.#definitions = definitions;
  }

  /** Those of one type, in the order of their seqs. */
  of(type: string): ClassroomEvent[] {
    return [...this.#events.values()].filter((event) => event.type === type);
  }

  /** Begins anew from what a join brought. */
  reset(events: readonly ClassroomEvent[] = []): void {
    this.#events = new Map();
    for (const event of events) this.apply(event);
  }

  apply(event: ClassroomEvent): void {
    const { type, from } = event;
    if (!this.#definitions[type]?.keepsNewest) return;
    const name = JSON.stringify([type, from.userId]);
    this.#events.delete(name);
    this.#events.set(name, event);
  }
}
