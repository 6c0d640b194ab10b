import type { Env } from '../env.ts';
import type { ChalklineError, EventOf, Join, Position, Progress, ServerEvent } from '../protocol/index.ts';
import type { ConnectionStatus } from './machine.ts';
import type { Timing } from './timing.ts';
import type { TokenSource } from './token.ts';

export interface ConnectionOptions {
  url: string;
  token: TokenSource;
  env: Env;
  timing: Timing;
  clientId: string;
  /** The classrooms to come back to, with the last position in each. */
  joins(): Join[];
  /** The positions to compare with the server's heads. */
  positions(): Record<string, Position>;
  /** How long the last ping waited for its pong, in ms. */
  rttMs?(): number | undefined;
}

/** Told of whenever the status or its cause has changed: each try that fails has its own cause. */
export interface StatusChange {
  status: ConnectionStatus;
  previous: ConnectionStatus;
  /** Why the link is down, or was closed; undefined if the app closed it or all is well. */
  cause: ChalklineError | undefined;
  /** When the next try begins, in ms since 1970; only while one is waited for. */
  retryAt?: number | undefined;
}

/** The answer to a hello; `joins` is what the hello asked for. */
export interface Greeting {
  welcome: EventOf<'welcome'>;
  /** When the hello left, in ms since 1970. */
  askedAt: number;
  joins: readonly Join[];
}

export interface ConnectionEvents {
  status: StatusChange;
  /** On every new socket and with every fresh token. */
  welcome: Greeting;
  /** Whatever the server says that is no answer to a `request`. */
  event: ServerEvent;
  /** A part of a large frame came in, or went out. */
  progress: Progress;
}
