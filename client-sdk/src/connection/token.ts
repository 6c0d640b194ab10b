import type { Env, Timer } from '../env.ts';
import { ChalklineError } from '../protocol/index.ts';

/** Fetches a token. Called for each new socket and before the old token ends, so it must return a fresh one. */
export type TokenSource = () => string | Promise<string>;

/** The characters that RFC 9110 lets a token, and so a WebSocket subprotocol, hold. */
const SUBPROTOCOL = /^[\w!#$%&'*+.^`|~-]+$/;

/**
 * Asks the app for a token, but not for ever.
 * @throws whatever `source` threw; ChalklineError `timeout`, or `unauthorized` for what no subprotocol can carry.
 */
export async function fetchToken(source: TokenSource, env: Env, patienceMs: number): Promise<string> {
  let timer: Timer | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = env.setTimeout(
      () => reject(new ChalklineError('timeout', 'unable to fetch a token; `token` did not answer')),
      patienceMs,
    );
  });
  try {
    const token = await Promise.race([Promise.resolve().then(source), timeout]);
    if (SUBPROTOCOL.test(token)) return token;
    throw new ChalklineError(
      'unauthorized',
      'unable to use the token; a WebSocket subprotocol cannot carry it',
    );
  } finally {
    env.clearTimeout(timer);
  }
}
