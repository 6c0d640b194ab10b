import { expect, it } from 'vitest';
import { recordHour } from './lesson-hour.ts';

const SEED = 7;

it(`records the same lesson for the same seed (${SEED}), one frame a member for each publish`, async () => {
  // Seen red: the lesson's chances drawn anew.
  const [one, other] = [
    await recordHour({ seed: SEED, durationMs: 60_000 }),
    await recordHour({ seed: SEED, durationMs: 60_000 }),
  ];
  const billed = (recording: typeof one) =>
    Object.fromEntries(Object.entries(recording.kinds).map(([kind, counts]) => [kind, counts.billed]));
  expect(billed(other)).toEqual(billed(one));
  const { durationMs, members, connectionMs } = one;
  expect({ durationMs, members, connectionMs }).toEqual({
    durationMs: 60_000,
    members: 4,
    connectionMs: 240_000,
  });
  const frames = (kind: string): number => one.kinds[kind]?.frames ?? 0;
  for (const type of ['chat.send', 'board.update']) {
    expect(frames(`in publish ${type}`)).toBeGreaterThan(0);
    expect(frames(`out events ${type}`)).toBe(3 * frames(`in publish ${type}`));
  }
  expect(frames('out ack')).toBe(frames('in publish chat.send') + frames('in publish board.update'));
  expect(frames('out signals board.ink')).toBe(3 * frames('in signal board.ink'));
});
