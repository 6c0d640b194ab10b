import { expect, test } from 'vitest';
import { CLIENT_FRAME_BYTES, byteLength, type Signal } from './protocol/index.ts';
import { Signals } from './signals.ts';
import { createManualClock } from './testing/clock.ts';
import { createTestServer } from './testing/test-server.ts';

function prepare() {
  const clock = createManualClock();
  const frames: { at: number; signals: Signal[] }[] = [];
  const audience = { isThere: true, members: 2 };
  const begin = clock.now();
  const signals = new Signals({
    env: createTestServer({ clock }).env,
    members: () => audience.members,
    hasAudience: ({ to }) => audience.isThere && to === undefined,
    send: (sent) => frames.push({ at: clock.now() - begin, signals: sent }),
  });
  signals.quality = 'frugal';
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

// Seen red: whom it is for not handed on.
test('what is for few does not leave where none of them is', async () => {
  const { clock, signals, frames } = prepare();
  signals.send('pointer.move', 1, { to: 'teachers' });
  expect(clock.pending).toBe(0);
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

// Seen red: the newest took the place of the other, and the middle of a line was missing.
test('what is to be put together leaves as one, and what no frame can hold together leaves one after the other', async () => {
  const { clock, signals, frames } = prepare();
  const merge = (waiting: string, newest: string) => waiting + newest;
  for (const part of ['a', 'b', 'c']) signals.send('board.ink', part, { merge });
  await clock.advance(250);
  for (const part of ['d', 'e']) signals.send('board.ink', part.repeat(20_000), { merge });
  await clock.advance(250);
  expect(frames.map(({ signals: [signal] }) => (signal?.data as string).slice(0, 3))).toEqual([
    'abc',
    'ddd',
    'eee',
  ]);
});

test('what is less urgent leaves no sooner than it says, unless another takes it along', async () => {
  const { clock, signals, frames } = prepare();
  signals.quality = 'balanced';
  const move = (x: number) => signals.send('board.cursor', x, { everyMs: 333 });
  move(1);
  await clock.advance(0);
  move(2);
  await clock.advance(400);
  move(3);
  signals.send('board.ink', 'a');
  await clock.advance(400);
  expect(frames.map(({ at, signals: sent }) => [at, sent.map(({ data }) => data).join()])).toEqual([
    [0, '1'],
    [333, '2'],
    [458, '3,a'],
  ]);
});

// Seen red: the interval of two members in a class of thirty.
test('the pace is that of the quality up to six members, and half of it from thirty on', () => {
  const { signals, audience } = prepare();
  const paces = (['smooth', 'balanced', 'frugal'] as const).map((quality) => {
    signals.quality = quality;
    return [2, 6, 18, 30, 300].map((members) => {
      audience.members = members;
      return signals.intervalMs;
    });
  });
  expect(paces).toEqual([
    [80, 80, 120, 160, 160],
    [125, 125, 187.5, 250, 250],
    [250, 250, 375, 500, 500],
  ]);
});
