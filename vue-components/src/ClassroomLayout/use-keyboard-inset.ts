import { onBeforeUnmount, onMounted, shallowRef, type ShallowRef } from 'vue';

// Less than any on-screen keyboard, more than a browser's own bars that come and go.
const SMALLEST_KEYBOARD = 120;

/**
 * How many pixels of `element` the on-screen keyboard covers. Keyboards of phones lie over the page without resizing it, so
 * that whatever stands at the bottom, such as a composer, would be hidden.
 */
export function useKeyboardInset(element: Readonly<ShallowRef<HTMLElement | null>>): ShallowRef<number> {
  const inset = shallowRef(0);
  const measure = () => {
    const viewport = window.visualViewport;
    if (!viewport || !element.value) return;
    // Zooming in shrinks the visual viewport too, and is no keyboard.
    const isKeyboard = viewport.scale === 1 && window.innerHeight - viewport.height > SMALLEST_KEYBOARD;
    const covered = element.value.getBoundingClientRect().bottom - viewport.offsetTop - viewport.height;
    inset.value = isKeyboard ? Math.max(0, Math.round(covered)) : 0;
  };
  onMounted(() => window.visualViewport?.addEventListener('resize', measure));
  onBeforeUnmount(() => window.visualViewport?.removeEventListener('resize', measure));
  return inset;
}
