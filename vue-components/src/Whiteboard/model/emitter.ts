type Listener<P> = (payload: P) => void;

/** Typed events of the engine, which knows no SDK: `on` returns its unsubscribe, and a listener that throws stops no other. */
export class Emitter<Events> {
  readonly #listeners = new Map<keyof Events, Set<Listener<never>>>();

  on<K extends keyof Events>(event: K, listener: Listener<Events[K]>): () => void {
    let listeners = this.#listeners.get(event);
    if (!listeners) this.#listeners.set(event, (listeners = new Set()));
    const entry: Listener<Events[K]> = (payload) => listener(payload);
    listeners.add(entry);
    return () => void listeners.delete(entry);
  }

  emit<K extends keyof Events>(event: K, payload: Events[K]): void {
    const listeners = this.#listeners.get(event) as Set<Listener<Events[K]>> | undefined;
    for (const listener of [...(listeners ?? [])]) {
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
