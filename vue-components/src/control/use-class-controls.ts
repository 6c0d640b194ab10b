import type { Receipt } from '@chalkline/client-sdk';
import { classroomOf, type ClassroomRef } from '../stores/classroom-of.ts';
import { projection } from '../stores/projection.ts';
import { looseStateOf, onPermissions } from './room-state.ts';

/**
 * What a teacher opens, closes and ends for everyone; what each may do comes from the backend's own table of roles.
 * @param classroom @default the classroom of the nearest `<ClassroomRoot>`
 */
export function useClassControls(classroom?: ClassroomRef) {
  const room = classroomOf(classroom, 'useClassControls()');
  const { access } = room;
  const isOpen = (topic: string) =>
    projection(
      () => access.willBeOpen(topic),
      (listener) => access.on('wish', listener),
    );
  return {
    /** Whether students may write who have no right of their own. */
    isChatOpen: isOpen('chat'),
    /** Whether students may draw who have no right of their own. */
    isBoardOpen: isOpen('board'),
    /** Whether we may open and close: for all, and for one. */
    canClose: projection(
      () => looseStateOf(room).can('access.chat'),
      (listener) => onPermissions(room, listener),
    ),
    canEnd: projection(
      () => room.can('end'),
      (listener) => onPermissions(room, listener),
    ),
    /** Opens or closes the chat for all; nobody is an exception any more. */
    setChatOpen: (isOpen: boolean): Promise<Receipt> => access.set('chat', isOpen),
    /** The same of the board. */
    setBoardOpen: (isOpen: boolean): Promise<Receipt> => access.set('board', isOpen),
    /** Ends the class for everyone. */
    end: (): Promise<void> => room.end(),
  };
}
