import { onScopeDispose, shallowRef, watch, type ShallowRef } from 'vue';

/** Whether `isWaiting` has been true for `ms` without a break. */
export function usePatience(isWaiting: () => boolean, ms: number): ShallowRef<boolean> {
  const isOver = shallowRef(false);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stop = () => {
    clearTimeout(timer);
    isOver.value = false;
  };
  // On a server nobody waits, and its timer would outlive the request.
  if (typeof window === 'undefined') return isOver;
  watch(
    isWaiting,
    (waits) => {
      stop();
      if (waits) timer = setTimeout(() => (isOver.value = true), ms);
    },
    { immediate: true },
  );
  onScopeDispose(stop);
  return isOver;
}
