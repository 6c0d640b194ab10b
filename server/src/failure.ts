import { ChalklineError } from '@chalkline/client-sdk/protocol';

/** The coded error behind whatever was thrown; what was not foreseen is `internal`, and says nothing of its inside. */
export function asChalklineError(error: unknown): ChalklineError {
  return error instanceof ChalklineError
    ? error
    : new ChalklineError('internal', 'unable to answer; something went wrong inside', { cause: error });
}
