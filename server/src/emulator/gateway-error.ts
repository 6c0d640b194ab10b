/** Why the gateway itself refused something, as opposed to what it answers to clients. */
export type GatewayErrorCode = 'port-taken' | 'cannot-listen' | 'invalid-option' | 'function-failed';

/** An error of the gateway's own API. `message` reads `unable to …; reason`. */
export class GatewayError extends Error {
  override readonly name = 'GatewayError';
  readonly code: GatewayErrorCode;

  constructor(code: GatewayErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}
