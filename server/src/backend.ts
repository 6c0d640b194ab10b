import {
  allowedMessages,
  stateDefinition,
  type MessageDefinitions,
  type StateDefinitions,
} from '@chalkline/client-sdk/protocol';
import type { EndedClassroom } from './ended-classroom.ts';
import type { Meter } from './meter.ts';
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
  /** The app's own keys of the shared state; Chalkline's are always there. */
  state: StateDefinitions;
  /**
   * Gets what is left of each class that a teacher ends, once everyone has been told. What it rejects with is logged.
   * @default nothing is exported
   */
  onEnded?: ((ended: EndedClassroom) => Promise<void>) | undefined;
  log: (line: LogLine) => void;
  meter: Meter;
}

/**
 * The message types of a backend: Chalkline's own and the app's.
 * @param privateMessages whether members may write to the teachers alone. @default false
 * @throws TypeError for a type that is not `noun.verb`, or that would stand in for one of Chalkline's.
 */
export function allMessages(own: MessageDefinitions = {}, privateMessages = false): MessageDefinitions {
  for (const type of Object.keys(own)) {
    if (!type.includes('.')) throw new TypeError(`a message type reads noun.verb; "${type}" does not`);
    if (/^(chat|board|state|member|class)\./.test(type)) {
      throw new TypeError(`the message type "${type}" is kept for Chalkline; choose another noun`);
    }
  }
  return allowedMessages(own, privateMessages);
}

/**
 * The keys of an app's shared state.
 * @throws TypeError for a key that could not be sent, or that would stand in for one of Chalkline's.
 */
export function allState(own: StateDefinitions = {}): StateDefinitions {
  for (const key of Object.keys(own)) {
    if (!/^[\w.-]{1,128}$/.test(key)) {
      throw new TypeError(`a key of the state has letters, digits and _ . - only; "${key}" does not`);
    }
    if (stateDefinition({}, key))
      throw new TypeError(`the key "${key}" is kept for Chalkline; choose another`);
  }
  return own;
}
