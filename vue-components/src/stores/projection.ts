import { computed, onScopeDispose, shallowRef, watch, type ComputedRef, type ShallowRef } from 'vue';

/**
 * A read-only copy of something that the SDK holds: what `read` gives now, and again each time `subscribe` calls back, or what
 * `also` returns has changed, until the current scope ends. What `read` returns is not made reactive: the SDK replaces its arrays and
 * never mutates them.
 */
export function projection<T>(
  read: () => T,
  subscribe: (listener: () => void) => () => void,
  also?: () => unknown,
): ComputedRef<T> {
  const copy: ShallowRef<T> = shallowRef(read());
  const readAgain = (): void => {
    copy.value = read();
  };
  onScopeDispose(subscribe(readAgain));
  if (also) watch(also, readAgain, { flush: 'sync' });
  return computed(() => copy.value);
}
