import { onMounted, shallowRef, type ShallowRef } from 'vue';

const KEY = 'chalkline.side-width';
const START_PX = 352;
const LEAST_PX = 260;
/** Of the layout, so that neither side is ever crowded out. */
const MOST_SHARE = 0.6;
const STEP_PX = 24;

/**
 * How wide the side beside the lesson is, and the handlers of the divider that changes it. The width is remembered where the
 * browser allows it.
 */
export function useDivider(layout: Readonly<ShallowRef<HTMLElement | null>>) {
  const widthPx = shallowRef(START_PX);
  const isDragged = shallowRef(false);

  const set = (width: number) => {
    const most = Math.max(LEAST_PX, (layout.value?.clientWidth ?? Infinity) * MOST_SHARE);
    widthPx.value = Math.round(Math.max(LEAST_PX, Math.min(most, width)));
  };
  const keep = () => {
    isDragged.value = false;
    store((storage) => storage.setItem(KEY, `${widthPx.value}`));
  };
  const isReversed = () => layout.value !== null && getComputedStyle(layout.value).direction === 'rtl';
  onMounted(() => {
    const kept = Number(store((storage) => storage.getItem(KEY)));
    if (kept > 0) set(kept);
  });

  return {
    widthPx,
    isDragged,
    onPointerdown(event: PointerEvent): void {
      (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
      isDragged.value = true;
    },
    onPointermove({ clientX }: PointerEvent): void {
      const box = isDragged.value ? layout.value?.getBoundingClientRect() : undefined;
      if (box) set(isReversed() ? clientX - box.left : box.right - clientX);
    },
    onPointerup: keep,
    onKeydown(event: KeyboardEvent): void {
      const step = { ArrowLeft: STEP_PX, ArrowRight: -STEP_PX }[event.key];
      if (step === undefined) return;
      event.preventDefault();
      set(widthPx.value + (isReversed() ? -step : step));
      keep();
    },
    /** Back to where it began. */
    onDblclick(): void {
      set(START_PX);
      keep();
    },
  };
}

/** Where a browser keeps nothing from sites, even to ask throws. */
function store<T>(work: (storage: Storage) => T): T | undefined {
  try {
    return work(localStorage);
  } catch {
    return undefined;
  }
}
