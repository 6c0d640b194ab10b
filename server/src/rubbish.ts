import { BadFrameError, encode, type ChalklineError } from '@chalkline/client-sdk/protocol';
import type { Backend } from './backend.ts';
import { asChalklineError } from './failure.ts';
import { UnreadableFrameError } from './read-frame.ts';

/** As many frames that cannot be read, within so long a time, and the connection is closed for good. */
const FRAMES = 20;
const WINDOW_MS = 60_000;

/**
 * Whether a connection has now sent more rubbish than an honest client would. Only a frame that could not be read is asked
 * about, and costs a store call; the store counts, because the next frame may reach another function instance.
 */
export async function isRubbishTooOften(
  { store, log }: Pick<Backend, 'store' | 'log'>,
  connectionId: string,
  problem: ChalklineError,
): Promise<boolean> {
  if (!(problem instanceof BadFrameError || problem instanceof UnreadableFrameError)) return false;
  try {
    return (await store.strike(connectionId, WINDOW_MS)) >= FRAMES;
  } catch (error) {
    // Better rubbish than a user thrown out by a store that is down.
    log({ action: 'strike', outcome: asChalklineError(error).code, connectionId });
    return false;
  }
}

/** The last frame to such a connection: its client must not come back by itself. */
export function byeFrame(): string {
  const message = `unable to go on; ${FRAMES} frames within ${WINDOW_MS / 1000} s could not be read`;
  return encode({ action: 'bye', code: 'bad-envelope', message });
}
