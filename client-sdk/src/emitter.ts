type Listener<P> = (payload: P) => void;

/** Typed events: `on` returns its unsubscribe, and a listener that throws stops no other. */
export class Emitter<Events> {
  readonly #listeners = new Map<keyof Events, Set<Listener<never>>>();

  on<K extends keyof Events>(event: K, listener: Listener<Events[K]>): () => void {
    let listeners = this.#listeners.get(event);
    if (!listeners) this.#listeners.set(event, (listeners = new Set()));
    // One wrapper a subscription, so that the same function may subscribe twice and unsubscribe once.
    const entry: Listener<Events[K]> = (payload) => listener(payload);
    listeners.add(entry);
    return () => void listeners.delete(entry);
  }

  emit<K extends keyof Events>(event: K, payload: Events[K]): void {
    const listeners = this.#listeners.get(event) as Set<Listener<Events[K]>> | undefined;
    for (const listener of [...(listeners ?? [])]) {
      // One that was removed by another in the same round has nothing to hear any more.
      if (!listeners?.has(listener)) continue;
      try {
        listener(payload);
      } catch (error) {
        // Reported as uncaught, as a throwing DOM listener is.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}
