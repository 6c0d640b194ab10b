/** Every code that can reach an app, on the wire or from the SDK, and whether the same call may succeed later. */
const retryableByCode = {
  unauthorized: false,
  forbidden: false,
  'not-joined': true,
  'not-found': false,
  'bad-envelope': false,
  'unsupported-version': false,
  'payload-too-large': false,
  'rate-limited': true,
  conflict: false,
  timeout: true,
  'connection-lost': true,
  removed: false,
  'classroom-ended': false,
  closed: false,
  internal: true,
} as const satisfies Record<string, boolean>;

export type ErrorCode = keyof typeof retryableByCode;

/** All codes, in the order of the table in PROTOCOL.md. */
export const errorCodes = Object.keys(retryableByCode) as readonly ErrorCode[];

export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(retryableByCode, code);
}

/** Whether the same call may succeed later without the caller changing anything but the time. */
export function isRetryable(code: ErrorCode): boolean {
  return retryableByCode[code];
}

export interface ChalklineErrorOptions {
  cause?: unknown;
  /** Milliseconds to wait before the next try; set with `rate-limited`. */
  retryAfterMs?: number | undefined;
  /** Where the code stands for one that is not in the table: what its sender says. @default the table's word */
  retryable?: boolean | undefined;
}

/**
 * The one error of Chalkline. `message` reads "unable to <operation>; <reason>" and never holds a token.
 */
export class ChalklineError extends Error {
  override readonly name = 'ChalklineError';
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;

  constructor(code: ErrorCode, message: string, options: ChalklineErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.code = code;
    this.retryable = options.retryable ?? isRetryable(code);
    this.retryAfterMs = options.retryAfterMs;
  }
}
