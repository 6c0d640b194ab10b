import { afterEach, expect, test, vi } from 'vitest';
import { browserEnv } from './env.ts';

afterEach(() => vi.useRealTimers());

// Seen red: the machine's clock as it is; set back by an hour, it put off the next ping, stroke and cursor by an hour.
test('a clock that is set back goes on from where it was, and one that is set forward is believed', () => {
  vi.useFakeTimers({ toFake: ['Date'], now: 1_000_000 });
  const { now } = browserEnv();
  const seen = [now()];
  for (const time of [1_000_500, 400_000, 400_020, 900_000, 10_000, 10_001]) {
    vi.setSystemTime(time);
    seen.push(now());
  }
  expect(seen).toEqual([1_000_000, 1_000_500, 1_000_500, 1_000_520, 1_500_500, 1_500_500, 1_500_501]);
});
