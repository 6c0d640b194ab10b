import { randomUUID } from 'node:crypto';
import type { SmokeCast } from './checks.ts';
import { looksOfSockets, withSocket, type Looks } from './settle.ts';
import { SmokeSocket } from './smoke-socket.ts';

const ANOTHER = 'a probe deployment shows it: smoke --probe';

/** What a client of a healthy classroom deployment can make happen. */
export function classroomLooks({ url, tokens, classroomId }: SmokeCast): Looks {
  const open = (options = {}): Promise<SmokeSocket> => SmokeSocket.open(url, tokens.ada, options);
  const greeted = async (): Promise<SmokeSocket> => {
    const socket = await open();
    await socket.ask('welcome', { action: 'hello', clientId: randomUUID() });
    return socket;
  };
  return {
    ...looksOfSockets(open),
    // Whoever sends nothing but rubbish is told `bye`, and then the backend deletes the connection.
    deleteClose: withSocket(greeted, async (socket) => {
      for (let index = 0; index < 20; index++) socket.sendRaw(`rubbish ${index}`);
      return socket.closes();
    }),
    // What was said before comes back in one `joined`, which is larger than a frame.
    postLimit: withSocket(greeted, async (socket) => {
      const { head } = await socket.join(classroomId);
      for (let index = 0; index < 15; index++) await socket.publish(classroomId, 'x'.repeat(3_000));
      const back = await SmokeSocket.open(url, tokens.ben);
      try {
        const { events } = await back.join(classroomId, head);
        return events.length >= 15 ? 'message' : 'frame';
      } finally {
        back.close();
      }
    }),
    oneWayFailure: ANOTHER,
    twoWayFailure: ANOTHER,
    malformedResult: ANOTHER,
    malformedConnectStatus: ANOTHER,
    connectTimeoutStatus: ANOTHER,
    authorizerFailureStatus: ANOTHER,
    throttledMessage: ANOTHER,
    abnormalReason: ANOTHER,
    isOutboundFragmented: ANOTHER,
    isKeptOpenByPing: ANOTHER,
    goneBody: ANOTHER,
    clientBufferBytes: 'the buffers of the systems between hide the bound',
  };
}
