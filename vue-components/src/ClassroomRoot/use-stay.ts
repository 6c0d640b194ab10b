import { onBeforeUnmount, onMounted } from 'vue';
import type { AnyClassroom } from '../any-client.ts';
import { useClassroomStore } from '../stores/classroom.ts';

const staysByClassroom = new WeakMap<AnyClassroom, number>();

const add = (classroom: AnyClassroom, change: 1 | -1): number => {
  const stays = (staysByClassroom.get(classroom) ?? 0) + change;
  staysByClassroom.set(classroom, stays);
  return stays;
};

/**
 * Is in the classroom from mount to unmount. Several components may stay in one classroom: the first joins, the last leaves,
 * and one that takes another's place in the same tick (a route, a hot update) goes unnoticed by the other members.
 */
export function useStay(classroom: AnyClassroom) {
  const store = useClassroomStore(classroom);
  onMounted(() => {
    const isFirst = add(classroom, 1) === 1;
    if (isFirst && classroom.status !== 'joined' && classroom.status !== 'joining') void store.join();
  });
  onBeforeUnmount(() => {
    const isLast = add(classroom, -1) === 0;
    if (!isLast) return;
    queueMicrotask(() => {
      if (staysByClassroom.get(classroom) !== 0) return;
      // A leave that cannot be said any more needs no answer: the server notices the silence.
      classroom.leave().catch(() => undefined);
    });
  });
  return store;
}
