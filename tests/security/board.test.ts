import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { startRedis, type RedisProcess } from '../harness/redis.ts';
import { Lesson } from './lesson.ts';
import type { RawClient } from './raw-client.ts';

let redis: RedisProcess;
beforeAll(async () => (redis = await startRedis()));
afterAll(() => redis.stop());

function drawing(text = 'a circle'): string {
  const doc = new Y.Doc();
  doc.getText('text').insert(0, text);
  return Buffer.from(Y.encodeStateAsUpdate(doc)).toString('base64');
}

let ids = 0;
/** Publishes one message; resolves with the code of its refusal, or `kept`. */
async function publish(client: RawClient, type: string, data: unknown): Promise<string> {
  const messages = [{ id: `id-${(ids += 1)}`, type, data }];
  const { results } = await client.ask('ack', { action: 'publish', classroomId: 'maths', messages });
  const [result] = results;
  return result && 'error' in result ? result.error.code : 'kept';
}
const draw = (client: RawClient, document: string, update = drawing()): Promise<string> =>
  publish(client, 'board.update', { document, update });

describe.each(['in this process', 'in Redis'])('a board, kept %s', (where) => {
  let lesson: Lesson;
  let ada: RawClient, ben: RawClient, chen: RawClient;
  beforeAll(async () => {
    const storeLimits = { documentBytes: 10_000, documents: 2 };
    lesson = await Lesson.begin({ storeLimits, ...(where === 'in Redis' ? { redisUrl: redis.url } : {}) });
    [ada, ben, chen] = [await lesson.enter('ada'), await lesson.enter('ben'), await lesson.enter('chen')];
  });
  afterAll(() => lesson.end());

  const load = (client: RawClient, document = 'board') =>
    client.ask('document', { action: 'load', classroomId: 'maths', document, after: 0 });

  it('is written by no observer, who may load it', async () => {
    expect(await draw(chen, 'board')).toBe('forbidden');
    expect(await publish(chen, 'state.set', { key: 'hand', value: { raisedAt: 1 }, userId: 'chen' })).toBe(
      'forbidden',
    );
    expect(await load(chen)).toMatchObject({ pieces: [], isLast: true });
  });

  it('is locked by teachers only, then closed for students whatever they send, and opened again', async () => {
    // Seen red: `access` of the state not asked for in the append.
    expect(await publish(ben, 'state.set', { key: 'access.board', value: { isOpen: true } })).toBe(
      'forbidden',
    );
    expect(await publish(ada, 'state.set', { key: 'access.board', value: { isOpen: false } })).toBe('kept');
    expect(await draw(ben, 'board')).toBe('forbidden');
    ben.send({ action: 'signal', classroomId: 'maths', signals: [{ type: 'board.ink', data: 1 }] });
    const refused = await ben.hears('the refusal', ({ action }) => action === 'error');
    expect(refused).toMatchObject({ classroomId: 'maths', code: 'forbidden' });
    await ada.chat('maths', `after the signal ${where}`);
    expect(ada.heard.filter(({ action }) => action === 'signals')).toEqual([]);
    expect(await publish(ada, 'state.set', { key: 'access.board', value: null })).toBe('kept');
    expect(await draw(ben, 'board')).toBe('kept');
  });

  it.each([
    ['chat'],
    ['board:0000000000000001:000000/1u'],
    ['../board'],
    ['board;'],
    ['x'.repeat(65)],
    [''],
    ['бoard'],
    [null],
    [['board']],
  ])('has no document named %j', async (document) => {
    expect(await publish(ben, 'board.update', { document, update: drawing() })).toBe('bad-envelope');
    const command = { action: 'load', classroomId: 'maths', document, after: 0 };
    expect(await ben.ask('error', command)).toMatchObject({ code: 'bad-envelope' });
  });

  it.each([
    ['rubbish', Buffer.from('rubbish').toString('base64')],
    [
      'an update with a tail',
      Buffer.concat([Buffer.from(drawing(), 'base64'), Buffer.alloc(1)]).toString('base64'),
    ],
    ['what is not base64', '!!!!'],
    ['no text', 7],
  ])('takes no %s for an update', async (_, update) => {
    const before = await load(ben);
    expect(await publish(ben, 'board.update', { document: 'board', update })).toBe('bad-envelope');
    expect((await load(ben)).pieces).toEqual(before.pieces);
  });

  it('is never larger than its bound, nor are there more than the bound of documents', async () => {
    expect(await draw(ben, 'board', drawing('x'.repeat(9_900)))).toBe('kept');
    const { bytes, pieces } = await load(ben);
    expect(await draw(ben, 'board', drawing('x'.repeat(200)))).toBe('payload-too-large');
    expect(await load(ben)).toMatchObject({ bytes, pieces });
    expect(await draw(ben, 'second')).toBe('kept');
    expect(await draw(ben, 'third')).toBe('payload-too-large');
  });

  it('gives nothing to who has no seat', async () => {
    const eve = await lesson.open('eve');
    const command = { action: 'load', classroomId: 'maths', document: 'board', after: 0 };
    expect(await eve.ask('error', command)).toMatchObject({ code: 'not-joined' });
  });

  it.each([
    ['a key that nobody defined', { key: 'secret', value: 1 }, 'bad-envelope'],
    ['the hand of another', { key: 'hand', value: { raisedAt: 1 }, userId: 'ada' }, 'forbidden'],
    ['the timer', { key: 'timer', value: { endsAt: 1 } }, 'forbidden'],
    [
      'what belongs to a name that is too long',
      { key: 'hand', value: { raisedAt: 1 }, userId: 'a'.repeat(129) },
      'payload-too-large',
    ],
  ])('lets a student not set %s', async (_, entry, code) => {
    expect(await publish(ben, 'state.set', entry)).toBe(code);
  });
});
