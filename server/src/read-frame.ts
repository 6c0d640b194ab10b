import {
  byteLength,
  ChalklineError,
  CLIENT_FRAME_BYTES,
  decodeCommand,
  MESSAGE_BYTES,
  type Command,
} from '@chalkline/client-sdk/protocol';

/** How deep lists and objects may lie in one another: what is nested by the thousand, no stack can write again. */
const DEPTH = 64;

/** How much longer than the client a server may write the same: `1e20` becomes 21 digits. */
const GROWTH = 5;

/** A command that is carried out as it is. */
export type RoutedCommand = Exclude<Command, { action: 'chunk' }>;

/** A frame that was refused before it was carried out: `command` is what could be read of it. */
export class UnreadableFrameError extends ChalklineError {
  readonly command: Command | undefined;
  constructor(code: 'bad-envelope' | 'payload-too-large', reason: string, command?: Command) {
    super(code, `unable to read frame; ${reason}`);
    this.command = command;
  }
}

/**
 * Reads a client frame.
 * @throws BadFrameError, UnreadableFrameError
 */
export function readFrame(body: string): Command {
  if (byteLength(body) > CLIENT_FRAME_BYTES) {
    throw new UnreadableFrameError('payload-too-large', `it has more than ${CLIENT_FRAME_BYTES} bytes`);
  }
  return read(body);
}

/**
 * Reads a frame that was put together from chunks. Written again, as it will be for the log and for the others, it has at
 * most as many bytes as the whole itself may have.
 * @throws BadFrameError, UnreadableFrameError
 */
export function readWhole(text: string): RoutedCommand {
  const command = read(text);
  if (command.action === 'chunk') throw new UnreadableFrameError('bad-envelope', 'a chunk lies in a chunk');
  const tooLarge = `it has more than ${MESSAGE_BYTES} bytes`;
  const bytes = byteLength(text);
  if (bytes > MESSAGE_BYTES) throw new UnreadableFrameError('payload-too-large', tooLarge, command);
  if (bytes > MESSAGE_BYTES / GROWTH && byteLength(JSON.stringify(command)) > MESSAGE_BYTES) {
    const reason = `${tooLarge} when its numbers are written out`;
    throw new UnreadableFrameError('payload-too-large', reason, command);
  }
  return command;
}

function read(text: string): Command {
  const command = decode(text);
  if (isDeeperThan(DEPTH, command)) {
    throw new UnreadableFrameError('bad-envelope', `it is nested more than ${DEPTH} deep`, command);
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
