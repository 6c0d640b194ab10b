import type { ChatMessage } from '@chalkline/client-sdk';
import { createContext } from '../context.ts';
import type { ChatPaneSlots } from './chat-pane-contract.ts';
import type { ChatComposer } from './use-chat-composer.ts';
import type { ChatHandle } from './use-chat.ts';

/** What `<ChatPane>` gives to its parts. */
export interface ChatPaneContext {
  chat: ChatHandle;
  composer: ChatComposer;
  slots: ChatPaneSlots;
  reactionsOffered: () => readonly string[];
  /** What the parts may do; each tells the app what became of it. */
  actions: ChatPaneActions;
}

export interface ChatPaneActions {
  send: (text: string) => void;
  submit: () => void;
  retry: (id: string) => void;
  remove: (id: string) => void;
  toggleReaction: (message: ChatMessage, emoji: string) => void;
  /** Brings a message into sight, loading what is older until it is there. */
  jumpTo: (id: string) => void;
  pressLink: (href: string, event: MouseEvent) => void;
}

export const chatPaneContext = createContext<ChatPaneContext>('ChatPane');
