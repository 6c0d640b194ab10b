import type { Clock } from './clock.ts';
import { GatewayError } from './gateway-error.ts';

/** The platform's quotas. Sizes in bytes, durations in ms. A test scales them down; `Infinity` switches one off. */
export interface Limits {
  /** Largest WebSocket frame from a client; a larger one closes the socket with 1009. @default 32768 */
  readonly frameBytes: number;
  /** Largest message, however many frames, and largest @connections payload. @default 131072 */
  readonly messageBytes: number;
  /** A connection is closed after this long, whatever it does. @default 7200000 (2 h) */
  readonly connectionDurationMs: number;
  /** A connection is closed when no message went either way for this long. @default 600000 (10 min) */
  readonly idleMs: number;
  /** How long an integration may take; a route's own `timeoutMs` may be shorter. @default 29000 */
  readonly integrationTimeoutMs: number;
  /** New connections a second; the rest is answered 429. @default 500 */
  readonly connectsPerSecond: number;
  /** Messages and @connections calls a second, together. @default 10000 */
  readonly requestsPerSecond: number;
  /** How many of them may come at once. @default 5000 */
  readonly requestBurst: number;
  /** Largest result of the authorizer, as JSON. @default 8192 */
  readonly authorizerResultBytes: number;
  /** Longest URL, path and query. @default 4096 */
  readonly urlCharacters: number;
  /** Most routes of an API. @default 300 */
  readonly routes: number;
}

const defaultLimits: Limits = {
  frameBytes: 32 * 1024,
  messageBytes: 128 * 1024,
  connectionDurationMs: 2 * 60 * 60 * 1000,
  idleMs: 10 * 60 * 1000,
  integrationTimeoutMs: 29_000,
  connectsPerSecond: 500,
  requestsPerSecond: 10_000,
  requestBurst: 5_000,
  authorizerResultBytes: 8 * 1024,
  urlCharacters: 4096,
  routes: 300,
};

/**
 * AWS's limits with `changed` laid over them.
 * @throws GatewayError `invalid-option` for a limit that is not a positive number.
 */
export function resolveLimits(changed: Partial<Limits> = {}): Limits {
  for (const [name, value] of Object.entries(changed)) {
    if (!(typeof value === 'number' && value > 0)) {
      throw new GatewayError('invalid-option', `unable to set limit ${name}; it must be a positive number`);
    }
  }
  return { ...defaultLimits, ...changed };
}

/** The unit in which API Gateway bills messages, bytes. */
const BILLED_BYTES = 32 * 1024;

/** How many messages API Gateway bills for one of `bytes`: one for each 32 KB begun. */
export function billedMessages(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / BILLED_BYTES));
}

/** A token bucket. `take()` says whether one more may pass now. */
export class RateMeter {
  readonly #clock: Clock;
  readonly #perSecond: number;
  readonly #burst: number;
  #tokens: number;
  #filledAt: number;

  constructor(clock: Clock, perSecond: number, burst: number) {
    this.#clock = clock;
    this.#perSecond = perSecond;
    this.#burst = burst;
    this.#tokens = burst;
    this.#filledAt = clock.now();
  }

  take(): boolean {
    if (this.#burst === Infinity || this.#perSecond === Infinity) return true;
    const now = this.#clock.now();
    if (now > this.#filledAt) {
      this.#tokens = Math.min(this.#burst, this.#tokens + ((now - this.#filledAt) / 1000) * this.#perSecond);
      this.#filledAt = now;
    }
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
