import { randomUUID } from 'node:crypto';
import { defaultAssumptions } from '../emulator/index.ts';
import type { SmokeCast } from './checks.ts';
import { RefusedHandshake, SmokeSocket } from './smoke-socket.ts';

/** One thing that AWS leaves open, what the local gateway assumes of it, and what was seen. */
export interface Settled {
  /** The switch of `assumptions.ts`, or what no switch stands for. */
  assumption: string;
  assumed: string;
  /** Absent if it was not looked at, and then `why` says why. */
  seen?: string;
  why?: string;
}

interface Probe {
  assumption: string;
  assumed: string;
  look: (cast: SmokeCast) => Promise<string>;
}

const close = ({ code, reason }: { code: number; reason: string }): string =>
  `${code} ${JSON.stringify(reason)}`;
const FRAME_BYTES = 32 * 1024;
const { deleteClose, tooLargeReason, binaryReason, upgradeHeaderBytes, isPingAnswered } = defaultAssumptions;

const probes: readonly Probe[] = [
  {
    assumption: 'deleteClose',
    assumed: close(deleteClose),
    // Whoever sends nothing but rubbish is told `bye`, and then the backend deletes the connection.
    look: (cast) =>
      alone(cast, async (socket) => {
        for (let index = 0; index < 20; index++) socket.send(`rubbish ${index}`);
        return close(await socket.closes());
      }),
  },
  {
    assumption: 'tooLargeReason',
    assumed: close({ code: 1009, reason: tooLargeReason }),
    look: (cast) =>
      alone(cast, async (socket) => {
        socket.send('x'.repeat(FRAME_BYTES + 1));
        return close(await socket.closes());
      }),
  },
  {
    assumption: 'binaryReason',
    assumed: close({ code: 1003, reason: binaryReason }),
    look: (cast) =>
      alone(cast, async (socket) => {
        socket.send(Buffer.from([1, 2, 3]));
        return close(await socket.closes());
      }),
  },
  {
    assumption: 'isPingAnswered',
    assumed: String(isPingAnswered),
    look: (cast) => alone(cast, async (socket) => String(await socket.isPonged(5_000))),
  },
  {
    assumption: 'postLimit',
    assumed: 'a post above 32 KB arrives',
    // What was said before comes back in one `joined`, which is larger than a frame.
    look: (cast) =>
      alone(cast, async (socket) => {
        const { head } = await socket.join(cast.classroomId);
        for (let index = 0; index < 15; index++) await socket.publish(cast.classroomId, 'x'.repeat(3_000));
        const back = await SmokeSocket.open(cast.url, cast.tokens.ben);
        try {
          const { events } = await back.join(cast.classroomId, head);
          return events.length >= 15
            ? 'a post above 32 KB arrives'
            : 'a post above 32 KB does not arrive whole';
        } finally {
          back.close();
        }
      }),
  },
  {
    assumption: 'upgradeHeaderBytes',
    assumed: `${upgradeHeaderBytes} bytes, then 431`,
    look: async ({ url, tokens }) => {
      const headers = { 'x-filler': 'x'.repeat(upgradeHeaderBytes) };
      try {
        (await SmokeSocket.open(url, tokens.ada, { headers })).close();
        return `${upgradeHeaderBytes} bytes are let in`;
      } catch (error) {
        if (error instanceof RefusedHandshake) return `${upgradeHeaderBytes} bytes, then ${error.status}`;
        throw error;
      }
    },
  },
];

/** What a client of a healthy deployment cannot make happen. */
const outOfReach: readonly Settled[] = [
  ...['oneWayFailure', 'twoWayFailure', 'malformedResult', 'malformedConnectStatus'].map((assumption) => ({
    assumption,
    why: 'our handlers never answer so',
  })),
  { assumption: 'connectTimeoutStatus', why: 'it takes a function that hangs for 29 s' },
  { assumption: 'authorizerFailureStatus', why: 'it takes an authorizer that fails' },
  { assumption: 'throttledMessage', why: 'it takes a stage with a low throttle' },
  { assumption: 'abnormalReason', why: 'only the log of $disconnect shows it' },
  { assumption: 'clientBufferBytes', why: 'it takes a client that does not read for minutes' },
].map((settled) => ({
  ...settled,
  assumed: JSON.stringify(defaultAssumptions[settled.assumption as 'deleteClose']),
}));

/** Looks at every assumption that a client can see. Never rejects: what could not be seen says why. */
export async function settle(cast: SmokeCast): Promise<Settled[]> {
  const settled: Settled[] = [];
  for (const { assumption, assumed, look } of probes) {
    try {
      settled.push({ assumption, assumed, seen: await look(cast) });
    } catch (error) {
      settled.push({ assumption, assumed, why: error instanceof Error ? error.message : String(error) });
    }
  }
  return [...settled, ...outOfReach];
}

async function alone(
  { url, tokens }: SmokeCast,
  work: (socket: SmokeSocket) => Promise<string>,
): Promise<string> {
  const socket = await SmokeSocket.open(url, tokens.ada);
  try {
    await socket.ask('welcome', { action: 'hello', clientId: randomUUID() });
    return await work(socket);
  } finally {
    socket.close();
  }
}
