import type { ChalklineError, ChatMessage, Sender, TypingMember } from '@chalkline/client-sdk';
import type { ChatComposer } from './use-chat-composer.ts';

export interface ChatPaneProps {
  /** The emoji that are offered as reactions; any other one can be typed. @default a dozen */
  reactions?: readonly string[];
}

export interface ChatPaneEmits {
  /** A message of ours is stored: every member gets it. */
  sent: [message: ChatMessage];
  /** What we wrote or wanted was refused: a message then stands in the list with a sentence and a retry. */
  failed: [error: ChalklineError];
  /** An edit of ours is stored. */
  edited: [id: string];
  /** A message was deleted by us. */
  deleted: [id: string];
  /** We chose an emoji for a message, or took it back. */
  reacted: [id: string, emoji: string];
  /** A link in a message was pressed; `event.preventDefault()` keeps the browser from following it. */
  linkPress: [href: string, event: MouseEvent];
  /** All messages that are loaded have been seen. */
  read: [];
}

/** A message, and what a piece of it is made of. */
export interface MessageScope {
  message: ChatMessage;
}

export interface ChatPaneSlots {
  /** Above the messages. */
  header?: () => unknown;
  /** Instead of the sentence that there are no messages yet. */
  empty?: () => unknown;
  /** Instead of the divider that names the day of the messages below; `at` is in ms since 1970. */
  day?: (props: { at: number }) => unknown;
  /** Instead of the divider above what is unread. */
  unread?: () => unknown;
  /** Instead of all of a message, its author's name and its actions included. */
  message?: (props: MessageScope & { isFirstOfGroup: boolean }) => unknown;
  /** Instead of an author's picture. */
  avatar?: (props: { author: Sender; name: string }) => unknown;
  /** Instead of an author's name and role. */
  author?: (props: { author: Sender; name: string }) => unknown;
  /** Instead of the line that names the message which is answered. */
  quote?: (props: MessageScope & { original: ChatMessage | undefined; jump: () => void }) => unknown;
  /** Instead of a message's text. */
  text?: (props: MessageScope) => unknown;
  /** Instead of what is left of a deleted message. */
  deleted?: (props: MessageScope) => unknown;
  /** Instead of a message's time, state and mark of an edit. */
  meta?: (props: MessageScope) => unknown;
  /** Instead of the emoji below a message. */
  reactions?: (props: MessageScope & { toggle: (emoji: string) => void }) => unknown;
  /** Instead of the buttons of a message that is pointed at or has the focus. */
  actions?: (props: MessageScope) => unknown;
  /** After those buttons. */
  moreActions?: (props: MessageScope) => unknown;
  /** Instead of the sentence and the buttons of a message that was not sent. */
  failure?: (props: MessageScope & { retry: () => void; discard: () => void }) => unknown;
  /** Instead of the button that leads to what is new. */
  jump?: (props: { count: number; direction: 'up' | 'down'; jump: () => void }) => unknown;
  /** Instead of the line that tells who is typing. */
  typing?: (props: { members: readonly TypingMember[] }) => unknown;
  /** Instead of the composer, for those who may write; `send` takes the text. */
  composer?: (props: { send: (text: string) => void; composer: ChatComposer }) => unknown;
  /** Instead of the sentence that stands in the composer's place for those who may not write. */
  readOnly?: (props: { reason: 'observer' | 'muted' }) => unknown;
}
