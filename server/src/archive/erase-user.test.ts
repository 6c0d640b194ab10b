import { Redis } from 'ioredis';
import * as Y from 'yjs';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { startRedis, type RedisProcess } from '../../../tests/harness/redis.ts';
import { change, chat, draw, set, whisper } from '../adapters/lesson.ts';
import { createRedisStore } from '../adapters/redis/redis-store.ts';
import { run } from '../cli.ts';
import type { AppendOutcome, ClassroomStore, Draft, JoinOutcome } from '../ports.ts';
import { Archive } from './archive.ts';

/** What is nowhere else: neither in a key nor in a word of Redis. */
const BEN = 'ben/b€n-8c1f';
const NAME = 'Benedikt Q.';

let server: RedisProcess;
let redis: Redis;
let store: ClassroomStore;
beforeAll(async () => {
  server = await startRedis();
  redis = new Redis(server.url);
  store = createRedisStore({ redis: new Redis(server.url), clock: Date.now });
});
beforeEach(() => redis.flushall());
afterAll(async () => {
  await store.close();
  redis.disconnect();
  await server.stop();
});

const enter = (userId: string, position?: JoinOutcome['head']) =>
  store.join({
    classroomId: 'maths',
    seat: {
      connectionId: `c-${userId.slice(0, 3)}`,
      clientId: 'tab',
      userId,
      name: userId === BEN ? NAME : userId,
      role: userId === 'ada' ? 'teacher' : 'student',
      expiresAt: Date.now() + 60_000,
    },
    position,
  });
const say = (userId: string, ...drafts: Draft[]): Promise<AppendOutcome> =>
  store.append({ classroomId: 'maths', connectionId: `c-${userId.slice(0, 3)}`, drafts });

/** A stroke as the whiteboard writes it. */
function stroke(doc: Y.Doc, id: string, authorId: string, mark: string): Draft {
  const before = Y.encodeStateVector(doc);
  doc.getMap('elements').set(
    id,
    new Y.Map<unknown>([
      ['made', ['stroke', 'page', 'V0', authorId, ['ink', 3]]],
      ['points', new TextEncoder().encode(mark)],
    ]),
  );
  return draw(id, Buffer.from(Y.encodeStateAsUpdate(doc, before)).toString('base64'));
}

/** All that Redis holds, also of what is base64. */
async function everything(): Promise<string> {
  const parts: string[] = [];
  for (const key of await redis.keys('*')) {
    const type = await redis.type(key);
    if (type === 'hash') parts.push(key, ...Object.entries(await redis.hgetall(key)).flat());
    else parts.push(key, ...(await redis.zrange(key, 0, '-1')));
  }
  return parts.flatMap((part) => [part, Buffer.from(part, 'base64').toString('latin1')]).join('\n');
}

const board = new Y.Doc();
async function loadBoard(connectionId: string): Promise<Y.Doc> {
  const { pieces } = await store.load('maths', connectionId, { document: 'board', after: 0 });
  const doc = new Y.Doc();
  for (const { data } of pieces) Y.applyUpdate(doc, Buffer.from(data, 'base64'));
  return doc;
}

/** A lesson in which a user left traces everywhere. */
async function lesson(): Promise<void> {
  await store.connect({ connectionId: `c-${BEN.slice(0, 3)}`, userId: BEN, classroomIds: ['maths'] });
  for (const userId of ['ada', BEN, 'chen']) await enter(userId);
  const doc = new Y.Doc();
  const words = await say('ada', {
    ...chat('good morning'),
    data: { text: 'good morning', replyTo: 'x', mentions: ['chen', BEN] },
  });
  const { seq = 0 } = words.results[0] as { seq?: number };
  await say('chen', chat('another'));
  await say(
    BEN,
    chat('b1', 'mineA'),
    change('b2', 'edit', { id: 'b1' }, 'mineB'),
    chat('b3', 'mineC'),
    change('b4', 'delete', { id: 'b3' }),
    change('b5', 'react', { id: 'good morning', seq }, '👋'),
    set('b6', 'hand', { raisedAt: 1 }, BEN),
    set('b7', 'page', 'mineD'),
    whisper('mineE'),
    stroke(doc, 'his', BEN, 'mineF'),
  );
  await say(
    'ada',
    { ...whisper('a0', BEN), data: { text: 'mineG', to: BEN } },
    change('a1', 'react', { id: 'good morning', seq }, '👋'),
    set('a2', 'access.chat', { isOpen: false }),
    set('a2-ben', 'access.chat', { isOpen: true }, BEN),
    set('a3', 'spotlight', { userId: BEN }),
    set('a4', 'board.page', { pageId: 'p' }),
    stroke(doc, 'hers', 'ada', 'hersH'),
  );
  board.destroy();
}

const isThere = /mine[A-G]|Benedikt|8c1f/;

// Seen red, each left alone: mentions, a whisper's readers, ids, `access.<topic>`, the log, the epoch, the board; a life
// of the store's own for what is left.
it('leaves nothing of a user in any byte of the store, and all of everyone else', async () => {
  await lesson();
  expect(await everything()).toMatch(isThere);
  const { head } = await enter('chen');
  // A store that was told to keep classrooms longer than an operator's command knows of.
  await redis.pexpire('chalkline:{maths}:meta', 864_000_000);
  const counts = await new Archive(redis).eraseUserIn('maths', BEN);
  expect(counts).toMatchObject({
    messages: 4,
    mentions: 1,
    reactions: 1,
    state: 4,
    seats: 1,
    elements: 1,
  });
  await new Archive(redis).eraseConnections(BEN);
  expect(await everything()).not.toMatch(isThere);
  for (const key of await redis.keys('chalkline:{maths}:*'))
    expect(await redis.pttl(key), key).toBeGreaterThan(800_000_000);

  // Whoever was there is told to load anew, and finds the others' part whole; the log goes on where it was.
  const again = await enter('chen', head);
  expect(again).toMatchObject({ recovered: false });
  expect(again.head.epoch).not.toBe(head.epoch);
  expect(again.head.seq).toBeGreaterThanOrEqual(head.seq);
  expect(again.members.map(({ userId }) => userId)).toEqual(['ada', 'chen']);
  expect(again.chat).toMatchObject([
    {
      data: { text: 'good morning', replyTo: 'x', mentions: ['chen'] },
      reactions: [['👋', ['ada']]],
    },
    { data: { text: 'another' } },
  ]);
  expect(again.state.map(({ data }) => data)).toEqual([
    { key: 'access.chat', value: { isOpen: false } },
    { key: 'board.page', value: { pageId: 'p' } },
  ]);
  const elements = (await loadBoard('c-che')).getMap('elements');
  expect([...elements.keys()]).toEqual(['hers']);
});

// Seen red: the log left as it was.
it('keeps a log that recovery can rest on', async () => {
  await lesson();
  await new Archive(redis).eraseUserIn('maths', BEN);
  const { head } = await enter('chen');
  await say('ada', chat('one'), chat('two'));
  const { recovered, events } = await enter('chen', head);
  expect(recovered).toBe(true);
  expect(events.map(({ seq, id }) => [seq, id])).toEqual([
    [head.seq + 1, 'one'],
    [head.seq + 2, 'two'],
  ]);
});

// Seen red: the board written anew without the deletion.
it('deletes the strokes also from a copy that has them', async () => {
  await lesson();
  const copy = await loadBoard('c-che');
  expect(copy.getMap('elements').size).toBe(2);
  await new Archive(redis).eraseUserIn('maths', BEN);
  const after = await loadBoard('c-ada');
  Y.applyUpdate(copy, Y.encodeStateAsUpdate(after));
  expect([...copy.getMap('elements').keys()]).toEqual(['hers']);
  // What the copy would give back to the store holds nothing of them.
  const back = Y.encodeStateAsUpdate(copy, Y.encodeStateVector(after));
  expect(Buffer.from(back).toString('latin1')).not.toMatch(isThere);
});

// Seen red: the dry run's flag not passed on to the board.
it('counts and changes nothing when asked to, erases once and then finds nothing', async () => {
  await lesson();
  const written = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const say = (): string => written.mock.calls.splice(0).join('');
  const before = await everything();
  const erase = (...args: string[]) => run(['erase', '--user', BEN, '--redis', server.url, ...args]);
  try {
    await erase('--dry-run');
    const counted = say();
    expect(counted).toMatch(/^maths: .*messages 4.*elements 1|elements 1.*messages 4/);
    expect(counted).toMatch(/\nuser \S+ would go: .*messages 4.*\n$/);
    expect(await everything()).toBe(before);
    await erase('--yes');
    expect(say()).toMatch(/^maths: .*\nuser \S+ is gone: .*messages 4.*\n$/);
    await expect(erase('--dry-run')).rejects.toThrow('nothing is kept of user');
  } finally {
    written.mockRestore();
  }
});

it('does not touch a classroom in which the user never was', async () => {
  await enter('ada');
  const { head } = await enter('chen');
  expect(await new Archive(redis).eraseUserIn('maths', BEN)).toEqual({});
  expect(await enter('chen', head)).toMatchObject({ recovered: true });
});
