export { ChunkAssembler, chunkRefusal, splitFrame } from './chunk.ts';
export type { Chunk, ChunkAssemblerOptions, Progress } from './chunk.ts';
export { hiddenEvent, visibleTo } from './chat.ts';
export { commandSchemas } from './commands.ts';
export type { Command, CommandAction, CommandOf, Join } from './commands.ts';
export { eventSchemas } from './events.ts';
export type { DocumentPiece, EventAction, EventOf, ServerEvent } from './events.ts';
export {
  allowedMessages,
  builtInMessages,
  classroomIdSchema,
  documentSchema,
  memberSchema,
  messageSchema,
  serverMessages,
} from './messages.ts';
export type {
  BuiltInMessages,
  ClassroomEvent,
  Member,
  Message,
  MessageData,
  MessageDefinition,
  MessageDefinitions,
  Position,
  Signal,
} from './messages.ts';
export { nameSchema, roles, roleSchema } from './names.ts';
export type { Role, Sender } from './names.ts';
export { accessKey, builtInState, checkState, isOpen, stateDefinition } from './state.ts';
export type {
  Access,
  Kept,
  BuiltInState,
  StateDefinition,
  StateDefinitions,
  StateEntry,
  StateValue,
} from './state.ts';
export { BadFrameError, checkMessage, decodeCommand, decodeEvent, encode, hasValidData } from './codec.ts';
export { ChalklineError, errorCodes, isErrorCode, isRetryable } from './errors.ts';
export type { ChalklineErrorOptions, ErrorCode } from './errors.ts';
export {
  byteLength,
  CHAT_MENTIONS,
  CHAT_TEXT_LENGTH,
  CHUNKED_BYTES,
  CHUNKED_FRAMES,
  CHUNKED_MS,
  CLIENT_FRAME_BYTES,
  HEALTH_MEMBERS,
  HELLO_JOINS,
  PING_CLASSROOMS,
  HISTORY_PAGE,
  MESSAGE_BYTES,
  PROTOCOL_VERSION,
  PUBLISH_MESSAGES,
  RESEND_EVENTS,
  SERVER_FRAME_BYTES,
  SILENT_MS,
  silentFromMs,
  SLOW_RTT_MS,
  STATE_VALUE_BYTES,
  SUBPROTOCOL,
  TOKEN_SUBPROTOCOL_PREFIX,
} from './limits.ts';
