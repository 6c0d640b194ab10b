import type { Receipt } from '@chalkline/client-sdk';
import { computed, onScopeDispose, shallowRef, watch } from 'vue';
import { classroomOf, type ClassroomRef } from '../stores/classroom-of.ts';
import { projection } from '../stores/projection.ts';
import { onPermissions } from './room-state.ts';

/** How long it is said that the time is up, in ms. */
const OVER_MS = 60_000;

/**
 * The timer that everyone sees, counted down by the server's clock.
 * @param classroom @default the classroom of the nearest `<ClassroomRoot>`
 */
export function useTimer(classroom?: ClassroomRef) {
  const room = classroomOf(classroom, 'useTimer()');
  const { state } = room;
  const timer = projection(
    () => state.wished('timer'),
    (listener) => state.on('wish', listener),
  );
  const now = shallowRef(room.now());
  let ticking: ReturnType<typeof setTimeout> | undefined;
  /** Ticks when the second that is shown changes, and once more when it is over for good. */
  const tick = (): void => {
    clearTimeout(ticking);
    now.value = room.now();
    const leftMs = (timer.value?.endsAt ?? -Infinity) - now.value;
    if (leftMs <= -OVER_MS) return;
    // What is shown is rounded up, so it changes just after a whole second.
    ticking = setTimeout(tick, leftMs > 0 ? ((leftMs - 1) % 1000) + 1 : OVER_MS + leftMs);
  };
  // On a server nobody looks, and a timer would outlive the request.
  if (typeof window !== 'undefined') {
    watch(timer, tick, { immediate: true, flush: 'sync' });
    onScopeDispose(() => clearTimeout(ticking));
  }
  const leftMs = computed(() => (timer.value ? Math.max(0, timer.value.endsAt - now.value) : undefined));
  const set = (endsAt: number, label = timer.value?.label): Promise<Receipt> =>
    state.set('timer', label === undefined ? { endsAt } : { endsAt, label });

  return {
    /** `over` for a minute after its end. */
    status: computed((): 'none' | 'running' | 'over' => {
      if (!timer.value || timer.value.endsAt + OVER_MS <= now.value) return 'none';
      return leftMs.value === 0 ? 'over' : 'running';
    }),
    /** What is left of it, in ms, newly each second; undefined where there is none. */
    leftMs,
    label: computed(() => timer.value?.label),
    /** Whether we may set it. */
    canSet: projection(
      () => state.can('timer'),
      (listener) => onPermissions(room, listener),
    ),
    /** Starts it anew. */
    start: (ms: number, label?: string): Promise<Receipt> =>
      state.set(
        'timer',
        label === undefined ? { endsAt: room.now() + ms } : { endsAt: room.now() + ms, label },
      ),
    /** Lengthens it; one that is over begins anew. */
    add: (ms: number): Promise<Receipt> => set(Math.max(timer.value?.endsAt ?? 0, room.now()) + ms),
    /** Takes it away. */
    stop: (): Promise<Receipt> => state.set('timer', null),
  };
}
