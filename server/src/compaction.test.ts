import { randomUUID } from 'node:crypto';
import { decodeEvent, type EventAction } from '@chalkline/client-sdk/protocol';
import fc from 'fast-check';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import * as Y from 'yjs';
import { startRedis, type RedisProcess } from '../../tests/harness/redis.ts';
import { createRedisStore } from './adapters/redis/redis-store.ts';
import { load as loadCommand } from './commands/load.ts';
import { publish } from './commands/publish.ts';
import { compact } from './compaction.ts';
import type { Outcome } from './router.ts';
import { TestBackend, the, type TestBackendOptions } from './testing/test-backend.ts';

// Megabytes go through Yjs, JSON and Redis.
vi.setConfig({ testTimeout: 60_000 });

let server: RedisProcess;
let redis: Redis;
beforeAll(async () => {
  server = await startRedis();
  redis = new Redis(server.url);
});
afterAll(async () => {
  redis.disconnect();
  await server.stop();
});

/** A backend on Redis with Ada and Ben in the classroom, and the prefix of its keys. */
async function beginLesson(limits: TestBackendOptions['limits'] = {}) {
  const keyPrefix = `${randomUUID()}:`;
  const store = createRedisStore({
    redis,
    keyPrefix,
    clock: () => backend.now,
    limits: { rateBurst: Infinity, ...limits },
  });
  const backend: TestBackend = new TestBackend({ store });
  await backend.join('ada', 'ben');
  return { backend, keyPrefix };
}

let ids = 0;
const messageOf = (update: Uint8Array) => ({
  id: `id-${(ids += 1)}`,
  type: 'board.update',
  data: { document: 'board', update: Buffer.from(update).toString('base64') },
});

/** The one answer of a command that was carried out beside others, past the frames and their limits. */
function answerOf<A extends EventAction>(action: A, { answers: [frame = ''] }: Outcome) {
  return the(
    action,
    [decodeEvent(frame)].flatMap((event) => event ?? []),
  );
}

async function draw(backend: TestBackend, connectionId: string, ...updates: Uint8Array[]) {
  const outcome = await publish(backend, backend.speaker(connectionId), {
    v: 1,
    action: 'publish',
    ref: 1,
    classroomId: 'maths',
    messages: updates.map(messageOf),
  });
  await outcome.afterwards?.();
  return answerOf('ack', outcome).results;
}

/** What a newcomer gets: all pages of the document, put together. */
async function load(backend: TestBackend) {
  const command = { v: 1, action: 'load', ref: 2, classroomId: 'maths', document: 'board' } as const;
  const blobs = new Map<number, Uint8Array[]>();
  let place: { after: number; index?: number } = { after: 0 };
  for (;;) {
    const outcome = await loadCommand(backend, backend.speaker('ada'), { ...command, ...place });
    const page = answerOf('document', outcome);
    for (const { n, data } of page.pieces)
      blobs.set(n, [...(blobs.get(n) ?? []), Buffer.from(data, 'base64')]);
    if (page.isLast)
      return { bytes: page.bytes, updates: [...blobs.values()].map((parts) => Buffer.concat(parts)) };
    const last = page.pieces.at(-1);
    if (last) place = { after: last.n, ...(last.index + 1 < last.count ? { index: last.index + 1 } : {}) };
  }
}

function docOf(updates: readonly Uint8Array[]): Y.Doc {
  const doc = new Y.Doc();
  for (const update of updates) Y.applyUpdate(doc, update);
  return doc;
}

/** Choices that depend on the seed alone. */
function randomOf(seed: number) {
  const [numbers] = fc.sample(fc.infiniteStream(fc.noBias(fc.nat(2 ** 31 - 1))), { seed, numRuns: 1 });
  const next = (): number => Number(numbers?.next().value) / 2 ** 31;
  return { chance: (odds: number) => next() < odds, below: (bound: number) => Math.floor(next() * bound) };
}

/** A document whose updates are taken one by one. */
function pen({ chance, below }: ReturnType<typeof randomOf>, clientID: number) {
  const doc = new Y.Doc();
  doc.clientID = clientID;
  const updates: Uint8Array[] = [];
  doc.on('update', (update: Uint8Array, origin: unknown) => {
    if (origin !== 'others') updates.push(update);
  });
  const strokes = doc.getArray<string>('strokes');
  return {
    doc,
    /** Draws or erases something. */
    move(): Uint8Array[] {
      if (strokes.length > 3 && chance(0.3)) strokes.delete(below(strokes.length));
      else strokes.insert(below(strokes.length + 1), ['s'.repeat(chance(0.05) ? 20_000 : 40)]);
      if (chance(0.2)) doc.getMap<number>('page').set(`key-${below(10)}`, below(100));
      return updates.splice(0);
    },
    hear: (update: Uint8Array) => Y.applyUpdate(doc, update, 'others'),
  };
}

const seed = Number(process.env['CHALKLINE_SEED'] ?? Date.now() % 2 ** 31);

// Seen red: `replace` took every blob up to the newest away; a page begun one piece too late.
it(`loses no update while compactions of both kinds run beside publishes and loads (CHALKLINE_SEED=${seed})`, async () => {
  const random = randomOf(seed);
  const { backend } = await beginLesson();
  const collect = backend.store.collect.bind(backend.store);
  const levels = new Set<boolean>();
  backend.store.collect = async (...args) => {
    const batch = await collect(...args);
    if (batch) levels.add(batch.isWhole);
    return batch;
  };
  const all: Uint8Array[] = [];
  const pens = [pen(random, 1), pen(random, 2)];
  for (let round = 0; round < 60; round += 1) {
    const moved = pens.map((each) => Array.from({ length: 12 }, () => each.move()).flat());
    const drawn = moved.flatMap((updates, index) =>
      updates.map((update) => draw(backend, index === 0 ? 'ada' : 'ben', update)),
    );
    all.push(...moved.flat());
    const loads = round % 10 === 0 ? [load(backend)] : [];
    const results = (await Promise.all([...drawn, compact(backend, 'maths', 'board'), ...loads])).flat();
    for (const result of results) if (result && 'error' in result) throw new Error(JSON.stringify(result));
    pens.forEach((each, index) => moved[1 - index]?.forEach((update) => each.hear(update)));
  }
  expect(levels).toEqual(new Set([true, false]));
  const { updates, bytes } = await load(backend);
  expect(bytes).toBe(updates.reduce((sum, { length }) => sum + length, 0));
  expect(updates.length).toBeLessThan(all.length / 2);
  const [loaded, expected] = [docOf(updates), docOf(all)];
  for (const doc of [loaded, ...pens.map(({ doc }) => doc)]) {
    expect(doc.getArray('strokes').toJSON()).toEqual(expected.getArray('strokes').toJSON());
    expect(doc.getMap('page').toJSON()).toEqual(expected.getMap('page').toJSON());
    expect(Y.encodeStateVector(doc)).toEqual(Y.encodeStateVector(expected));
  }
  expect(Y.equalSnapshots(Y.snapshot(loaded), Y.snapshot(expected))).toBe(true);
  expect(backend.lines.filter(({ action }) => action === 'compact')).toEqual([]);
});

describe('compaction', () => {
  it('comes after the answer and the fan-out, never in their way', async () => {
    const { backend } = await beginLesson();
    const told = new Promise<number>((resolve) => {
      backend.store.collect = () => {
        resolve(backend.posts.length);
        return Promise.resolve(undefined);
      };
    });
    const update = Y.encodeStateAsUpdate(new Y.Doc());
    for (const count of [200, 1]) {
      const messages = Array.from({ length: count }, () => messageOf(update));
      backend.posts.length = 0;
      await backend.say('ada', { action: 'publish', ref: 1, classroomId: 'maths', messages });
    }
    // The ack for Ada and the event for Ben.
    expect(await told).toBe(2);
  });

  // Seen red: a batch with a damaged blob given up, so that the document was never compacted again; its pieces counted by
  // the length of what was left of it.
  it('sets a damaged blob aside for the operator, says so, and keeps the others', async () => {
    const { backend, keyPrefix } = await beginLesson();
    const doc = new Y.Doc();
    doc.getText('text').insert(0, 'x'.repeat(40_000));
    await draw(backend, 'ada', Y.encodeStateAsUpdate(doc));
    const key = `${keyPrefix}{maths}:`;
    // The first piece of two.
    const [name = ''] = (await redis.hkeys(`${key}blobs`)).sort();
    doc.getText('text').insert(0, 'y'.repeat(40_000));
    const rest = Buffer.from('no update').toString('base64');
    await redis.hset(`${key}blobs`, name, rest);
    await draw(backend, 'ben', Y.encodeStateAsUpdate(doc));
    expect(docOf((await load(backend)).updates).getText('text').length).toBe(80_000);
    expect(backend.lines).toContainEqual({
      action: 'compact',
      outcome: 'internal',
      classroomId: 'maths',
      document: 'board',
      damaged: [1],
    });
    expect(Object.values(await redis.hgetall(`${key}damaged`))).toContain(rest);
  });

  it('gives the room back that was erased, before the document is full; above that, updates are refused', async () => {
    const { backend } = await beginLesson({ documentBytes: 1_000_000 });
    const doc = new Y.Doc();
    const updates: Uint8Array[] = [];
    doc.on('update', (update: Uint8Array) => updates.push(update));
    const text = doc.getText('text');
    // More than twice what the document may have, but erased each time.
    for (let index = 0; index < 60; index += 1) {
      text.insert(0, 'x'.repeat(40_000));
      text.delete(0, text.length);
    }
    for (const update of updates)
      expect(await draw(backend, 'ada', update)).toMatchObject([{ at: backend.now }]);
    updates.length = 0;
    text.insert(0, 'k'.repeat(700_000));
    text.insert(0, 'l'.repeat(400_000));
    const [kept, refused] = updates as [Uint8Array, Uint8Array];
    expect(await draw(backend, 'ada', kept)).toMatchObject([{ at: backend.now }]);
    expect(await draw(backend, 'ada', refused)).toMatchObject([
      {
        error: { code: 'payload-too-large', message: 'unable to publish board.update; the document is full' },
      },
    ]);
    expect(
      docOf((await load(backend)).updates)
        .getText('text')
        .toJSON(),
    ).toBe('k'.repeat(700_000));
  });

  it('logs why it failed, and leaves the document as it is until the lease ends', async () => {
    const { backend } = await beginLesson();
    const doc = new Y.Doc();
    doc.getText('text').insert(0, 'x'.repeat(40_000));
    const update = Y.encodeStateAsUpdate(doc);
    const replace = backend.store.replace.bind(backend.store);
    backend.store.replace = () => Promise.reject(new Error('the store is down'));
    await draw(backend, 'ada', update, update);
    expect(backend.lines).toContainEqual(expect.objectContaining({ action: 'compact', outcome: 'internal' }));
    backend.store.replace = replace;
    await draw(backend, 'ada', update);
    expect((await load(backend)).updates).toHaveLength(3);
    backend.now += 10_000;
    await draw(backend, 'ada', update);
    expect((await load(backend)).updates).toHaveLength(1);
  });
});
