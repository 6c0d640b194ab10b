import type { ChatMessage, Receipt, SendOptions } from '@chalkline/client-sdk';
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
      () => ({ messages: chat.messages, hasOlder: chat.hasOlder, unread: chat.unread }),
      (listener) => chat.on('change', listener),
    );
    const rights = projection(
      () => ({
        send: classroom.can('chat.send'),
        announce: classroom.can('chat.announce'),
        whisper: classroom.can('chat.whisper'),
        edit: classroom.can('chat.edit'),
        delete: classroom.can('chat.delete'),
        react: classroom.can('chat.react'),
      }),
      (listener) => {
        const stops = [classroom.on('status', listener), classroom.on('permissions', listener)];
        return () => stops.forEach((stop) => stop());
      },
    );
    const olderStatus = shallowRef<'idle' | 'loading' | 'failed'>('idle');

    return {
      /** Oldest first, pending and failed ones of our own included. Replaced on each change, never mutated. */
      messages: computed(() => copy.value.messages),
      /** Whether `loadOlder` would bring more. */
      hasOlder: computed(() => copy.value.hasOlder),
      /** What became of the last `loadOlder`. */
      olderStatus: computed(() => olderStatus.value),
      /** How many messages of others we have not seen, and the first of them. */
      unread: computed(() => copy.value.unread),
      /** Whether we may write here right now. */
      canSend: computed(() => rights.value.send),
      /** Whether we may write to the whole class in a way that stands out. */
      canAnnounce: computed(() => rights.value.announce),
      /** Whether we may write to the teacher alone. */
      canWhisper: computed(() => rights.value.whisper),
      canEdit: computed(() => rights.value.edit),
      canDelete: computed(() => rights.value.delete),
      canReact: computed(() => rights.value.react),
      /** Who else is writing right now. */
      typing: projection(
        () => typing.members,
        (listener) => typing.on('change', listener),
      ),
      /** The message with this id, if it is loaded. */
      find: (id: string): ChatMessage | undefined => chat.find(id),
      /** Sends `text`; it stands in `messages` at once. Rejects with a code, and the entry then stays there as failed. */
      send: (text: string, options?: SendOptions): Promise<ChatMessage> => chat.send(text, options),
      /** Puts `text` in the place of what a message of ours said. Rejects with a code. */
      edit: (id: string, text: string): Promise<Receipt> => chat.edit(id, text),
      /** Takes back a message of ours; a teacher, anybody's. Rejects with a code. */
      delete: (id: string): Promise<Receipt> => chat.delete(id),
      react: (id: string, emoji: string): Promise<Receipt> => chat.react(id, emoji),
      unreact: (id: string, emoji: string): Promise<Receipt> => chat.unreact(id, emoji),
      /** Says that we have seen all messages, or all up to the one with this id. */
      markRead: (id?: string): void => {
        chat.markRead(id);
      },
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
