import type { ChalklineError } from '../protocol/index.ts';

/**
 * The life of a connection.
 *
 *            connect                tokenReady            opened              welcomed
 *   idle ───────────► authenticating ────────► opening ────────► handshaking ────────► connected
 *                        ▲     │                  │                  │                    │
 *                  retry │     └───────── lost ───┴───────── lost ───┴──────── lost ──────┤
 *                        │                                                                │
 *                     backoff ◄───────────────────────────────────────────────────────────┘
 *
 *   from every state: closed(cause) ──► closed ── connect ──► authenticating
 *   refused (the token is not accepted) goes the way of lost the first time, and to closed the second time in a row
 *
 * `attempt` counts the tries since the last time the client was whole; only `welcomed` resets it, because a server that
 * accepts sockets and then fails must not be hammered.
 */
export type ConnectionState =
  | { name: 'idle' }
  | Trying<'authenticating'>
  | Trying<'opening'>
  | Trying<'handshaking'>
  | { name: 'connected' }
  | Trying<'backoff'>
  | { name: 'closed'; cause: ChalklineError | undefined };

interface Trying<N extends string> {
  name: N;
  attempt: number;
  /** Whether this connection was up before: an app shows "reconnecting" instead of "connecting". */
  wasConnected: boolean;
  /** Whether a token was refused since: the next refusal is for good. */
  wasRefused: boolean;
  /** Why the last try failed, or the link was lost; undefined on the first try. */
  cause: ChalklineError | undefined;
}

export type ConnectionInput =
  | { type: 'connect' }
  | { type: 'retry' }
  | { type: 'tokenReady' }
  | { type: 'opened' }
  | { type: 'welcomed' }
  | { type: 'lost'; cause: ChalklineError }
  | { type: 'refused'; cause: ChalklineError }
  | { type: 'closed'; cause: ChalklineError | undefined };

/** The state after `input`; the same object where the input means nothing in that state. */
export function next(state: ConnectionState, input: ConnectionInput): ConnectionState {
  switch (input.type) {
    case 'connect':
      return state.name === 'idle' || state.name === 'closed'
        ? { name: 'authenticating', attempt: 1, wasConnected: false, wasRefused: false, cause: undefined }
        : state;
    case 'retry':
      return state.name === 'backoff' ? trying('authenticating', state) : state;
    case 'tokenReady':
      return state.name === 'authenticating' ? trying('opening', state) : state;
    case 'opened':
      return state.name === 'opening' ? trying('handshaking', state) : state;
    case 'welcomed':
      return state.name === 'handshaking' ? { name: 'connected' } : state;
    case 'lost':
      return lost(state, input.cause, false);
    case 'refused':
      return 'wasRefused' in state && state.wasRefused
        ? { name: 'closed', cause: input.cause }
        : lost(state, input.cause, true);
    case 'closed':
      return state.name === 'closed' ? state : { name: 'closed', cause: input.cause };
    default:
      return input satisfies never;
  }
}

function trying<N extends string>(name: N, from: Trying<string>): Trying<N> {
  return { ...from, name };
}

function lost(state: ConnectionState, cause: ChalklineError, isRefused: boolean): ConnectionState {
  switch (state.name) {
    case 'connected':
      return { name: 'backoff', attempt: 1, wasConnected: true, wasRefused: isRefused, cause };
    case 'authenticating':
    case 'opening':
    case 'handshaking': {
      const { attempt, wasConnected, wasRefused } = state;
      return {
        name: 'backoff',
        attempt: attempt + 1,
        wasConnected,
        wasRefused: wasRefused || isRefused,
        cause,
      };
    }
    case 'idle':
    case 'backoff':
    case 'closed':
      return state;
    default:
      return state satisfies never;
  }
}

/** What an app needs to know: only `closed` asks it to act. */
export type ConnectionStatus = 'idle' | 'connecting' | 'connected' | 'reconnecting' | 'closed';

export function statusOf(state: ConnectionState): ConnectionStatus {
  switch (state.name) {
    case 'idle':
    case 'connected':
    case 'closed':
      return state.name;
    case 'authenticating':
    case 'opening':
    case 'handshaking':
    case 'backoff':
      return state.wasConnected ? 'reconnecting' : 'connecting';
    default:
      return state satisfies never;
  }
}
