import {
  BadFrameError,
  encode,
  type ChalklineError,
  type Command,
  type CommandAction,
  type CommandOf,
} from '@chalkline/client-sdk/protocol';
import type { Backend } from './backend.ts';
import { broadcast, postsOf } from './broadcast.ts';
import { end } from './commands/end.ts';
import { hello } from './commands/hello.ts';
import { history } from './commands/history.ts';
import { join } from './commands/join.ts';
import { leave } from './commands/leave.ts';
import { load } from './commands/load.ts';
import { ping } from './commands/ping.ts';
import { publish } from './commands/publish.ts';
import { signal } from './commands/signal.ts';
import { asChalklineError, causesOf } from './failure.ts';
import type { Announcement, Claims } from './ports.ts';
import { readFrame, readWhole, UnreadableFrameError, type RoutedCommand } from './read-frame.ts';
import { byeFrame, isRubbishTooOften } from './rubbish.ts';

/** Who speaks: one socket, and what its token said when it was opened. */
export interface Speaker {
  connectionId: string;
  claims: Claims;
}

/** What a command leads to. */
export interface Outcome {
  /** Frames for the speaker, in order. */
  answers: string[];
  /** What the others hear. */
  announcements?: readonly Announcement[];
  /** Frames for others that are in no log. */
  posts?: readonly { connectionId: string; frame: string }[];
  /** What the log's line tells besides, so that a message can be followed. */
  trace?: Readonly<Record<string, unknown>>;
  /** What is in nobody's way: done when all have been told. Never rejects. */
  afterwards?: () => Promise<void>;
}

/** One command. Rejects with a ChalklineError, which the router puts on the wire. */
export type CommandHandler<A extends CommandAction> = (
  backend: Backend,
  speaker: Speaker,
  command: CommandOf<A>,
) => Promise<Outcome>;

const handlers: { [A in RoutedCommand['action']]: CommandHandler<A> } = {
  hello,
  join,
  leave,
  publish,
  signal,
  history,
  load,
  end,
  ping,
};

/** Answers one client frame: reads it, carries it out, and posts what follows. Never rejects. */
export async function route(backend: Backend, speaker: Speaker, body: string): Promise<void> {
  const startedAt = backend.clock();
  let command: Command | undefined;
  let outcome: Outcome;
  let code = 'ok';
  let isLast = false;
  try {
    command = readFrame(body);
    if (command.action === 'chunk') command = (await gathered(backend, speaker, command)) ?? command;
    // Until the last chunk is here there is nothing to do.
    outcome = command.action === 'chunk' ? { answers: [] } : await carryOut(backend, speaker, command);
  } catch (error) {
    const problem = asChalklineError(error);
    if (problem instanceof UnreadableFrameError) command = problem.command;
    code = problem.code;
    backend.meter.add('refused', 1, code);
    isLast = await isRubbishTooOften(backend, speaker.connectionId, problem);
    outcome = { answers: [errorFrame(problem, command), ...(isLast ? [byeFrame()] : [])] };
    if (code === 'internal')
      backend.log({ action: command?.action ?? 'unknown', outcome: code, cause: causesOf(problem) });
  }
  const deliveries = await broadcast(backend, [
    ...outcome.answers.map((frame) => ({ connectionId: speaker.connectionId, frame })),
    ...(outcome.posts ?? []),
    ...(outcome.announcements ?? []).flatMap(postsOf),
  ]);
  if (isLast) await backend.gateway.disconnect(speaker.connectionId);
  backend.log({
    action: command?.action ?? 'unknown',
    outcome: code,
    ...(isLast ? { isLast } : {}),
    connectionId: speaker.connectionId,
    userId: speaker.claims.userId,
    ...(command && 'classroomId' in command ? { classroomId: command.classroomId } : {}),
    ...outcome.trace,
    ...deliveries,
    ms: backend.clock() - startedAt,
  });
  await outcome.afterwards?.();
}

/** Most chunks of a command: a store holds each of them, however small. */
const CHUNKS = 1000;

/** The command whose last chunk this is. */
async function gathered(
  { store }: Pick<Backend, 'store'>,
  { connectionId }: Speaker,
  chunk: CommandOf<'chunk'>,
): Promise<RoutedCommand | undefined> {
  if (chunk.count > CHUNKS) throw new UnreadableFrameError('bad-envelope', 'it has too many chunks');
  let text: string | undefined;
  try {
    text = await store.gather(connectionId, chunk);
  } catch (error) {
    const { code } = asChalklineError(error);
    if (code !== 'bad-envelope' && code !== 'payload-too-large') throw error;
    const reason = code === 'bad-envelope' ? 'its chunks contradict each other' : 'its chunks are too large';
    throw new UnreadableFrameError(code, reason);
  }
  return text === undefined ? undefined : readWhole(text);
}

function carryOut<A extends RoutedCommand['action']>(
  backend: Backend,
  speaker: Speaker,
  command: CommandOf<A>,
): Promise<Outcome> {
  return (handlers[command.action as A] as CommandHandler<A>)(backend, speaker, command);
}

/** The `error` event for a command that was refused. */
export function errorFrame(problem: ChalklineError, command?: Command): string {
  const { code, message, retryable, retryAfterMs } = problem;
  const claimed = problem instanceof BadFrameError ? problem.ref : undefined;
  return encode({
    action: 'error',
    // Of a frame of the wrong shape the ref may be anything, and an `error` with it would have the wrong shape too.
    ref: command && 'ref' in command ? command.ref : isRef(claimed) ? claimed : undefined,
    classroomId: command && 'classroomId' in command ? command.classroomId : undefined,
    code,
    message,
    retryable,
    retryAfterMs,
  });
}

function isRef(ref: number | undefined): boolean {
  return Number.isSafeInteger(ref) && Number(ref) >= 0;
}
