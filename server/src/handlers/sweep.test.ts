import { expect, it } from 'vitest';
import { TestBackend, the } from '../testing/test-backend.ts';
import { sweepHandler } from './sweep.ts';

const context = (...remainingMs: number[]) => ({ getRemainingTimeInMillis: () => remainingMs.shift() ?? 0 });

it('tells those who are left of members whose lease has ended', async () => {
  const backend = new TestBackend();
  await backend.join('ada', 'ben');
  backend.now += 40_000;
  await backend.say('ada', { action: 'ping', ref: 1, positions: { maths: { epoch: 'e', seq: 0 } } });
  backend.now += 20_000;
  await sweepHandler(backend)({}, context(60_000));
  expect(the('events', backend.heard('ada')).events).toMatchObject([
    { type: 'member.leave', from: { userId: 'ben' } },
  ]);
  expect(backend.lines.at(-1)).toEqual({ action: 'sweep', outcome: 'ok', left: 1 });
});

// Seen red: without a look at the time that is left.
it('goes on while there is more, but ends before its time does', async () => {
  const backend = new TestBackend();
  let sweeps = 0;
  backend.store.sweep = () => Promise.resolve({ announcements: [], hasMore: ++sweeps < 9 });
  await sweepHandler(backend)({}, context(60_000, 30_000, 24_000));
  expect(sweeps).toBe(2);
});
