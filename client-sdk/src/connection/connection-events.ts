import type { Env } from '../env.ts';
import type { ChalklineError, EventOf, Join, Position, ServerEvent } from '../protocol/index.ts';
import type { ConnectionStatus } from './machine.ts';
import type { Timing } from './timing.ts';
import type { TokenSource } from './token.ts';

export interface ConnectionOptions {
  url: string;
  token: TokenSource;
  env: Env;
  timing: Timing;
  clientId: string;
  /** The classrooms to come back to, with the last position in each; at most as many as a hello holds. */
  joins(): Join[];
  /** The positions to compare with the server's heads. */
  positions(): Record<string, Position>;
}

export interface StatusChange {
  status: ConnectionStatus;
  previous: ConnectionStatus;
  /** Why the link is down, or was closed; undefined if the app closed it or all is well. */
  cause: ChalklineError | undefined;
}

export interface ConnectionEvents {
  status: StatusChange;
  /** The answer to a hello, on every new socket and with every fresh token; `joins` is what the hello asked for. */
  welcome: { welcome: EventOf<'welcome'>; joins: readonly Join[] };
  /** Whatever the server says that is no answer to a `request`. */
  event: ServerEvent;
}
