import { defineStore, getActivePinia, type Pinia } from 'pinia';
import { getCurrentScope, markRaw, onScopeDispose, toRaw } from 'vue';

/**
 * Defines a Pinia store of which there is one for each SDK object, so that several classrooms, and several clients, live on
 * one page. The store begins with its first user and is disposed when the scope of its last one ends; a use outside any scope
 * keeps it for as long as the Pinia lives.
 *
 * @param nameOf the store's `$id`; a second object with the same name gets `#2`.
 */
export function defineSubjectStore<T extends object, S extends object>(
  nameOf: (subject: T) => string,
  setup: (subject: T) => S,
) {
  const define = (id: string, subject: T) => defineStore(id, () => setup(subject));
  interface Entry {
    id: string;
    users: number;
    useStore: ReturnType<typeof define>;
  }
  const entriesByPinia = new WeakMap<Pinia, Map<T, Entry>>();

  const enter = (entries: Map<T, Entry>, subject: T): Entry => {
    const taken = new Set([...entries.values()].map((entry) => entry.id));
    const name = nameOf(subject);
    let id = name;
    for (let n = 2; taken.has(id); n++) id = `${name}#${n}`;
    const entry = { id, users: 0, useStore: define(id, subject) };
    entries.set(subject, entry);
    return entry;
  };

  return (given: T) => {
    const pinia = getActivePinia();
    if (!pinia) throw new Error('Chalkline keeps its state in Pinia: call app.use(createPinia()) first.');
    const subject = markRaw(toRaw(given));
    let entries = entriesByPinia.get(pinia);
    if (!entries) entriesByPinia.set(pinia, (entries = new Map<T, Entry>()));
    const entry = entries.get(subject) ?? enter(entries, subject);
    const store = entry.useStore(pinia);
    entry.users += 1;
    if (getCurrentScope()) {
      onScopeDispose(() => {
        entry.users -= 1;
        if (entry.users > 0) return;
        store.$dispose();
        // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- Pinia keeps the state of a disposed store.
        delete pinia.state.value[entry.id];
        entries.delete(subject);
      });
    }
    return store;
  };
}
