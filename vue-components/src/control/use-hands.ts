import type { Receipt } from '@chalkline/client-sdk';
import { classroomOf, type ClassroomRef } from '../stores/classroom-of.ts';
import { projection } from '../stores/projection.ts';
import { onPermissions, onRoster } from './room-state.ts';

/**
 * The hands that are up, and our own.
 * @param classroom @default the classroom of the nearest `<ClassroomRoot>`
 */
export function useHands(classroom?: ClassroomRef) {
  const room = classroomOf(classroom, 'useHands()');
  const { presence, state } = room;
  const isUp = (userId: string): boolean => state.wished('hand', userId) !== undefined;
  /** Whose hand is up, whether or not they are here; first come, first served, by the server's order. */
  const upIds = (): string[] => {
    const ids = state.entries.flatMap(({ key, userId }) => (key === 'hand' && userId ? [userId] : []));
    return [...new Set([...ids, room.userId])].filter(isUp);
  };
  const raised = projection(
    () => upIds().flatMap((id) => presence.members.find(({ userId }) => userId === id) ?? []),
    (listener) => onRoster(room, listener),
  );
  const lower = (userId: string): Promise<Receipt> => state.set('hand', null, userId);

  return {
    /** The members whose hand is up and who are here, the first who raised it first. */
    raised,
    /** Whether our own is up. */
    isRaised: projection(
      () => isUp(room.userId),
      (listener) => onRoster(room, listener),
    ),
    /** Whether we may raise our own. */
    canRaise: projection(
      () => state.can('hand'),
      (listener) => onPermissions(room, listener),
    ),
    /** Whether we may lower those of others. */
    canLower: projection(
      () => state.can('hand', ' '),
      (listener) => onPermissions(room, listener),
    ),
    /** Raises our own; one that is up already keeps its turn. */
    raise: async (): Promise<void> => {
      if (!isUp(room.userId)) await state.set('hand', { raisedAt: room.now() });
    },
    /** Lowers a member's hand. @param userId @default our own */
    lower: (userId = room.userId): Promise<Receipt> => lower(userId),
    /** Lowers every hand, also of those who have left. */
    lowerAll: async (): Promise<void> => {
      await Promise.all(upIds().map(lower));
    },
  };
}
