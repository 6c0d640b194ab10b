import { within } from '../deadline.ts';
import { Doubt } from './doubt.ts';
import type { Scripts } from './scripts.ts';

/** A replica answers at once or not in time. */
const TIMEOUT_MS = 250;
/** For how long a replica that did not answer is left alone. */
const DOUBT_MS = 5000;

/**
 * The page, newest first, if the replica has all of it as of the primary's `epoch` and `seq`, and the last change of a message;
 * else undefined, and it has to be read from the primary.
 */
export type Verified = (epoch: string, seq: number, changed: number) => readonly string[] | undefined;

/** Asks for a page of at most `count` chat messages below seq `before`. Undefined while the replica is in doubt. */
export type ReadPage = (
  keys: readonly string[],
  now: number,
  before: number | undefined,
  count: number,
) => Promise<Verified> | undefined;

/**
 * Reads pages of history from a replica. A replica's data is what its primary's was a moment ago, nothing left out. So if
 * it has reached the last seq that the page could hold and the last change of any message, in the same epoch, the page lacks
 * nothing.
 */
export function createPageReader(scripts: Scripts): ReadPage {
  const doubt = new Doubt(DOUBT_MS);
  return (keys, now, before, count) => {
    if (doubt.isCast) return undefined;
    return within(TIMEOUT_MS, scripts.run('page', keys, [now, before ?? '', count])).then(
      ([epoch, seq, texts]): Verified =>
        (primaryEpoch, primarySeq, changed) => {
          const last = Math.max(Math.min((before ?? Infinity) - 1, primarySeq), changed);
          return epoch === primaryEpoch && seq >= last ? texts : undefined;
        },
      (): Verified => {
        doubt.cast();
        return () => undefined;
      },
    );
  };
}
