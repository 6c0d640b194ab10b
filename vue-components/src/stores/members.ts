import type { AnyClassroom } from '../any-client.ts';
import { classroomOf, type ClassroomRef } from './classroom-of.ts';
import { projection } from './projection.ts';
import { defineSubjectStore } from './subject-store.ts';

const useStoreOf = defineSubjectStore(
  (classroom: AnyClassroom) => `chalkline/members/${classroom.id}`,
  ({ presence }) => ({
    /** Who is in the classroom, as the server says, in its order. Replaced on each change, never mutated. */
    members: projection(
      () => presence.members,
      (listener) => presence.on('change', listener),
    ),
    /** How each member's link is, by userId: `good`, `slow` or `lost`. */
    levels: projection(
      () => new Map(presence.members.map(({ userId }) => [userId, presence.healthOf(userId)?.level])),
      (listener) => presence.on('change', listener),
    ),
  }),
);

/**
 * The members of a classroom.
 * @param classroom @default the classroom of the nearest `<ClassroomRoot>`
 */
export function useMembersStore(classroom?: ClassroomRef) {
  return useStoreOf(classroomOf(classroom, 'useMembersStore()'));
}
