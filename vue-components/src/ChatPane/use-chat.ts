import type { ChatMessage } from '@chalkline/client-sdk';
import { storeToRefs } from 'pinia';
import { computed, shallowRef, watch } from 'vue';
import { useClient } from '../client-context.ts';
import { useLocale } from '../locales/use-locale.ts';
import { useChatStore } from '../stores/chat.ts';
import { classroomOf, type ClassroomRef } from '../stores/classroom-of.ts';
import { useClassroomStore } from '../stores/classroom.ts';
import { useMembersStore } from '../stores/members.ts';
import { displayName } from '../text/display-name.ts';
import { messageRows } from './message-rows.ts';

/** What `useChat` returns. */
export type ChatHandle = ReturnType<typeof useChat>;

/** Pages that a jump to a message loads at most: a hundred messages each. */
const MOST_PAGES = 50;

/**
 * A conversation without looks: its rows, who is who in it, what one may do with each message. Beneath `<ChatPane>`.
 * To be called in a setup.
 * @param classroom @default the classroom of the nearest `<ClassroomRoot>`
 */
export function useChat(classroom?: ClassroomRef) {
  const target = classroomOf(classroom, 'useChat()');
  const store = useChatStore(target);
  const { messages, hasOlder, olderStatus, unread, typing } = storeToRefs(store);
  const { canSend, canAnnounce, canWhisper } = storeToRefs(store);
  const { members } = storeToRefs(useMembersStore(target));
  const { role } = storeToRefs(useClassroomStore(target));
  const client = useClient();
  const locale = useLocale();

  const selfId = computed(() => client.user?.userId);
  /** Names by userId: of those who wrote, and of those who are here, who may have another name now. */
  const names = computed(() => {
    const found = new Map<string, string>(seen);
    for (const { from } of messages.value) found.set(from.userId, from.name);
    for (const { userId, name } of members.value) found.set(userId, name);
    return found;
  });
  /** Who leaves keeps the name by which we know them. */
  const seen = new Map<string, string>();
  watch(members, (now) => now.forEach(({ userId, name }) => seen.set(userId, name)), { immediate: true });
  const nameOf = (userId: string): string => displayName(names.value.get(userId) ?? '', locale.value.unnamed);

  /** Stays above the message that was the first unread one, until we write or newer ones are unread. */
  const dividerId = shallowRef(unread.value.firstId);
  watch(
    () => unread.value.firstId,
    (firstId) => {
      if (firstId !== undefined) dividerId.value = firstId;
    },
  );
  const rows = computed(() => messageRows(messages.value, dividerId.value));

  const isSettled = (message: ChatMessage) => message.status === 'sent' && message.deletedAt === undefined;

  return {
    classroomId: target.id,
    selfId,
    messages,
    rows,
    hasOlder,
    olderStatus,
    typing,
    /** How many messages of others we have not seen, and the first of them. */
    unread,
    dividerId,
    role,
    canSend,
    canAnnounce,
    canWhisper,
    /** A member's name as it may be shown, also of one who has left. */
    nameOf,
    /** Who else is here and can be spoken to. */
    others: computed(() =>
      members.value
        .filter(({ userId }) => userId !== selfId.value)
        .map(({ userId, role }) => ({ userId, role, name: nameOf(userId) })),
    ),
    canReply: (message: ChatMessage): boolean => canSend.value && isSettled(message),
    canReact: (message: ChatMessage): boolean => store.canReact && isSettled(message),
    canEdit: (message: ChatMessage): boolean => store.canEdit && message.isOwn && isSettled(message),
    canDelete: (message: ChatMessage): boolean =>
      store.canDelete && (message.isOwn || role.value === 'teacher') && isSettled(message),
    find: store.find,
    send: (...[text, options]: Parameters<typeof store.send>) => {
      // Who answers has read what stands above.
      dividerId.value = undefined;
      return store.send(text, options);
    },
    edit: store.edit,
    delete: store.delete,
    /** Chooses an emoji for a message, or takes it back where it is ours already. */
    toggleReaction: (message: ChatMessage, emoji: string) => {
      const isOurs = message.reactions.some((reaction) => reaction.emoji === emoji && reaction.isOwn);
      return isOurs ? store.unreact(message.id, emoji) : store.react(message.id, emoji);
    },
    retry: store.retry,
    discard: store.discard,
    loadOlder: store.loadOlder,
    /** Loads older pages until the message is there; resolves with whether it is. */
    loadUntil: async (id: string): Promise<boolean> => {
      for (let page = 0; page < MOST_PAGES && !store.find(id) && hasOlder.value; page++) {
        await store.loadOlder();
        if (olderStatus.value === 'failed') break;
      }
      return store.find(id) !== undefined;
    },
    markRead: store.markRead,
    startTyping: store.startTyping,
    stopTyping: store.stopTyping,
  };
}
