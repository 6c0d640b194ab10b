import { expect, it } from 'vitest';
import type { LogLine } from '../backend.ts';
import { serve } from './serve.ts';

const lines: LogLine[] = [];
const log = (line: LogLine): void => void lines.push(line);

// Seen red: an opening that failed is kept; one that succeeded is not.
it('opens before the first event, logs an opening that failed, and opens again with the next event', async () => {
  lines.length = 0;
  let openings = 0;
  let flushes = 0;
  let renewNow: () => void = () => undefined;
  const handler = await serve({
    action: 'message',
    log,
    flush: () => (flushes += 1),
    open: (renew) => {
      openings += 1;
      renewNow = renew;
      if (openings < 3) return Promise.reject(new Error('no secret'));
      return Promise.resolve((event: string) => Promise.resolve(`${event} done`));
    },
  });
  expect(openings).toBe(1);
  await expect(handler('first', {})).rejects.toThrow('no secret');
  expect(lines).toMatchObject([
    { action: 'start message', outcome: 'internal' },
    { action: 'start message', outcome: 'internal' },
  ]);
  expect(await handler('second', {})).toBe('second done');
  expect(await handler('third', {})).toBe('third done');
  expect([openings, flushes]).toEqual([3, 2]);
  renewNow();
  await handler('fourth', {});
  expect(openings).toBe(4);
});

it('logs what a handler throws with its code, and lets the platform know', async () => {
  lines.length = 0;
  const handler = await serve({
    action: 'connect',
    log,
    flush: () => undefined,
    open: () => Promise.resolve(() => Promise.reject(new Error('broken'))),
  });
  await expect(handler({}, {})).rejects.toThrow('broken');
  expect(lines).toMatchObject([
    { action: 'connect', outcome: 'internal', cause: [expect.anything(), 'Error: broken'] },
  ]);
});
