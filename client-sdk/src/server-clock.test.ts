import { expect, test } from 'vitest';
import { ServerClock } from './server-clock.ts';

/** Our clock, and one of the server that is `aheadMs` of it; a question and its answer take so many ms. */
function prepare(aheadMs: number) {
  const time = { now: 1_000_000, aheadMs };
  const clock = new ServerClock(() => time.now);
  const ask = (thereMs: number, backMs: number) => {
    const askedAt = time.now;
    time.now += thereMs;
    const at = time.now + time.aheadMs;
    time.now += backMs;
    clock.hear(at, askedAt);
  };
  return { time, clock, ask, error: () => clock.now() - (time.now + time.aheadMs) };
}

test('is our own until the server has told of its own, which a server of before does not', () => {
  const { time, clock } = prepare(5000);
  expect(clock.now()).toBe(time.now);
  clock.hear(undefined, time.now);
  expect(clock.now()).toBe(time.now);
});

test('is put right by the fastest answer, whatever slower ones say', () => {
  const { ask, error } = prepare(-7_200_000);
  ask(300, 900);
  expect(Math.abs(error())).toBeLessThanOrEqual(600);
  ask(20, 20);
  expect(error()).toBe(0);
  ask(100, 3000);
  expect(error()).toBe(0);
});

test('follows a clock that is set, and forgets what is long past', () => {
  const { time, ask, error } = prepare(0);
  ask(10, 10);
  time.aheadMs = 3_600_000;
  ask(400, 400);
  expect(error()).toBe(0);
  time.aheadMs += 40;
  for (let count = 0; count < 8; count++) ask(450, 450);
  expect(error()).toBe(0);
});
