import { expect, test } from 'vitest';
import { CLIENT_FRAME_BYTES, byteLength, type Signal } from './protocol/index.ts';
import { Signals } from './signals.ts';
import { createManualClock } from './testing/clock.ts';
import { createTestServer } from './testing/test-server.ts';

function prepare() {
  const clock = createManualClock();
  const frames: { at: number; signals: Signal[] }[] = [];
  const audience = { isThere: true };
  const begin = clock.now();
  const signals = new Signals({
    env: createTestServer({ clock }).env,
    intervalMs: 250,
    hasAudience: () => audience.isThere,
    send: (sent) => frames.push({ at: clock.now() - begin, signals: sent }),
  });
  return { clock, signals, frames, audience };
}

// Seen red: each signal was queued, so that a pointer that moved ten times was told of ten times.
test('the newest of each type leaves, the others are forgotten', async () => {
  const { clock, signals, frames } = prepare();
  for (const x of [1, 2, 3]) signals.send('pointer.move', x);
  signals.send('hand.raise', true);
  await clock.advance(250);
  expect(frames.map(({ signals: sent }) => sent)).toEqual([
    [
      { type: 'pointer.move', data: 3 },
      { type: 'hand.raise', data: true },
    ],
  ]);
});

// Seen red: without the time of the last frame every signal after a pause of the timer left at once.
test('at most one frame leaves in 250 ms, the first at once', async () => {
  const { clock, signals, frames } = prepare();
  for (let time = 0; time < 1_000; time += 20) {
    signals.send('pointer.move', time);
    await clock.advance(20);
  }
  expect(frames.map(({ at }) => at)).toEqual([0, 250, 500, 750, 1_000]);
});

test('nothing leaves, and no timer runs, where nobody listens', async () => {
  const { clock, signals, frames, audience } = prepare();
  audience.isThere = false;
  signals.send('pointer.move', 1);
  expect(clock.pending).toBe(0);
  audience.isThere = true;
  signals.send('pointer.move', 2);
  audience.isThere = false;
  await clock.advance(250);
  expect(frames).toEqual([]);
});

test('what was taken back or cleared does not leave', async () => {
  const { clock, signals, frames } = prepare();
  signals.send('chat.typing', true);
  signals.cancel('chat.typing');
  await clock.advance(250);
  signals.send('pointer.move', 1);
  signals.clear();
  expect(clock.pending).toBe(0);
  await clock.advance(250);
  expect(frames).toEqual([]);
});

// Seen red: one frame carried them all, and API Gateway would have closed the socket.
test('what one frame cannot hold leaves in several, and what none can hold is refused at once', async () => {
  const { clock, signals, frames } = prepare();
  for (const type of ['a', 'b', 'c', 'd', 'e']) signals.send(type, 'x'.repeat(12_000));
  await clock.advance(250);
  expect(frames.map(({ signals: sent }) => sent.map(({ type }) => type).join(''))).toEqual(['ab', 'cd', 'e']);
  for (const { signals: sent } of frames) {
    expect(byteLength(JSON.stringify(sent))).toBeLessThan(CLIENT_FRAME_BYTES - 300);
  }
  expect(() => signals.send('f', 'x'.repeat(CLIENT_FRAME_BYTES))).toThrow('unable to signal; "f" has');
});

test('what is sent is what it was when it was said', async () => {
  const { clock, signals, frames } = prepare();
  const point = { x: 1 };
  signals.send('pointer.move', point);
  point.x = 2;
  await clock.advance(250);
  expect(frames[0]?.signals[0]?.data).toEqual({ x: 1 });
});
