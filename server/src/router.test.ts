import {
  ChalklineError,
  CLIENT_FRAME_BYTES,
  type Command,
  type CommandAction,
} from '@chalkline/client-sdk/protocol';
import * as z from 'zod/mini';
import { describe, expect, it } from 'vitest';
import { createMemoryStore } from './adapters/memory/memory-store.ts';
import type { Delivery } from './ports.ts';
import { TestBackend, the } from './testing/test-backend.ts';

const frame = (fields: object): string => JSON.stringify({ v: 1, ...fields });
const chunk = (fields: object): string =>
  frame({ action: 'chunk', id: '1', index: 0, count: 2, data: '{', ...fields });
const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);

describe('bad input', () => {
  // Seen red, one by one: the size check and the depth check left out; the ref taken as it came;
  // what is no object answered with `internal`; a chunk in a chunk carried out as if it were a command.
  const cases: [name: string, body: string, code: string, ref: number | undefined][] = [
    ['nothing', '', 'bad-envelope', undefined],
    ['what is not JSON', '{"v":1,"action":', 'bad-envelope', undefined],
    ['a list', '[]', 'bad-envelope', undefined],
    ['a number', '42', 'bad-envelope', undefined],
    ['a text', '"ping"', 'bad-envelope', undefined],
    ['true', 'true', 'bad-envelope', undefined],
    ['null', 'null', 'bad-envelope', undefined],
    ['no action', frame({ ref: 7 }), 'bad-envelope', 7],
    ['an action that is no text', frame({ action: {}, ref: 7 }), 'bad-envelope', 7],
    ['an unknown action', frame({ action: 'shout', ref: 7 }), 'bad-envelope', 7],
    ['`constructor` for an action', frame({ action: 'constructor', ref: 7 }), 'bad-envelope', 7],
    ['`__proto__` for an action', '{"v":1,"action":"__proto__","ref":7}', 'bad-envelope', 7],
    ['another version', JSON.stringify({ v: 2, action: 'ping', ref: 7 }), 'unsupported-version', 7],
    ['no version', JSON.stringify({ action: 'ping', ref: 7 }), 'unsupported-version', 7],
    ['a field that is missing', frame({ action: 'leave', ref: 7 }), 'bad-envelope', 7],
    [
      'a classroom id with a space',
      frame({ action: 'leave', ref: 7, classroomId: 'a b' }),
      'bad-envelope',
      7,
    ],
    ['a huge id', frame({ action: 'leave', ref: 7, classroomId: 'x'.repeat(129) }), 'bad-envelope', 7],
    ['a ref that is no count', frame({ action: 'leave', ref: -1 }), 'bad-envelope', undefined],
    ['a ref that is no number', frame({ action: 'leave', ref: 'x' }), 'bad-envelope', undefined],
    ['an infinite ref', '{"v":1,"action":"leave","ref":1e999}', 'bad-envelope', undefined],
    [
      'more than a frame may hold',
      frame({ action: 'leave', ref: 7, classroomId: 'maths', more: 'é'.repeat(CLIENT_FRAME_BYTES / 2) }),
      'payload-too-large',
      undefined,
    ],
    [
      'data nested by the thousand',
      `{"v":1,"action":"publish","ref":7,"classroomId":"maths","messages":[{"id":"a","type":"note.take","data":${nested(8000)}}]}`,
      'bad-envelope',
      7,
    ],
    ['half of a surrogate pair', chunk({ data: '\ud83d' }), 'bad-envelope', undefined],
    ['a chunk beyond the last', chunk({ index: 2 }), 'bad-envelope', undefined],
    ['more chunks than a command may have', chunk({ count: 1001 }), 'bad-envelope', undefined],
    ['a chunk in a chunk', chunk({ index: 0, count: 1, data: chunk({}) }), 'bad-envelope', undefined],
    ['rubbish in a chunk', chunk({ index: 0, count: 1, data: '{"ref":7}' }), 'bad-envelope', 7],
  ];
  for (const [name, body, code, ref] of cases) {
    it(`answers ${name} with ${code}${ref === undefined ? '' : ' and its ref'}, and nobody else hears of it`, async () => {
      const backend = new TestBackend({ messages: { 'note.take': { schema: z.unknown() } } });
      await backend.join('ada', 'ben');
      const error = the('error', await backend.sayRaw('ada', body));
      expect(error).toMatchObject({ code, retryable: false });
      expect(error.ref).toBe(ref);
      expect(error.message).toMatch(/^unable to read frame; /);
      expect(backend.posts).toEqual([]);
      expect(backend.lines.at(-1)).toMatchObject({ outcome: code, connectionId: 'ada', userId: 'ada' });
    });
  }

  it('takes a frame of just the largest size', async () => {
    // Seen red: `>=` for `>`.
    const backend = new TestBackend();
    const empty = frame({ action: 'leave', ref: 7, classroomId: 'maths', more: '' });
    const body = frame({
      action: 'leave',
      ref: 7,
      classroomId: 'maths',
      more: 'x'.repeat(CLIENT_FRAME_BYTES - empty.length),
    });
    the('left', await backend.sayRaw('ada', body));
  });
});

describe('what went wrong inside', () => {
  it('is `internal` on the wire without its cause, which the log has', async () => {
    // Seen red: the message of the cause put into the frame.
    const store = createMemoryStore({ clock: () => 0 });
    store.history = () => Promise.reject(new TypeError('redis://secret@10.0.0.7 is undefined'));
    const backend = new TestBackend({ store });
    const [answer] = await backend.say('ada', { action: 'history', ref: 3, classroomId: 'maths', limit: 1 });
    expect(answer).toEqual({
      v: 1,
      action: 'error',
      ref: 3,
      classroomId: 'maths',
      code: 'internal',
      message: 'unable to answer; something went wrong inside',
      retryable: true,
    });
    expect(backend.lines[0]).toEqual({
      action: 'history',
      outcome: 'internal',
      cause: [
        'ChalklineError: unable to answer; something went wrong inside',
        'TypeError: redis://secret@10.0.0.7 is undefined',
      ],
    });
  });

  it.each([
    ['publish', { messages: [{ id: 'a', type: 'chat.send', data: { text: 'hi' } }] }],
    ['signal', { signals: [{ type: 'typing', data: true }] }],
    ['join', { clientId: 'tab' }],
    ['leave', {}],
    ['history', { limit: 10 }],
    ['ping', { positions: { maths: { epoch: 'e', seq: 1 } } }],
  ] as [CommandAction, object][])('is retryable for %s when the store is down', async (action, fields) => {
    // Seen red: the error of the store replaced by one of ours without its code.
    const down = () =>
      Promise.reject(new ChalklineError('internal', 'unable to go on; the store did not answer'));
    const store = { ...createMemoryStore({ clock: () => 0 }) };
    Object.assign(store, {
      append: down,
      audience: down,
      join: down,
      leave: down,
      history: down,
      touch: down,
    });
    const backend = new TestBackend({ store });
    const command = { action, ref: 3, classroomId: 'maths', ...fields } as Command;
    const error = the('error', await backend.say('ada', command));
    expect(error).toMatchObject({ code: 'internal', retryable: true });
    expect(error.ref).toBe(action === 'signal' ? undefined : 3);
  });
});

describe('the log', () => {
  it('has one short line for each frame: who, what, where, how it ended, and how long it took', async () => {
    const backend = new TestBackend();
    await backend.join('ada');
    backend.lines.length = 0;
    const post = backend.gateway.post;
    backend.gateway.post = (connectionId, text): Promise<Delivery> => {
      backend.now += 12;
      return post(connectionId, text);
    };
    await backend.say('ada', {
      action: 'publish',
      ref: 1,
      classroomId: 'maths',
      messages: [{ id: 'a', type: 'chat.send', data: { text: 'between us' } }],
    });
    expect(backend.lines).toEqual([
      {
        action: 'publish',
        outcome: 'ok',
        connectionId: 'ada',
        userId: 'ada',
        classroomId: 'maths',
        ids: ['a'],
        seqs: [2],
        delivered: 1,
        ms: 12,
      },
    ]);
  });

  it('never holds a token or what was said, even if the frame is refused', async () => {
    // Seen red: the body of a bad frame added to its line.
    const backend = new TestBackend();
    await backend.sayRaw('ada', frame({ action: 'hello', ref: 1, clientId: '', token: 'eyJ.secret.token' }));
    await backend.sayRaw('ada', frame({ action: 'publish', ref: 1, text: 'between us' }));
    await backend.sayRaw('ada', '{"text":"between us","token":"eyJ.secret.token"');
    expect(JSON.stringify(backend.lines)).not.toMatch(/secret|between us/);
  });
});

describe('a frame', () => {
  it('never rejects, even if its speaker is gone when the answer comes', async () => {
    const backend = new TestBackend();
    await backend.join('ada', 'ben');
    backend.deliveries.set('ada', 'gone');
    await expect(backend.say('ada', { action: 'ping', ref: 1, positions: {} })).resolves.toHaveLength(1);
    expect(backend.heard('ben')).toMatchObject([{ action: 'events', events: [{ type: 'member.drop' }] }]);
  });
});
