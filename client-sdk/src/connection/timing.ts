/** How patient the SDK is; every value in ms. */
export interface Timing {
  /** Longest time without a word to the server. @default 30000 */
  pingMs: number;
  /**
   * Longest wait for the answer to a ping before the socket counts as dead. A slow link, on which something large is still
   * on its way, has longer. @default 10000
   */
  pongMs: number;
  /**
   * The same for a ping that is sent because the page woke up. A dead link is to be replaced within 3 s of that: this
   * leaves 0.5 s for the first backoff and 1 s for a token, the handshake and the hello, and is yet enough for the answer
   * of a Lambda that starts cold. Where it is too short, a good socket is replaced: nothing is lost by that.
   * @default 1500
   */
  probeMs: number;
  /** Longest wait for the answer to a command; a slow link has longer for it, too. @default 10000 */
  requestMs: number;
  /** Longest handshake: a cold authorizer and a cold `$connect` take their time. @default 15000 */
  connectMs: number;
  /** Longest wait for the app's `token`. @default 15000 */
  tokenMs: number;
  /** Ceiling of the first wait before a command is tried again, or a socket that fell silent; it doubles with each. @default 500 */
  backoffBaseMs: number;
  /**
   * The same after a socket that was closed: thousands may have been, at one moment, and API Gateway takes 500 connections
   * a second. A page that wakes or comes online does not wait. @default 6000
   */
  reconnectBaseMs: number;
  /** Ceiling of every wait before a new try. @default 20000 */
  backoffCapMs: number;
  /** How long before a token's end a fresh one is fetched. @default 60000 */
  refreshMs: number;
  /** Age at which a socket is swapped for a new one, give or take 5 %: API Gateway cuts it after 2 hours. @default 6600000 */
  swapMs: number;
  /** Age up to which a message without an ack is sent again; a backend has to know ids for longer. @default 43200000 */
  resendMs: number;
  /** How long an event that came too early waits for those before it. @default 1000 */
  gapMs: number;
}

export const defaultTiming: Timing = {
  pingMs: 30_000,
  pongMs: 10_000,
  probeMs: 1_500,
  requestMs: 10_000,
  connectMs: 15_000,
  tokenMs: 15_000,
  backoffBaseMs: 500,
  reconnectBaseMs: 6_000,
  backoffCapMs: 20_000,
  refreshMs: 60_000,
  swapMs: 6_600_000,
  resendMs: 43_200_000,
  gapMs: 1_000,
};
