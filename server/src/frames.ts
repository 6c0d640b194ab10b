import { byteLength, encode, SERVER_FRAME_BYTES, type ClassroomEvent } from '@chalkline/client-sdk/protocol';

/** Room for the envelope around the events of a frame. */
export const ENVELOPE_BYTES = 1024;

/** What a frame that holds nothing but events has room for. */
const ROOM_BYTES = SERVER_FRAME_BYTES - ENVELOPE_BYTES;

/** The bytes of an item of a frame, the comma after it included. */
export function itemBytes(item: object): number {
  return byteLength(JSON.stringify(item)) + 1;
}

/**
 * Splits events into runs, in order: the first has at most `firstRoomBytes` and may therefore be empty, each of the others
 * fits into a frame of its own.
 */
export function runsOf(events: readonly ClassroomEvent[], firstRoomBytes: number): ClassroomEvent[][] {
  let run: ClassroomEvent[] = [];
  const runs = [run];
  let room = firstRoomBytes;
  for (const event of events) {
    const bytes = itemBytes(event);
    if (bytes > room) {
      runs.push((run = []));
      room = ROOM_BYTES;
    }
    run.push(event);
    room -= bytes;
  }
  return runs;
}

/** The `events` frames that carry `events`. */
export function eventFrames(classroomId: string, epoch: string, events: readonly ClassroomEvent[]): string[] {
  return runsOf(events, ROOM_BYTES).flatMap((run) =>
    run.length === 0 ? [] : [encode({ action: 'events', classroomId, epoch, events: run })],
  );
}

/** As many of the newest `events` as fit into `roomBytes`. */
export function newestThatFit(events: readonly ClassroomEvent[], roomBytes: number): ClassroomEvent[] {
  let room = roomBytes;
  const first = events.findLastIndex((event) => (room -= itemBytes(event)) < 0);
  return events.slice(first + 1);
}
