import { DocumentProvider } from '@chalkline/client-sdk/yjs';
import type { Role } from '@chalkline/client-sdk';
import { Redis } from 'ioredis';
import * as Y from 'yjs';
import { afterEach, describe, expect, it } from 'vitest';
import { drawFaults } from '../chaos/draw-faults.ts';
import { Cluster } from '../harness/cluster.ts';
import { Random } from '../harness/random.ts';
import type { Tab } from '../harness/recorder.ts';
import { areEqual, contentOf, scribble } from '../harness/scribble.ts';
import { until } from '../harness/until.ts';

const ROOM = 'math-101';

interface Writer {
  tab: Tab;
  provider: DocumentProvider;
  heard: string[];
}

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A class on real Redis whose members write one document together. */
async function startClass(seed: number) {
  const random = new Random(seed);
  const cluster = await Cluster.start({ store: 'redis' });
  closing.push(() => cluster.close());
  const writers: Writer[] = [];
  let compactions = 0;
  const { store } = cluster.server;
  const { replace } = store;
  store.replace = async (...args) => {
    const isDone = await replace(...args);
    compactions += isDone ? 1 : 0;
    return isDone;
  };
  const enter = async (userId: string, role: Role = 'student', doc?: Y.Doc): Promise<Writer> => {
    const tab = cluster.openTab(`${userId}-${writers.length}`, userId, { [ROOM]: role }, random.fork());
    const [view] = tab.views.values();
    if (!view) throw new Error('the tab has no classroom');
    view.isWanted = true;
    const provider = new DocumentProvider(view.classroom, { document: 'board', ...(doc && { doc }) });
    const heard: string[] = [];
    for (const event of ['refused', 'reset', 'damaged'] as const) provider.on(event, () => heard.push(event));
    for (const event of ['status', 'sync', 'reset'] as const) provider.on(event, cluster.recorder.notify);
    const writer = { tab, provider, heard };
    provider.on('reset', ({ doc: fresh }) => fresh.on('update', cluster.recorder.notify));
    provider.doc.on('update', cluster.recorder.notify);
    writers.push(writer);
    closing.push(() => {
      provider.destroy();
      provider.awareness.destroy();
      return Promise.resolve();
    });
    // With faults about it may take a while.
    void view.classroom.join().catch(() => undefined);
    return Promise.resolve(writer);
  };
  /** All links are well, and everyone has the same. */
  const agree = () =>
    cluster.quiet(
      `seed ${seed}: ${writers.length} documents are the same`,
      () =>
        writers.every(({ provider }) => provider.status === 'synced') &&
        areEqual(writers.map(({ provider }) => provider.doc)),
      25_000,
    );
  const gatewayMoves = async (count: number): Promise<void> => {
    let left = count;
    await until(
      `${count} events of the gateway`,
      (look) =>
        cluster.onGatewayEvent(() => {
          left -= 1;
          look();
        }),
      () => left <= 0,
    );
  };
  return { cluster, random, writers, enter, agree, gatewayMoves, compactions: () => compactions };
}

/** What a newcomer is given who knows nothing of Yjs's protocols but its updates. */
async function loaded({ tab }: Writer): Promise<Y.Doc> {
  const doc = new Y.Doc();
  const updates = await tab.client.classroom(ROOM).documents.load('board');
  Y.applyUpdate(doc, Y.mergeUpdates([...updates]));
  return doc;
}

describe('a document that members write together', () => {
  // Seen red: what was written before the document was loaded was not told.
  it.each([1, 2, 3])(
    'is the same for all after drops, lost frames, compactions and late joiners (seed %i)',
    async (seed) => {
      const { cluster, random, writers, enter, agree, gatewayMoves, compactions } = await startClass(seed);
      for (const userId of ['ada', 'ben', 'chen']) await enter(userId);
      await agree();
      for (let step = 1; step <= 90; step++) {
        if (step % 30 === 10) cluster.faults = drawFaults(random, 0.15);
        if (step % 45 === 20) await enter(`late-${step}`);
        const { tab, provider } = random.pick(writers);
        const verb = random.weighted({ scribble: 30, goOffline: 1, goOnline: 3, cut: 1, wait: 6 });
        if (verb === 'scribble')
          for (let left = random.int(1, 5); left > 0; left--) scribble(provider.doc, random);
        else if (verb === 'goOffline') tab.env.goOffline();
        else if (verb === 'goOnline') tab.env.goOnline('later');
        else if (verb === 'cut') cluster.server.gateway.cut('all', 'drop');
        else if (writers.some(({ tab: { env } }) => env.isOnline)) await gatewayMoves(random.int(5, 25));
      }
      await cluster.heal();
      await agree();
      const newcomer = await enter('newcomer', 'observer');
      await agree();
      for (const { provider, heard } of writers) {
        expect(contentOf(provider.doc)).toEqual(contentOf(newcomer.provider.doc));
        expect(heard).toEqual([]);
      }
      expect(areEqual([newcomer.provider.doc, await loaded(newcomer)])).toBe(true);
      expect(compactions()).toBeGreaterThan(0);
    },
    90_000,
  );

  it('comes back from its members after the store lost everything', async () => {
    const { cluster, random, enter, agree } = await startClass(4);
    const writers = [await enter('ada', 'teacher'), await enter('ben')];
    await agree();
    for (let step = 0; step < 40; step++) scribble(random.pick(writers).provider.doc, random);
    await agree();
    const before = contentOf(writers[0]?.provider.doc ?? new Y.Doc());
    await cluster.emptyStore();
    await agree();
    const newcomer = await enter('newcomer', 'observer');
    await until(
      'the newcomer has what was lost',
      (look) => {
        newcomer.provider.doc.on('update', look);
        return () => newcomer.provider.doc.off('update', look);
      },
      () => areEqual([newcomer.provider.doc, ...writers.map(({ provider }) => provider.doc)]),
    );
    expect(contentOf(newcomer.provider.doc)).toEqual(before);
  });

  // Seen red: the words stayed in Ben's document alone.
  it('rolls back to what the server has for a student who writes while it is closed, and says so', async () => {
    const { random, enter, agree } = await startClass(5);
    const ada = await enter('ada', 'teacher');
    const ben = await enter('ben');
    await agree();
    scribble(ada.provider.doc, random);
    await agree();
    const { access } = ada.tab.client.classroom(ROOM);
    await access.set('board', false);
    ben.provider.doc.getText('text').insert(0, 'mine ');
    await until(
      'Ben is told',
      (look) => ben.provider.on('reset', look),
      () => ben.heard.includes('reset'),
    );
    expect(ben.heard).toEqual(['refused', 'reset']);
    await agree();
    await access.set('board', true);
    ben.provider.doc.getText('text').insert(0, 'now ');
    await agree();
    expect(ada.provider.doc.getText('text').toJSON()).toMatch(/^now (?!.*mine)/);
  });

  it('goes on without what was damaged in the store, and tells who loads it', async () => {
    const { cluster, enter, agree } = await startClass(6);
    const [ada] = [await enter('ada'), await enter('chen')];
    await agree();
    const words = ada.provider.doc.getText('text');
    for (const word of ['one ', 'two ']) {
      words.insert(words.length, word);
      await agree();
    }
    const redis = new Redis(cluster.redisUrl);
    const [blobs] = (await redis.keys('*blobs')).toSorted();
    const [name] = Object.keys(await redis.hgetall(blobs ?? '')).toSorted();
    await redis.hset(blobs ?? '', name ?? '', Buffer.from([9, 200, 255, 255, 1]).toString('base64'));
    redis.disconnect();
    const ben = await enter('ben');
    await until(
      'Ben is told',
      (look) => ben.provider.on('damaged', look),
      () => ben.heard.includes('damaged'),
    );
    expect(ben.provider.status).toBe('synced');
    ben.provider.doc.getArray('list').push(['three']);
    await until('Ada has it', cluster.recorder.on, () => ada.provider.doc.getArray('list').length === 1);
  });
});
