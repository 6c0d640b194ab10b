import { computed, onScopeDispose, shallowRef, type ComputedRef, type ShallowRef } from 'vue';

/**
 * A read-only copy of something that the SDK holds: what `read` gives now, and again each time `subscribe` calls back,
 * until the current scope ends. What `read` returns is not made reactive: the SDK replaces its arrays and never mutates them.
 */
export function projection<T>(
  read: () => T,
  subscribe: (listener: () => void) => () => void,
): ComputedRef<T> {
  const copy: ShallowRef<T> = shallowRef(read());
  onScopeDispose(
    subscribe(() => {
      copy.value = read();
    }),
  );
  return computed(() => copy.value);
}
