import * as z from 'zod/mini';
import { commandSchemas, type Command, type CommandAction } from './commands.ts';
import { ChalklineError } from './errors.ts';
import { eventSchemas, type EventAction, type ServerEvent } from './events.ts';
import { PROTOCOL_VERSION } from './limits.ts';
import type { ClassroomEvent, MessageDefinitions } from './messages.ts';

type Unversioned<T> = T extends { v: unknown } ? Omit<T, 'v'> : never;

/** The JSON text of one frame, with its version. */
export function encode(frame: Unversioned<Command> | Unversioned<ServerEvent>): string {
  return JSON.stringify({ v: PROTOCOL_VERSION, ...frame });
}

/** What could be told of a frame that was refused: its `ref`, so that the sender knows which command failed. */
export class BadFrameError extends ChalklineError {
  readonly ref: number | undefined;
  constructor(code: 'bad-envelope' | 'unsupported-version', reason: string, frame: object, cause?: unknown) {
    super(code, `unable to read frame; ${reason}`, { cause });
    const ref = 'ref' in frame ? frame.ref : undefined;
    // Only one that our own answer could carry.
    this.ref = typeof ref === 'number' && Number.isSafeInteger(ref) && ref >= 0 ? ref : undefined;
  }
}

function parse(text: string): { action: string; v: unknown } & object {
  let frame: unknown;
  try {
    frame = JSON.parse(text);
  } catch (cause) {
    throw new BadFrameError('bad-envelope', 'it is not JSON', {}, cause);
  }
  if (
    typeof frame !== 'object' ||
    frame === null ||
    !('action' in frame) ||
    typeof frame.action !== 'string'
  ) {
    const seen = typeof frame === 'object' && frame !== null ? frame : {};
    throw new BadFrameError('bad-envelope', 'it is not an object with an `action`', seen);
  }
  const v = 'v' in frame ? frame.v : undefined;
  if (v !== PROTOCOL_VERSION) {
    throw new BadFrameError('unsupported-version', `its version is not ${PROTOCOL_VERSION}`, frame);
  }
  return Object.assign(frame, { action: frame.action, v });
}

function check<S extends z.core.$ZodType>(schema: S, frame: { action: string }): z.infer<S> {
  const result = z.safeParse(schema, frame);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const where = issue === undefined || issue.path.length === 0 ? 'frame' : issue.path.join('.');
  throw new BadFrameError('bad-envelope', `\`${where}\` of \`${frame.action}\` is not valid`, frame);
}

/**
 * Reads a client frame.
 * @throws BadFrameError `bad-envelope` | `unsupported-version`, with the `ref` where there is one.
 */
export function decodeCommand(text: string): Command {
  const frame = parse(text);
  if (!Object.hasOwn(commandSchemas, frame.action)) {
    throw new BadFrameError('bad-envelope', `there is no command \`${frame.action.slice(0, 40)}\``, frame);
  }
  return check(commandSchemas[frame.action as CommandAction], frame);
}

/**
 * Reads a server frame; undefined for an `action` that a newer server may have added, which is to be ignored.
 * @throws BadFrameError `bad-envelope` | `unsupported-version`.
 */
export function decodeEvent(text: string): ServerEvent | undefined {
  const frame = parse(text);
  if (!Object.hasOwn(eventSchemas, frame.action)) return undefined;
  return check(eventSchemas[frame.action as EventAction], frame);
}

/** Whether the data of an event is what the definition of its type says; a type without one may hold anything. */
export function hasValidData(
  definitions: MessageDefinitions,
  { type, data }: Pick<ClassroomEvent, 'type' | 'data'>,
): boolean {
  const definition = Object.hasOwn(definitions, type) ? definitions[type] : undefined;
  return !definition || z.safeParse(definition.schema, data).success;
}

/**
 * Checks `data` against the definition of its message type and returns it as the schema read it.
 * @throws ChalklineError `bad-envelope` for an unknown type or data of the wrong shape, `payload-too-large` for a text that is
 * too long.
 */
export function checkMessage(definitions: MessageDefinitions, type: string, data: unknown): unknown {
  const definition = Object.hasOwn(definitions, type) ? definitions[type] : undefined;
  if (!definition)
    throw new ChalklineError('bad-envelope', `unable to publish; there is no message type "${type}"`);
  const result = z.safeParse(definition.schema, data);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const path = issue?.path.join('.') ?? '';
  // What is too long is not wrong: whoever wrote it has to know by how much.
  if (issue?.code === 'too_big' && issue.origin === 'string') {
    const reason = `"${path}" of "${type}" has more than ${issue.maximum} characters`;
    throw new ChalklineError('payload-too-large', `unable to publish; ${reason}`);
  }
  throw new ChalklineError(
    'bad-envelope',
    `unable to publish; the data of "${type}" is not valid${path === '' ? '' : ` at "${path}"`}`,
  );
}
