import type { Connection } from './connection/connection.ts';
import type { Timing } from './connection/timing.ts';
import type { Env } from './env.ts';
import type { OutboxStorage } from './outbox-storage.ts';
import type {
  ChalklineError,
  ClassroomEvent,
  MessageData,
  MessageDefinitions,
  Position,
  Role,
  StateDefinitions,
} from './protocol/index.ts';

/**
 * `joining`: asked for, not answered yet, also while the link is down for the first time; `joined` stays through drops,
 * the connection's status tells of those; `failed`: refused, with a cause; `left`: by our own wish.
 */
export type ClassroomStatus = 'idle' | 'joining' | 'joined' | 'failed' | 'left';

export interface ClassroomLifecycle {
  status: { status: ClassroomStatus; cause: ChalklineError | undefined };
  /** Every event of the log, once, in order, whatever its type. */
  event: ClassroomEvent;
  /** Events were missed for good; chat and presence have been loaded anew. An app reloads what it derived itself. */
  discontinuity: { head: Position };
  /** We are joined and the link is up, or no longer. */
  live: boolean;
  /** While we are joined, our role or the message types that we may publish have changed: by a rejoin, or a teacher. */
  permissions: { role: Role; permissions: readonly string[] };
}

export type ClassroomEvents<M extends MessageDefinitions> = ClassroomLifecycle & {
  [T in Extract<keyof M, string>]: ClassroomEvent<T, MessageData<M, T>>;
};

export interface ClassroomOptions {
  env: Env;
  timing: Timing;
  outboxCapacity: number;
  outboxStorage: OutboxStorage | undefined;
  clientId: string;
  connection: Connection;
  messages: MessageDefinitions;
  state: StateDefinitions;
  user(): { userId: string; name: string };
  /** The server's time in ms since 1970. */
  now(): number;
  /** The class is over for us. */
  onEnded(cause: ChalklineError): void;
}
