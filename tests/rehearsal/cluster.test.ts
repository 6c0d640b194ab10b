import { DocumentProvider } from '@chalkline/client-sdk/yjs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { poll } from '../harness/poll.ts';
import type { RedisProcess } from '../harness/redis.ts';
import { startRehearsal, type Rehearsal } from '../harness/rehearsal.ts';
import { signIn } from '../harness/sdk-client.ts';
import { TabEnv } from '../harness/tab-env.ts';
import { Random } from '../harness/random.ts';
import { until } from '../harness/until.ts';

let rehearsal: Rehearsal;
beforeAll(async () => {
  rehearsal = await startRehearsal({ preset: 'large' });
}, 120_000);
afterAll(() => rehearsal.close());

// Seen red: the user of the cache without the right to `cluster slots`.
it('lets a class chat, draw, miss something and go on with a cache in cluster mode, also when a shard fails over', async () => {
  const classrooms = { maths: 'teacher' } as const;
  const timing = { backoffBaseMs: 50, reconnectBaseMs: 50, backoffCapMs: 300, pingMs: 1_000 };
  const tab = new TabEnv({ tag: 'ben', random: new Random(1) });
  const ada = signIn('ada', { url: rehearsal.url, classrooms, timing });
  const ben = signIn('ben', { url: rehearsal.url, classrooms, timing, env: tab });
  const [hers, his] = [ada.classroom('maths'), ben.classroom('maths')];
  await Promise.all([hers.join(), his.join()]);
  const reloads: unknown[] = [];
  his.on('discontinuity', (event) => reloads.push(event));
  const boards = [hers, his].map((room) => new DocumentProvider(room, { document: 'board' }));
  const hears = (text: string) =>
    until(
      text,
      (listener) => his.chat.on('change', listener),
      () => his.chat.messages.some((message) => message.text === text),
      15_000,
    );

  const heard = hears('Open your books');
  await hers.chat.send('Open your books');
  await heard;
  const [drawn, seen] = boards.map(({ doc }) => doc.getMap('page'));
  const line = new Promise((resolve) => seen?.observe(() => resolve(seen.toJSON())));
  drawn?.set('title', 'Fractions');
  expect(await line).toEqual({ title: 'Fractions' });

  tab.goOffline();
  await hers.chat.send('said while he was away');
  const missed = hears('said while he was away');
  tab.goOnline('broken');
  await missed;
  expect(reloads).toEqual([]);

  let nodes: RedisProcess[] = [];
  await poll('the replica is known', async () => (nodes = await rehearsal.nodesOf('{maths}')).length > 1);
  await nodes[0]?.kill();
  const after = hears('and after the failover');
  await hers.chat.send('and after the failover');
  await after;
  expect(his.chat.messages.map(({ text }) => text)).toEqual([
    'Open your books',
    'said while he was away',
    'and after the failover',
  ]);
  expect(boards[1]?.doc.getMap('page').toJSON()).toEqual({ title: 'Fractions' });
  for (const board of boards) board.destroy();
  ada.close();
  ben.close();
  // A token is three texts with dots between; the first of them always begins so.
  expect(rehearsal.logs.filter(({ line: text }) => text.includes('eyJ'))).toEqual([]);
}, 90_000);
