import { startDevServer } from '@chalkline/server';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { Lesson } from './lesson.ts';
import type { RawClient } from './raw-client.ts';

let lesson: Lesson;
let ada: RawClient;
let chen: RawClient;
let headSeq: number;
beforeAll(async () => {
  lesson = await Lesson.begin({ messages: { 'note.take': { schema: z.unknown() } } });
  ada = await lesson.enter('ada');
  chen = await lesson.enter('chen');
});
afterAll(() => lesson.end());

/** Ben comes anew for each test: he is the one who sends what he should not. */
let ben: RawClient;
beforeEach(async () => {
  ben = await lesson.open('ben');
  const { head } = await ben.join('maths', `tab-${Math.random()}`);
  headSeq = head.seq;
  await chen.ask('pong', { action: 'ping', positions: {} });
  chen.heard.length = ada.heard.length = ben.heard.length = 0;
});

const chat = (id: string, data: unknown = { text: id }) => ({ id, type: 'chat.send', data });
const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
const publishText = (data: string, type = 'note.take'): string =>
  `{"v":1,"action":"publish","ref":1,"classroomId":"maths","messages":[{"id":"x","type":"${type}","data":${data}}]}`;

describe('a bad frame is answered with a code, the socket stays open, and nothing is stored or sent', () => {
  // Seen red: the router posting its error to the classroom; a refused frame closing the socket.
  const frames: [name: string, frame: string, code: string][] = [
    ['that is not JSON', 'hello?', 'bad-envelope'],
    ['that is empty', '', 'bad-envelope'],
    ['that is a number', '42', 'bad-envelope'],
    ['that is cut off', '{"v":1,"action":"publish"', 'bad-envelope'],
    ['of another version', '{"v":99,"action":"ping","ref":1,"positions":{}}', 'unsupported-version'],
    ['with an unknown command', '{"v":1,"action":"shout","ref":1}', 'bad-envelope'],
    ['with the command `constructor`', '{"v":1,"action":"constructor","ref":1}', 'bad-envelope'],
    ['with the command `__proto__`', '{"v":1,"action":"__proto__","ref":1}', 'bad-envelope'],
    ['with a prototype', '{"__proto__":{"v":1,"action":"ping"},"ref":1}', 'bad-envelope'],
    ['with a field of the wrong kind', '{"v":1,"action":"leave","ref":1,"classroomId":7}', 'bad-envelope'],
    [
      'with a huge classroom id',
      `{"v":1,"action":"leave","ref":1,"classroomId":"${'x'.repeat(9999)}"}`,
      'bad-envelope',
    ],
    ['with a huge message id', publishText('1').replace('"x"', `"${'x'.repeat(9999)}"`), 'bad-envelope'],
    ['nested by the thousand', publishText(nested(8000)), 'bad-envelope'],
    [
      'nested by the thousand where nobody looks',
      `{"v":1,"action":"shout","ref":1,"x":${nested(8000)}}`,
      'bad-envelope',
    ],
    [
      'with a chunk beyond the last',
      '{"v":1,"action":"chunk","id":"1","index":2,"count":2,"data":"{"}',
      'bad-envelope',
    ],
    [
      'without messages',
      '{"v":1,"action":"publish","ref":1,"classroomId":"maths","messages":[]}',
      'bad-envelope',
    ],
    [
      'with 201 messages',
      JSON.stringify({
        v: 1,
        action: 'publish',
        ref: 1,
        classroomId: 'maths',
        messages: Array.from({ length: 201 }, (_, index) => chat(`${index}`)),
      }),
      'bad-envelope',
    ],
  ];
  for (const [name, frame, code] of frames) {
    it(name, async () => {
      ben.send(frame);
      expect(await ben.hears('the error', ({ action }) => action === 'error')).toMatchObject({
        code,
        message: expect.stringMatching(/^unable to .+; .+/) as string,
      });
      expect(ben.isOpen).toBe(true);
      await lesson.expectSilence(ada, chen, headSeq);
    });
  }

  it('for a classroom that the token does not name, whatever the command', async () => {
    // Seen red: the role in the classroom not asked for on `join`.
    for (const classroomId of [
      'physics',
      'constructor',
      '__proto__',
      'toString',
      'math',
      'maths2',
      'MATHS',
    ]) {
      const join = { action: 'join', clientId: 'tab', classroomId };
      expect((await ben.ask('error', join)).code).toBe('forbidden');
      const publish = { action: 'publish', classroomId, messages: [chat('x')] };
      expect((await ben.ask('error', publish)).code).toBe('not-joined');
      expect((await ben.ask('error', { action: 'history', classroomId, limit: 1 })).code).toBe('not-joined');
      const positions = { [classroomId]: { epoch: 'e', seq: 0 } };
      expect((await ben.ask('pong', { action: 'ping', positions })).heads).toEqual({});
    }
    await lesson.expectSilence(ada, chen, headSeq);
  });

  it('for a classroom that was not joined', async () => {
    const outside = await lesson.open('ben');
    const publish = { action: 'publish', classroomId: 'maths', messages: [chat('x')] };
    expect(await outside.ask('error', publish)).toMatchObject({ code: 'not-joined', retryable: true });
    outside.send({ action: 'signal', classroomId: 'maths', signals: [{ type: 'typing', data: true }] });
    await outside.hears('the error', (event) => event.action === 'error' && event.code === 'not-joined');
    await lesson.expectSilence(ada, chen, headSeq);
  });

  it.each(['__proto__', 'constructor', 'toString', 'member.leave', 'member.join', 'note.unknown'])(
    'for the message type %s, which no member may publish',
    async (type) => {
      const { results } = await ben.ask('ack', {
        action: 'publish',
        classroomId: 'maths',
        messages: [{ id: 'x', type, data: { userId: 'ada' } }],
      });
      expect(results).toMatchObject([{ id: 'x', error: { code: 'bad-envelope' } }]);
      await lesson.expectSilence(ada, chen, headSeq);
    },
  );

  it('for an empty text and one that is too long', async () => {
    const messages = [
      chat('a', { text: '' }),
      chat('b', { text: 'x'.repeat(4001) }),
      chat('c', 'text'),
      chat('d', null),
    ];
    const { results } = await ben.ask('ack', { action: 'publish', classroomId: 'maths', messages });
    expect(results.map((result) => 'error' in result && result.error.code)).toEqual([
      'bad-envelope',
      'payload-too-large',
      'bad-envelope',
      'bad-envelope',
    ]);
    await lesson.expectSilence(ada, chen, headSeq);
  });
});

describe('the platform itself closes', () => {
  it('a socket that sends more than 32 KB in a frame, with 1009', async () => {
    ben.send(JSON.stringify({ v: 1, action: 'ping', more: 'x'.repeat(33_000) }));
    expect(await ben.closed).toBe(1009);
  });

  it('a socket that sends a binary frame, with 1003', async () => {
    ben.socket.send(Buffer.from([1, 2, 3]));
    expect(await ben.closed).toBe(1003);
  });
});

describe('a batch of 200 messages', () => {
  it('is kept up to the limit of what one user may say at once; the rest is told to wait', async () => {
    const messages = Array.from({ length: 200 }, (_, index) => chat(`batch-${index}`));
    const { results } = await ben.ask('ack', { action: 'publish', classroomId: 'maths', messages });
    expect(results).toHaveLength(200);
    const isKept = results.map((result) => 'seq' in result);
    const kept = isKept.indexOf(false);
    expect(kept).toBeGreaterThanOrEqual(100);
    expect(isKept.slice(kept)).toEqual(Array(200 - kept).fill(false));
    expect(results.at(-1)).toMatchObject({
      error: { code: 'rate-limited', retryAfterMs: expect.any(Number) as number },
    });
  });
});

describe('a server that is told to serve a type of its own name', () => {
  it('does not start with one that stands in for ours', async () => {
    const messages = { 'chat.send': { schema: z.unknown() } };
    await expect(startDevServer({ secret: 'x'.repeat(32), port: 0, messages })).rejects.toThrow(
      'the message type "chat.send" is kept for Chalkline; choose another noun',
    );
  });
});
