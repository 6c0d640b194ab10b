import { computed, type ComputedRef } from 'vue';
import type { AnyClassroom } from '../any-client.ts';
import { onPermissions } from '../control/room-state.ts';
import { useLocale } from '../locales/use-locale.ts';
import type { ControlIconName } from '../PopupButton/control-icons.ts';
import { projection } from '../stores/projection.ts';

export interface ClosedTopic {
  icon: ControlIconName;
  text: string;
}

/** What a teacher has closed to us, for all or for us alone: nothing for whoever is no student. */
export function useClosedTopics(classroom: AnyClassroom): ComputedRef<readonly ClosedTopic[]> {
  const locale = useLocale();
  const { access } = classroom;
  const isClosed = (topic: string) =>
    projection(
      () =>
        classroom.role === 'student' && !access.isOpen(topic) && (access.willBeOpen(topic) ? 'us' : 'all'),
      (listener) => {
        const removers = [access.on('wish', listener), onPermissions(classroom, listener)];
        return () => removers.forEach((remove) => remove());
      },
    );
  const [chat, board] = [isClosed('chat'), isClosed('board')];
  return computed(() => {
    const { chatMuted, chatMutedForYou, boardLocked, boardLockedForYou } = locale.value;
    return [
      ...(chat.value
        ? [{ icon: 'chatMuted' as const, text: chat.value === 'all' ? chatMuted : chatMutedForYou }]
        : []),
      ...(board.value
        ? [{ icon: 'boardLocked' as const, text: board.value === 'all' ? boardLocked : boardLockedForYou }]
        : []),
    ];
  });
}
