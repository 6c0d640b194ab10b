export { createChalkline } from './plugin.ts';
export type { ChalklineOptions } from './plugin.ts';
export { useClient } from './client-context.ts';

export { default as ClassroomRoot } from './ClassroomRoot/ClassroomRoot.vue';
export { useClassroom } from './ClassroomRoot/classroom-context.ts';
export { useClassroomSession } from './ClassroomRoot/use-classroom-session.ts';
export type { ClassroomView } from './ClassroomRoot/classroom-view.ts';
export type { ClassroomContext } from './ClassroomRoot/classroom-context.ts';
export type {
  ClassroomRootEmits,
  ClassroomRootProps,
  ClassroomRootSlots,
} from './ClassroomRoot/classroom-root-contract.ts';

export { default as ClassroomLayout } from './ClassroomLayout/ClassroomLayout.vue';
export { useClassroomLayout } from './ClassroomLayout/use-classroom-layout.ts';
export type { ClassroomLayoutOptions } from './ClassroomLayout/use-classroom-layout.ts';
export type {
  ClassroomLayoutEmits,
  ClassroomLayoutProps,
  ClassroomLayoutSlots,
  ClassroomPane,
} from './ClassroomLayout/classroom-layout-contract.ts';

export { default as ChatPane } from './ChatPane/ChatPane.vue';
export type {
  ChatPaneEmits,
  ChatPaneProps,
  ChatPaneSlots,
  MessageScope,
} from './ChatPane/chat-pane-contract.ts';
export { default as MessageText } from './ChatPane/MessageText.vue';
export { useChat } from './ChatPane/use-chat.ts';
export type { ChatHandle } from './ChatPane/use-chat.ts';
export { useChatComposer } from './ChatPane/use-chat-composer.ts';
export type { AudienceChoice, ChatComposer } from './ChatPane/use-chat-composer.ts';
export { useMarkdown } from './ChatPane/text/use-markdown.ts';
export { useMentionPicker } from './ChatPane/use-mention-picker.ts';
export { useMessageScroll } from './ChatPane/use-message-scroll.ts';
export { useUnread } from './ChatPane/use-unread.ts';
export type { Audience, DraftStorage } from './ChatPane/draft-storage.ts';
export type { MessageRow } from './ChatPane/message-rows.ts';
export type { Mentionable } from './ChatPane/text/mentions.ts';

export { default as MemberList } from './MemberList/MemberList.vue';
export type { MemberListSlots } from './MemberList/member-list-contract.ts';

export { default as ConnectionBadge } from './ConnectionBadge/ConnectionBadge.vue';
export { useConnectionBadge } from './ConnectionBadge/use-connection-badge.ts';
export type { ConnectionBadgeSlots } from './ConnectionBadge/connection-badge-contract.ts';
export type { ConnectionLook, ConnectionWords } from './ConnectionBadge/connection-look.ts';

export { default as MemberAvatar } from './MemberAvatar/MemberAvatar.vue';
export { useMemberAvatar } from './MemberAvatar/use-member-avatar.ts';
export { memberColor } from './MemberAvatar/member-color.ts';

export { default as ClassControls } from './ClassControls/ClassControls.vue';
export type { ClassControlsEmits, ClassControlsSlots } from './ClassControls/class-controls-contract.ts';

export { useClassControls } from './control/use-class-controls.ts';
export { useClassroomState } from './control/use-classroom-state.ts';
export type { ClassroomState, ClassroomStateOptions } from './control/use-classroom-state.ts';
export { useHands } from './control/use-hands.ts';
export { useMembers } from './control/use-members.ts';
export type { MemberException, MemberRights, RosterEntry } from './control/use-members.ts';
export { useMessages } from './control/use-messages.ts';
export type { MessageEvent, Messages } from './control/use-messages.ts';
export { useSpotlight } from './control/use-spotlight.ts';
export { useTimer } from './control/use-timer.ts';

/**
 * Where an app says what its own client is like, so that `useClassroomState` and `useMessages` know its keys and types:
 * `declare module '@chalkline/vue-components' { interface Register { client: typeof client } }`.
 */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- the app fills it
export interface Register {}

export { useChatStore } from './stores/chat.ts';
export { useClassroomStore } from './stores/classroom.ts';
export type { ClassroomRef } from './stores/classroom-of.ts';
export { useConnectionStore } from './stores/connection.ts';
export { useMembersStore } from './stores/members.ts';

export { en } from './locales/en.ts';
export type { Locale } from './locales/locale.ts';
export { useLocale } from './locales/use-locale.ts';
export type { AnyClassroom, AnyClient } from './any-client.ts';
