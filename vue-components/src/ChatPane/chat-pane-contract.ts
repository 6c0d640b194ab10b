import type { ChalklineError, ChatMessage } from '@chalkline/client-sdk';

export interface ChatPaneEmits {
  /** A message of ours is stored: every member gets it. */
  sent: [message: ChatMessage];
  /** A message of ours was refused; it stands in the list with a sentence and a retry. */
  failed: [error: ChalklineError];
}

export interface ChatPaneSlots {
  /** Above the messages. */
  header?: () => unknown;
  /** Instead of the sentence that there are no messages yet. */
  empty?: () => unknown;
  /** Instead of a message's plain text. */
  text?: (props: { message: ChatMessage }) => unknown;
  /** Instead of the composer, for those who may write; `send` takes the text. */
  composer?: (props: { send: (text: string) => void }) => unknown;
}
