import { ChalklineError } from '@chalkline/client-sdk';
import { computed, shallowRef, watch } from 'vue';
import type { AnyClassroom } from '../any-client.ts';
import { classroomOf, type ClassroomRef } from './classroom-of.ts';
import { projection } from './projection.ts';
import { defineSubjectStore } from './subject-store.ts';

const useStoreOf = defineSubjectStore(
  (classroom: AnyClassroom) => `chalkline/classroom/${classroom.id}`,
  (classroom) => {
    const copy = projection(
      () => ({ status: classroom.status, cause: classroom.cause, role: classroom.role }),
      (listener) => classroom.on('status', listener),
    );
    const hasJoined = shallowRef(classroom.status === 'joined');
    watch(
      () => copy.value.status,
      (status) => {
        if (status === 'joined') hasJoined.value = true;
        if (status === 'left') hasJoined.value = false;
      },
      { flush: 'sync' },
    );

    return {
      id: classroom.id,
      /** `idle`, `joining`, `joined`, `left` or `failed`. */
      status: computed(() => copy.value.status),
      /** Why we are not in, as far as it is known. */
      cause: computed(() => copy.value.cause),
      role: computed(() => copy.value.role),
      /** Whether we have been in since we last left: what is shown then stays while the connection comes back. */
      hasJoined: computed(() => hasJoined.value),
      /** Joins. A refusal stands in `status` and `cause` and does not reject, because it is shown and not handled. */
      join: async (): Promise<void> => {
        try {
          await classroom.join();
        } catch (error) {
          if (!(error instanceof ChalklineError)) throw error;
        }
      },
      leave: (): Promise<void> => classroom.leave(),
    };
  },
);

/**
 * Our own membership of a classroom: status, role, refusal.
 * @param classroom @default the classroom of the nearest `<ClassroomRoot>`
 */
export function useClassroomStore(classroom?: ClassroomRef) {
  return useStoreOf(classroomOf(classroom, 'useClassroomStore()'));
}
