import type { ChatMessage } from '@chalkline/client-sdk';
import { computed, shallowRef } from 'vue';
import type { AnyClassroom } from '../any-client.ts';
import { classroomOf, type ClassroomRef } from './classroom-of.ts';
import { projection } from './projection.ts';
import { defineSubjectStore } from './subject-store.ts';

const useStoreOf = defineSubjectStore(
  (classroom: AnyClassroom) => `chalkline/chat/${classroom.id}`,
  (classroom) => {
    const { chat, typing } = classroom;
    const copy = projection(
      () => ({ messages: chat.messages, hasOlder: chat.hasOlder }),
      (listener) => chat.on('change', listener),
    );
    const olderStatus = shallowRef<'idle' | 'loading' | 'failed'>('idle');

    return {
      /** Oldest first, pending and failed ones of our own included. Replaced on each change, never mutated. */
      messages: computed(() => copy.value.messages),
      /** Whether `loadOlder` would bring more. */
      hasOlder: computed(() => copy.value.hasOlder),
      /** What became of the last `loadOlder`. */
      olderStatus: computed(() => olderStatus.value),
      /** Whether our role may write here. */
      canSend: projection(
        () => classroom.can('chat.send'),
        (listener) => classroom.on('status', listener),
      ),
      /** Who else is writing right now. */
      typing: projection(
        () => typing.members,
        (listener) => typing.on('change', listener),
      ),
      /** Sends `text`; it stands in `messages` at once. Rejects with a code, and the entry then stays there as failed. */
      send: (text: string): Promise<ChatMessage> => chat.send(text),
      /** Sends a failed message again, under the same id. */
      retry: (id: string): Promise<ChatMessage> => chat.retry(id),
      /** Takes a failed message out of `messages`. */
      discard: (id: string): void => {
        chat.discard(id);
      },
      /** Brings the page before the oldest message; does nothing while one is on its way. Never rejects: see `olderStatus`. */
      loadOlder: async (): Promise<void> => {
        if (olderStatus.value === 'loading' || !chat.hasOlder) return;
        olderStatus.value = 'loading';
        olderStatus.value = await chat.loadOlder().then(
          () => 'idle' as const,
          () => 'failed' as const,
        );
      },
      /** To be called on each keystroke; the SDK makes few signals of them. */
      startTyping: (): void => {
        typing.start();
      },
      stopTyping: (): void => {
        typing.stop();
      },
    };
  },
);

/**
 * The chat of a classroom.
 * @param classroom @default the classroom of the nearest `<ClassroomRoot>`
 */
export function useChatStore(classroom?: ClassroomRef) {
  return useStoreOf(classroomOf(classroom, 'useChatStore()'));
}
