import { onBeforeUnmount, onMounted, shallowRef, type ShallowRef } from 'vue';

/** Narrower than this, a bar of all tools would not fit. */
const COMPACT_PX = 680;

/** Whether `element` has little room. */
export function useIsCompact(element: Readonly<ShallowRef<HTMLElement | null>>): ShallowRef<boolean> {
  const isCompact = shallowRef(false);
  let observer: ResizeObserver | undefined;
  onMounted(() => {
    observer = new ResizeObserver(([entry]) => {
      if (entry) isCompact.value = entry.contentRect.width < COMPACT_PX;
    });
    if (element.value) observer.observe(element.value);
  });
  onBeforeUnmount(() => observer?.disconnect());
  return isCompact;
}
