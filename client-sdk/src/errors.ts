import { ChalklineError, isErrorCode } from './protocol/index.ts';

/** The error that a server told of; a code of a newer server counts as `internal`. */
export function toError(
  problem: { code: string; message: string; retryAfterMs?: number | undefined },
  fallback = 'unable to go on; the server refused',
): ChalklineError {
  return new ChalklineError(
    isErrorCode(problem.code) ? problem.code : 'internal',
    problem.message || fallback,
    {
      retryAfterMs: problem.retryAfterMs,
    },
  );
}

export function asError(error: unknown): ChalklineError {
  return error instanceof ChalklineError
    ? error
    : new ChalklineError('internal', 'unable to go on; unexpected failure', { cause: error });
}
