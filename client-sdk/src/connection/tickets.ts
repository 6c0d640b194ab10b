import { SUBPROTOCOL, TOKEN_SUBPROTOCOL_PREFIX } from '../protocol/index.ts';
import { backoffMs } from './backoff.ts';
import type { ConnectionOptions } from './connection-events.ts';
import { pauseFor, type Pause } from './pause.ts';
import type { Ticket } from './socket.ts';
import { fetchToken } from './token.ts';

/** What stands before each socket: a backoff, and a fresh token. */
export class Tickets {
  readonly #options: Pick<ConnectionOptions, 'url' | 'token' | 'env' | 'timing'>;
  #backoffMs = 0;
  /** What is waited for: the end of the backoff, or of our patience with the app's `token`. */
  #pause: Pause | undefined;

  constructor(options: Pick<ConnectionOptions, 'url' | 'token' | 'env' | 'timing'>) {
    this.#options = options;
  }

  /** Chooses how long try number `attempt` waits; returns when it begins, in ms since 1970. */
  delay(attempt: number, isSilent: boolean): number {
    const { env, timing } = this.#options;
    // A closed socket may be one of thousands that come back together; silence is a page's own trouble.
    const baseMs = isSilent ? timing.backoffBaseMs : timing.reconnectBaseMs;
    this.#backoffMs = backoffMs(attempt, env.random(), baseMs, timing.backoffCapMs);
    return env.now() + this.#backoffMs;
  }

  /** Resolves when the time that `delay` chose is over. */
  async backoff(): Promise<void> {
    await (this.#pause = pauseFor(this.#options.env, this.#backoffMs)).over;
  }

  /** Waits no longer: the next try begins at once, or a token that has not come is late. */
  hurry(): void {
    this.#pause?.end();
  }

  fetchToken(patience?: Pause): Promise<string> {
    const { env, timing, token } = this.#options;
    return fetchToken(token, patience ?? (this.#pause = pauseFor(env, timing.tokenMs)));
  }

  ticketFor(token: string): Ticket {
    return { url: this.#options.url, protocols: [SUBPROTOCOL, TOKEN_SUBPROTOCOL_PREFIX + token] };
  }
}
