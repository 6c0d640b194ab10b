import { expect, it } from 'vitest';
import { simulateCrowd } from './crowd.ts';

const SEED = 5;
const crowd = { clients: 20_000, connectsPerSecond: 500, dropAtS: 7200, durationS: 9000, seed: SEED };

it(`lets a crowd come, stay and come back within its quota (seed ${SEED})`, () => {
  // Seen red: every socket swapped after exactly 110 minutes, so that those who came together swapped together.
  const { calm, cameS, backS, peakAttempts } = simulateCrowd(crowd);
  expect(cameS).toBeLessThan(60);
  expect(calm.connects).toBeLessThan(crowd.connectsPerSecond / 4);
  expect(calm.pings).toBe(Math.round(crowd.clients / 30));
  // 40 s is what the quota asks for.
  expect(backS).toBeGreaterThanOrEqual(40);
  expect(backS).toBeLessThan(80);
  expect(peakAttempts).toBeLessThan(crowd.clients / 3);
});
