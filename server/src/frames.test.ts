import fc from 'fast-check';
import {
  byteLength,
  decodeEvent,
  SERVER_FRAME_BYTES,
  type ClassroomEvent,
} from '@chalkline/client-sdk/protocol';
import { describe, expect, it } from 'vitest';
import { eventFrames, itemBytes, newestThatFit, runsOf } from './frames.ts';

const from = { userId: 'ada', name: 'Ada', role: 'teacher' } as const;
const eventOf = (seq: number, text: string): ClassroomEvent => ({
  seq,
  id: `id-${seq}`,
  type: 'chat.send',
  at: 1_700_000_000_000,
  from,
  data: { text },
});

/** Events whose texts are up to a client frame long, in letters of one to three bytes. */
const someEvents = fc
  .array(
    fc.record({ letter: fc.constantFrom('a', 'é', '字', '"'), length: fc.integer({ min: 0, max: 10_000 }) }),
    {
      maxLength: 40,
      size: 'max',
    },
  )
  .map((texts) => texts.map(({ letter, length }, index) => eventOf(index + 1, letter.repeat(length))));

const bytesOf = (events: readonly ClassroomEvent[]): number =>
  events.reduce((sum, event) => sum + itemBytes(event), 0);

describe('events frames', () => {
  it('carry every event once, in order, and each fits into a server frame', () => {
    // Seen red: the room of a run not lowered by its first event; bytes counted as characters.
    fc.assert(
      fc.property(someEvents, (events) => {
        const frames = eventFrames('maths', 'epoch-1', events);
        for (const frame of frames) expect(byteLength(frame)).toBeLessThanOrEqual(SERVER_FRAME_BYTES);
        const read = frames.flatMap((frame) => {
          const event = decodeEvent(frame);
          return event?.action === 'events' ? event.events : [];
        });
        expect(read).toEqual(events);
      }),
      { numRuns: 50 },
    );
  });

  it('are one if the events fit into one', () => {
    expect(eventFrames('maths', 'epoch-1', [eventOf(1, 'a'), eventOf(2, 'b')])).toHaveLength(1);
  });

  it('are none without events', () => {
    expect(eventFrames('maths', 'epoch-1', [])).toEqual([]);
  });
});

describe('runs', () => {
  it('lose nothing, and the first keeps to its room, however little that is', () => {
    // Seen red: the first event put into the first run without a look at the room.
    fc.assert(
      fc.property(someEvents, fc.integer({ min: -1000, max: 130_000 }), (events, room) => {
        const runs = runsOf(events, room);
        expect(runs.flat()).toEqual(events);
        expect(bytesOf(runs[0] ?? [])).toBeLessThanOrEqual(Math.max(room, 0));
        for (const run of runs.slice(1)) expect(run).not.toHaveLength(0);
      }),
      { numRuns: 50 },
    );
  });
});

describe('the newest that fit', () => {
  it('are the end of the list, as much of it as the room holds', () => {
    // Seen red: the oldest taken instead.
    fc.assert(
      fc.property(someEvents, fc.integer({ min: 0, max: 200_000 }), (events, room) => {
        const newest = newestThatFit(events, room);
        expect(newest).toEqual(events.slice(events.length - newest.length));
        expect(bytesOf(newest)).toBeLessThanOrEqual(room);
        const oneMore = events.slice(-newest.length - 1);
        if (oneMore.length > newest.length) expect(bytesOf(oneMore)).toBeGreaterThan(room);
      }),
      { numRuns: 50 },
    );
  });
});
