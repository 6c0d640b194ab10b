import * as z from 'zod/mini';
import { looksOfSockets, settle, statusOf, withSocket, type Looks, type Settled } from '../smoke/settle.ts';
import type { Ask } from './handler.ts';
import { errorMessageOf, ProbeSocket } from './probe-socket.ts';

export interface ProbeOptions {
  url: string;
  /** Whether to wait for what takes ten minutes. @default false */
  isSlow?: boolean;
  /** @default by the machine's clock */
  pause?: (ms: number) => Promise<void>;
}

const MINUTE_MS = 60_000;
/** A connection without a message ends after ten. */
const LONGER_THAN_IDLE = 11;
/** An integration may take 29 s, and the status comes after it. */
const HANGING_MS = 45_000;
/** Throttles are best effort: one of so many frames at once is refused where one a second may pass. */
const FLOOD = 40;
const posted = z.object({ status: z.number(), body: z.string() });

/** Holds what the platform does against what the local gateway assumes, on a deployment of `ProbeStack`. Never rejects. */
export function probe(options: ProbeOptions): Promise<Settled[]> {
  return settle(looksOf(options));
}

/** What a probe deployment makes happen on purpose. */
function looksOf({ url, isSlow = false, pause = realPause }: ProbeOptions): Looks {
  const open = (options = {}): Promise<ProbeSocket> => ProbeSocket.open(url, options);
  const withProbe = <T>(work: (socket: ProbeSocket) => Promise<T>): (() => Promise<T>) =>
    withSocket(open, work);
  const statusAfter = (ask: Ask): Promise<number> =>
    statusOf(() => ProbeSocket.open(url, { ask, handshakeTimeout: HANGING_MS }));

  return {
    ...looksOfSockets(open),
    oneWayFailure: withProbe((socket) => frameAfter(socket, 'one-way-failure')),
    twoWayFailure: withProbe(async (socket) => {
      const seen = await frameAfter(socket, 'two-way-failure');
      return seen === 'a two-way body' ? 'send-body' : seen;
    }),
    malformedResult: withProbe((socket) => frameAfter(socket, 'malformed')),
    malformedConnectStatus: () => statusAfter('connect-malformed'),
    connectTimeoutStatus: () => statusAfter('connect-hangs'),
    async authorizerFailureStatus() {
      const [thrown, rubbish] = [
        await statusAfter('authorizer-throws'),
        await statusAfter('authorizer-rubbish'),
      ];
      return thrown === rubbish ? thrown : `${thrown} where it throws, ${rubbish} where it answers rubbish`;
    },
    deleteClose: withProbe((socket) => {
      socket.say('delete');
      return socket.closes();
    }),
    throttledMessage: withProbe(async (socket) => {
      for (let index = 0; index < FLOOD; index++) socket.say('throttled');
      const frame = await socket.hears('the frame of a throttled message');
      return errorMessageOf(frame) ?? frame;
    }),
    abnormalReason: withProbe(async (socket) => {
      const tell = await socket.connectionId();
      const other = await ProbeSocket.open(url, { tell });
      // A connection is ready for posts, and so for its end, once it has had an answer.
      await other.connectionId();
      other.drop();
      const told = JSON.parse(await socket.hears('what $disconnect was told')) as {
        code: number;
        reason: string;
      };
      return told.code === 1006 ? told.reason : JSON.stringify(told);
    }),
    postLimit: withProbe(async (socket) => {
      const [above, most] = [await postOf(socket, 32 * 1024 + 1), await postOf(socket, 128 * 1024)];
      if (above.status === 200 && most.status === 200) return 'message';
      return above.status === 413 ? 'frame' : `${above.status} above 32 KB, ${most.status} at 128 KB`;
    }),
    isOutboundFragmented: withProbe(async (socket) => {
      const { status } = await postOf(socket, 100 * 1024);
      return status === 200 ? !socket.hasLargeFrame : `${status} for a post of 100 KB`;
    }),
    isKeptOpenByPing: isSlow
      ? withProbe(async (socket) => {
          for (let minute = 0; minute < LONGER_THAN_IDLE && !socket.isClosed; minute++) {
            await socket.isPonged(300);
            await pause(MINUTE_MS);
          }
          return !socket.isClosed;
        })
      : 'it takes eleven minutes: --slow',
    goneBody: withProbe(async (socket) => {
      const other = await ProbeSocket.open(url);
      const to = await other.connectionId();
      other.say('delete');
      await other.closes();
      const { status, body } = await postOf(socket, 1, to);
      return status === 410 ? body : `${status} ${body}`;
    }),
    clientBufferBytes: 'the buffers of the systems between hide the bound',
  };
}

/** What comes after a message whose route answers badly. */
async function frameAfter(socket: ProbeSocket, action: string): Promise<string> {
  // By now the function runs, so that what comes comes soon.
  await socket.connectionId();
  socket.say(action);
  const frame = await socket.hearsOrQuiet();
  if (frame === undefined) return 'no-frame';
  return errorMessageOf(frame) === undefined ? frame : 'error-frame';
}

/** Has the function post so much, and tells what `@connections` answered. What was posted may come first. */
async function postOf(socket: ProbeSocket, bytes: number, to?: string): Promise<z.infer<typeof posted>> {
  socket.say('post', { bytes, to });
  let answer: string;
  do answer = await socket.hears('what the post was answered');
  while (answer.startsWith('x'));
  const { status, body } = z.parse(posted, JSON.parse(answer));
  return { status, body };
}

function realPause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
