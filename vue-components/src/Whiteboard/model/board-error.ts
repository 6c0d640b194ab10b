/** Why the board refused a change; it was not made. */
export type BoardErrorCode =
  'invalid-element' | 'unsafe-url' | 'stroke-too-long' | 'page-full' | 'too-many-pages' | 'last-page';

/** The one error of the board's engine. `message` reads "unable to <operation>; <reason>". */
export class BoardError extends Error {
  override readonly name = 'BoardError';
  readonly code: BoardErrorCode;

  constructor(code: BoardErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
