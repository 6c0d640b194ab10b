import { ChalklineError } from '../protocol/index.ts';
import type { Pause } from './pause.ts';

/**
 * Fetches a token. Called for each new socket and before the old token ends, so it must return a fresh one. Where it
 * rejects, it is asked again after a while; with a ChalklineError `unauthorized` only once more: nobody is signed in.
 */
export type TokenSource = () => string | Promise<string>;

/** The characters that RFC 9110 lets a token, and so a WebSocket subprotocol, hold. */
const SUBPROTOCOL = /^[\w!#$%&'*+.^`|~-]+$/;

/**
 * Asks the app for a token, but only until `patience` is over.
 * @throws whatever `source` threw; ChalklineError `timeout`, or `unauthorized` for what no subprotocol can carry.
 */
export async function fetchToken(source: TokenSource, patience: Pause): Promise<string> {
  const timeout = patience.over.then(() => {
    throw new ChalklineError('timeout', 'unable to fetch a token; `token` did not answer');
  });
  try {
    const token: unknown = await Promise.race([Promise.resolve().then(source), timeout]);
    if (typeof token === 'string' && SUBPROTOCOL.test(token)) return token;
    throw new ChalklineError(
      'unauthorized',
      'unable to use the token; a WebSocket subprotocol cannot carry it',
    );
  } finally {
    patience.end();
  }
}
