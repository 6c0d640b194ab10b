import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { ChalklineError, type ErrorCode } from '../protocol/index.ts';
import { createManualClock, createTestServer } from '../testing/index.ts';
import { UpdateQueue } from './update-queue.ts';

function prepare() {
  const clock = createManualClock();
  const doc = new Y.Doc();
  const kept = new Y.Doc();
  const problems: ErrorCode[] = [];
  const refused: ErrorCode[] = [];
  const turns: (() => void)[] = [];
  let published = 0;
  let underWay: Promise<void> | undefined;
  /** Lets what is published from now on take until it is let go. */
  const hold = (): (() => void) => {
    let release = (): void => undefined;
    underWay = new Promise((resolve) => (release = resolve));
    return release;
  };
  const queue = new UpdateQueue({
    env: createTestServer({ clock }).env,
    intervalMs: () => 125,
    publish: async (update) => {
      published += 1;
      await underWay;
      const code = problems.shift();
      if (code) throw new ChalklineError(code, `unable to publish; ${code}`);
      Y.applyUpdate(kept, update);
    },
    onTurn: () => turns.splice(0).forEach((turn) => turn()),
    onRefused: ({ code }) => refused.push(code),
  });
  doc.on('update', (update: Uint8Array) => queue.push(update));
  const write = (word: string) => doc.getText('text').insert(0, word);
  return { clock, queue, write, kept, problems, refused, turns, hold, published: () => published };
}

// Seen red: any refusal counted as one for good.
test.each(['rate-limited', 'conflict'] as const)(
  '%s is tried again, with what was written meanwhile',
  async (code) => {
    const { clock, queue, write, kept, problems, refused } = prepare();
    queue.open();
    problems.push(code);
    write('one ');
    await clock.advance(500);
    write('two ');
    expect(kept.getText('text').toJSON()).toBe('');
    await clock.advance(1_000);
    expect(kept.getText('text').toJSON()).toBe('two one ');
    expect(refused).toEqual([]);
  },
);

test('a refusal for good closes it, until it is opened again', async () => {
  const { clock, queue, write, kept, problems, refused, published } = prepare();
  queue.open();
  problems.push('forbidden');
  write('one ');
  await clock.advance(500);
  expect(refused).toEqual(['forbidden']);
  write('two ');
  await clock.advance(5_000);
  expect(published()).toBe(1);
  queue.open(500);
  await clock.advance(499);
  expect(published()).toBe(1);
  await clock.advance(1);
  expect(kept.store.pendingStructs).not.toBeNull();
});

test('hundreds of changes that wait leave as one', async () => {
  const { clock, queue, write, kept, published } = prepare();
  for (let number = 0; number < 300; number++) write('x');
  queue.open();
  await clock.advance(0);
  expect([published(), kept.getText('text').length]).toEqual([1, 300]);
});

// Seen red: what was to be compared after a load waited for the next change, if a message was under way at that moment.
test('opened while a message is under way, it has its turn after that', async () => {
  const { clock, queue, write, turns, hold } = prepare();
  const release = hold();
  queue.open();
  write('one ');
  await clock.advance(0);
  queue.close();
  queue.open();
  let hadTurn = false;
  turns.push(() => (hadTurn = true));
  release();
  await clock.advance(200);
  expect(hadTurn).toBe(true);
});
