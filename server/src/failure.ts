import { ChalklineError } from '@chalkline/client-sdk/protocol';

/** The coded error behind whatever was thrown; what was not foreseen is `internal`, and says nothing of its inside. */
export function asChalklineError(error: unknown): ChalklineError {
  return error instanceof ChalklineError
    ? error
    : new ChalklineError('internal', 'unable to answer; something went wrong inside', { cause: error });
}

/** The messages of an error and of what caused it, for the log only. */
export function causesOf(error: Error): string[] {
  const cause = error.cause instanceof Error ? causesOf(error.cause) : [];
  return [`${error.name}: ${error.message}`, ...cause];
}
