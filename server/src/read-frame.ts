import {
  byteLength,
  ChalklineError,
  CLIENT_FRAME_BYTES,
  decodeCommand,
  type Command,
} from '@chalkline/client-sdk/protocol';

/** How deep lists and objects may lie in one another: what is nested by the thousand, no stack can write again. */
const DEPTH = 64;

/** How much longer than the client a server may write the same: `1e20` becomes 21 digits. */
const GROWTH = 5;

/** A frame that was refused before it was carried out: `command` is what could be read of it. */
export class UnreadableFrameError extends ChalklineError {
  readonly command: Command | undefined;
  constructor(code: 'bad-envelope' | 'payload-too-large', reason: string, command?: Command) {
    super(code, `unable to read frame; ${reason}`);
    this.command = command;
  }
}

/**
 * Reads a client frame. What it returns can be written again, and the result fits where the frame did: a message that
 * does not would lie in the log and could never be delivered.
 * @throws BadFrameError, UnreadableFrameError
 */
export function readFrame(body: string): Command {
  const bytes = byteLength(body);
  const tooLarge = `it has more than ${CLIENT_FRAME_BYTES} bytes`;
  if (bytes > CLIENT_FRAME_BYTES) throw new UnreadableFrameError('payload-too-large', tooLarge);
  const command = decode(body);
  if (isDeeperThan(DEPTH, command)) {
    throw new UnreadableFrameError('bad-envelope', `it is nested more than ${DEPTH} deep`, command);
  }
  if (bytes > CLIENT_FRAME_BYTES / GROWTH && byteLength(JSON.stringify(command)) > CLIENT_FRAME_BYTES) {
    throw new UnreadableFrameError(
      'payload-too-large',
      `${tooLarge} when its numbers are written out`,
      command,
    );
  }
  return command;
}

/** Whatever goes wrong while a frame is read is the fault of the frame. */
function decode(body: string): Command {
  try {
    return decodeCommand(body);
  } catch (error) {
    if (error instanceof ChalklineError) throw error;
    throw new UnreadableFrameError('bad-envelope', 'it is no frame of this protocol');
  }
}

function isDeeperThan(depth: number, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return depth === 0 || Object.values(value).some((item) => isDeeperThan(depth - 1, item));
}
