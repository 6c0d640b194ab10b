import type { Receipt } from '@chalkline/client-sdk';
import { computed } from 'vue';
import { classroomOf, type ClassroomRef } from '../stores/classroom-of.ts';
import { projection } from '../stores/projection.ts';
import { onPermissions, onRoster } from './room-state.ts';

/**
 * The member to whom a teacher has drawn everyone's attention.
 * @param classroom @default the classroom of the nearest `<ClassroomRoot>`
 */
export function useSpotlight(classroom?: ClassroomRef) {
  const room = classroomOf(classroom, 'useSpotlight()');
  const { presence, state } = room;
  const userId = projection(
    () => state.wished('spotlight')?.userId,
    (listener) => state.on('wish', listener),
  );
  const members = projection(
    () => presence.members,
    (listener) => onRoster(room, listener),
  );
  return {
    userId,
    /** Undefined where there is none, or they are not here. */
    member: computed(() => members.value.find((member) => member.userId === userId.value)),
    /** Whether it is on us. */
    isSelf: computed(() => userId.value !== undefined && userId.value === room.userId),
    /** Whether we may turn it. */
    canSet: projection(
      () => state.can('spotlight'),
      (listener) => onPermissions(room, listener),
    ),
    /** Turns it to a member, or off. */
    set: (to: string | undefined): Promise<Receipt> =>
      state.set('spotlight', to === undefined ? null : { userId: to }),
  };
}
