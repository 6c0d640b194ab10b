import { builtInMessages, type MessageDefinitions } from '@chalkline/client-sdk/protocol';
import type { ClassroomStore, Clock, Gateway, TokenVerifier } from './ports.ts';

/** What one line of the log holds; `outcome` is `ok` or an error code. */
export interface LogLine {
  action: string;
  outcome: string;
  [detail: string]: unknown;
}

/** Everything that the handlers need of the world. */
export interface Backend {
  store: ClassroomStore;
  gateway: Gateway;
  verifier: TokenVerifier;
  clock: Clock;
  /** Every message type that may be published: Chalkline's and the app's. */
  messages: MessageDefinitions;
  log: (line: LogLine) => void;
}

/**
 * The message types of a backend: Chalkline's own and the app's.
 * @throws TypeError for a type that is not `noun.verb`, or that would stand in for one of Chalkline's.
 */
export function allMessages(own: MessageDefinitions = {}): MessageDefinitions {
  for (const type of Object.keys(own)) {
    if (!type.includes('.')) throw new TypeError(`a message type reads noun.verb; "${type}" does not`);
    if (/^(chat|board|state|member|class)\./.test(type)) {
      throw new TypeError(`the message type "${type}" is kept for Chalkline; choose another noun`);
    }
  }
  return { ...own, ...builtInMessages };
}
