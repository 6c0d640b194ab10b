/** @module client-sdk */
export { createClient } from './client.ts';
export type { Client, ClientOptions } from './client.ts';
export type { Classroom } from './classroom.ts';
export type { ClassroomEvents, ClassroomLifecycle, ClassroomStatus } from './classroom-events.ts';
export type { Chat } from './chat.ts';
export { partnerOf } from './chat-message.ts';
export type { ChatMessage, ChatReaction, SendOptions } from './chat-message.ts';
export type { ReadMark, Unread } from './read-mark.ts';
export type { MemberHealth, Presence } from './presence.ts';
export type { ReceivedSignal, SignalOptions, SignalQuality, Signals } from './signals.ts';
export type { Typing, TypingMember } from './typing.ts';
export type { Access } from './access.ts';
export type { Documents, DocumentUpdate } from './documents.ts';
export type { LoadProgress } from './document-assembler.ts';
export type { State, StateChange, StateRecord } from './state.ts';
export type { Receipt } from './outbox.ts';
export type { OutboxStorage, StoredMessage } from './outbox-storage.ts';
export { defaultTiming } from './connection/timing.ts';
export type { Timing } from './connection/timing.ts';
export type { StatusChange } from './connection/connection-events.ts';
export type { TokenSource } from './connection/token.ts';
export type { ConnectionStatus } from './connection/machine.ts';
export { browserEnv } from './env.ts';
export type { Env, Timer, Wake, WebSocketConstructor } from './env.ts';
export { ChalklineError, errorCodes, isRetryable } from './protocol/index.ts';
export type {
  BuiltInMessages,
  BuiltInState,
  ClassroomEvent,
  ErrorCode,
  Member,
  MessageData,
  MessageDefinition,
  MessageDefinitions,
  Position,
  Progress,
  Role,
  Sender,
  StateDefinition,
  StateDefinitions,
  StateValue,
} from './protocol/index.ts';
