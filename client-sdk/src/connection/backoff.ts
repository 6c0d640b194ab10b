/**
 * Milliseconds to wait before try number `attempt` (from 1): full jitter, so that a class that lost its server at one
 * moment does not come back at one moment.
 */
export function backoffMs(attempt: number, random: number, baseMs: number, capMs: number): number {
  return Math.round(random * Math.min(capMs, baseMs * 2 ** Math.min(attempt - 1, 20)));
}
