import { byteLength, encode, SERVER_FRAME_BYTES, type ClassroomEvent } from '@chalkline/client-sdk/protocol';

/** Room for the envelope around the events of a frame. */
const ENVELOPE_BYTES = 1024;

/** Splits events into runs that each fit into one server frame, keeping their order. */
export function runsOf(
  events: readonly ClassroomEvent[],
  roomBytes = SERVER_FRAME_BYTES,
): ClassroomEvent[][] {
  const runs: ClassroomEvent[][] = [];
  let room = 0;
  for (const event of events) {
    const bytes = byteLength(JSON.stringify(event)) + 1;
    const run = runs.at(-1);
    if (run && bytes <= room) run.push(event);
    else {
      runs.push([event]);
      room = roomBytes - ENVELOPE_BYTES;
    }
    room -= bytes;
  }
  return runs;
}

/** The `events` frames that carry `events`. */
export function eventFrames(classroomId: string, epoch: string, events: readonly ClassroomEvent[]): string[] {
  return runsOf(events).map((run) => encode({ action: 'events', classroomId, epoch, events: run }));
}

/** As many of the newest `events` as fit into `roomBytes`. */
export function newestThatFit(events: readonly ClassroomEvent[], roomBytes: number): ClassroomEvent[] {
  let room = roomBytes;
  const first = events.findLastIndex((event) => (room -= byteLength(JSON.stringify(event)) + 1) < 0);
  return events.slice(first + 1);
}
