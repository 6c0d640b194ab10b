import { ChalklineError, isErrorCode } from './protocol/index.ts';

interface Problem {
  code: string;
  message: string;
  retryAfterMs?: number | undefined;
  retryable?: boolean | undefined;
}

/**
 * The error that a server told of. A code of a newer server counts as `internal`, and as worth a retry only if the server says
 * so: what it refused for a reason that we do not know, we would ask for again and again.
 */
export function toError(
  { code, message, retryAfterMs, retryable = false }: Problem,
  fallback = 'unable to go on; the server refused',
): ChalklineError {
  const isKnown = isErrorCode(code);
  return new ChalklineError(isKnown ? code : 'internal', message || fallback, {
    retryAfterMs,
    ...(isKnown ? {} : { retryable }),
  });
}

export function asError(error: unknown): ChalklineError {
  return error instanceof ChalklineError
    ? error
    : new ChalklineError('internal', 'unable to go on; unexpected failure', { cause: error });
}
