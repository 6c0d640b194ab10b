import { describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { BadFrameError, checkMessage, decodeCommand, decodeEvent, encode } from './codec.ts';
import type { Command } from './commands.ts';
import { ChalklineError, errorCodes, isErrorCode, isRetryable } from './errors.ts';
import type { ServerEvent } from './events.ts';
import { byteLength, CHAT_TEXT_LENGTH, HELLO_JOINS, HISTORY_PAGE, PUBLISH_MESSAGES } from './limits.ts';
import { builtInMessages, type ClassroomEvent } from './messages.ts';

const classroomId = 'math-101';
const position = { epoch: 'epoch-1', seq: 4 };
const from = { userId: 'ada', name: 'Ada', role: 'teacher' } as const;
const event: ClassroomEvent = { seq: 5, id: 'id-1', type: 'chat.send', at: 0, from, data: { text: 'Hello' } };

type Unversioned<T> = T extends unknown ? Omit<T, 'v'> : never;
/** One of each command, with every field that it may have. */
const commands: Unversioned<Command>[] = [
  {
    action: 'hello',
    ref: 1,
    clientId: 'tab-1',
    token: 'token',
    joins: [{ classroomId, position }, { classroomId }],
  },
  { action: 'join', ref: 2, clientId: 'tab-1', token: 'token', classroomId, position },
  { action: 'leave', ref: 3, classroomId },
  {
    action: 'publish',
    ref: 4,
    classroomId,
    messages: [{ id: 'id-1', type: 'chat.send', data: { text: 'Hello' } }],
  },
  { action: 'signal', classroomId, signals: [{ type: 'chat.typing', data: true }] },
  { action: 'history', ref: 5, classroomId, before: 7, limit: HISTORY_PAGE },
  { action: 'load', ref: 6, classroomId, document: 'board', after: 0 },
  { action: 'load', ref: 6, classroomId, document: 'board', after: 7, index: 2 },
  { action: 'end', ref: 6, classroomId },
  { action: 'ping', ref: 0, positions: { [classroomId]: position } },
];
const joined = {
  v: 1,
  action: 'joined',
  classroomId,
  head: position,
  role: 'teacher',
  permissions: ['chat.send'],
  members: [{ ...from, status: 'online', joinedAt: 0 }],
  recovered: false,
  events: [],
  chat: [event],
  hasOlderChat: false,
} as const;
const problem = { code: 'rate-limited', message: 'unable to publish; too fast', retryAfterMs: 50 };
const events: Unversioned<ServerEvent>[] = [
  {
    action: 'welcome',
    ref: 1,
    connectionId: 'connection=',
    userId: 'ada',
    name: 'Ada',
    expiresAt: 1,
    classrooms: [
      {
        ...joined,
        permissions: [...joined.permissions],
        members: [...joined.members],
        events: [],
        chat: [event],
      },
    ],
  },
  { action: 'left', ref: 3, classroomId },
  { action: 'events', classroomId, epoch: 'epoch-1', events: [event] },
  {
    action: 'ack',
    ref: 4,
    classroomId,
    epoch: 'epoch-1',
    results: [
      { id: 'id-1', seq: 5, at: 0 },
      { id: 'id-2', error: problem },
    ],
  },
  { action: 'signals', classroomId, userId: 'ada', signals: [{ type: 'chat.typing', data: true }] },
  { action: 'page', ref: 5, classroomId, events: [event], hasOlderChat: true },
  {
    action: 'document',
    ref: 6,
    classroomId,
    document: 'board',
    pieces: [{ n: 7, index: 2, count: 3, data: 'AAA=' }],
    isLast: true,
    bytes: 2,
  },
  { action: 'ended', ref: 6, classroomId },
  { action: 'pong', ref: 6, heads: { [classroomId]: position } },
  { action: 'error', ref: 7, classroomId, retryable: true, ...problem },
  { action: 'bye', ...problem },
];

function refusalOf(run: () => unknown): BadFrameError {
  try {
    run();
  } catch (error) {
    if (error instanceof BadFrameError) return error;
  }
  throw new Error('a BadFrameError was expected');
}

describe('frames', () => {
  test.each(commands.map((command) => [command.action, command] as const))(
    'a %s is read as it was written',
    (_, command) => {
      expect(decodeCommand(encode(command))).toEqual({ v: 1, ...command });
    },
  );

  test.each(events.map((said) => [said.action, said] as const))(
    'a %s is read as it was written',
    (_, said) => {
      expect(decodeEvent(encode(said))).toEqual({ v: 1, ...said });
    },
  );

  // Seen red: it was refused, and a newer server could not have been.
  test('an unknown event is ignored: a newer server may say what we do not know', () => {
    expect(decodeEvent('{"v":1,"action":"poll","question":"Ready?"}')).toBeUndefined();
    expect(decodeEvent('{"v":1,"action":"toString"}')).toBeUndefined();
  });

  test('fields that a newer end adds are left out', () => {
    expect(decodeCommand('{"v":1,"action":"leave","ref":1,"classroomId":"math-101","mood":"glad"}')).toEqual({
      v: 1,
      action: 'leave',
      ref: 1,
      classroomId,
    });
  });

  // Seen red: the ref was lost, and the sender waited for an answer to its command.
  test('an unknown command is refused with its ref', () => {
    const refusal = refusalOf(() => decodeCommand('{"v":1,"action":"shout","ref":7}'));
    expect(refusal).toMatchObject({ code: 'bad-envelope', ref: 7, retryable: false });
    expect(refusal.message).toBe('unable to read frame; there is no command `shout`');
    expect(
      refusalOf(() => decodeCommand(`{"v":1,"action":"${'x'.repeat(9_000)}"}`)).message.length,
    ).toBeLessThan(120);
    expect(refusalOf(() => decodeCommand('{"v":1,"action":"constructor"}')).code).toBe('bad-envelope');
  });

  // Seen red: a bare string or number was looked into as if it were an object, and came back as `internal`.
  test.each(['{', '', 'hello', '"hello"', '7', 'null', '[]', '{}', '{"action":7}', '{"v":1}'])(
    'the text %j is no frame',
    (text) => {
      for (const decode of [decodeCommand, decodeEvent]) {
        expect(refusalOf(() => decode(text))).toMatchObject({ code: 'bad-envelope', ref: undefined });
      }
    },
  );

  test.each(['0', '2', '"1"', 'null', '{}'])('version %s is not ours', (v) => {
    for (const decode of [decodeCommand, decodeEvent]) {
      const refusal = refusalOf(() => decode(`{"v":${v},"action":"ping","ref":3,"positions":{}}`));
      expect(refusal).toMatchObject({ code: 'unsupported-version', ref: 3 });
    }
  });

  // Seen red: a ref that no answer can carry came back in one, which the schemas then refused.
  test.each(['-1', '1.5', '1e300', '"7"', 'null'])('a ref of %s is none', (ref) => {
    expect(refusalOf(() => decodeCommand(`{"v":1,"action":"leave","ref":${ref}}`)).ref).toBeUndefined();
  });

  test.each([
    ['classroomId', { action: 'leave', ref: 1, classroomId: 'a b' }],
    ['ref', { action: 'leave', classroomId }],
    ['messages', { action: 'publish', ref: 1, classroomId, messages: [] }],
    [
      'messages',
      {
        action: 'publish',
        ref: 1,
        classroomId,
        messages: Array(PUBLISH_MESSAGES + 1).fill({ id: 'i', type: 't', data: 1 }),
      },
    ],
    ['messages.0.id', { action: 'publish', ref: 1, classroomId, messages: [{ id: '', type: 't', data: 1 }] }],
    ['limit', { action: 'history', ref: 1, classroomId, limit: HISTORY_PAGE + 1 }],
    ['limit', { action: 'history', ref: 1, classroomId, limit: 0 }],
    [
      'joins',
      { action: 'hello', ref: 1, clientId: 'tab', joins: Array(HELLO_JOINS + 1).fill({ classroomId }) },
    ],
    [
      'position.seq',
      { action: 'join', ref: 1, clientId: 'tab', classroomId, position: { epoch: 'e', seq: -1 } },
    ],
    ['positions.math-101', { action: 'ping', ref: 1, positions: { [classroomId]: 7 } }],
    ['signals', { action: 'signal', classroomId, signals: [] }],
  ])('a wrong `%s` is named', (path, command) => {
    const refusal = refusalOf(() => decodeCommand(JSON.stringify({ v: 1, ...command })));
    expect(refusal.code).toBe('bad-envelope');
    expect(refusal.message).toContain(`\`${path}\` of \`${command.action}\``);
  });

  test('no refusal repeats what was said', () => {
    const refusal = refusalOf(() =>
      decodeCommand('{"v":1,"action":"hello","ref":1,"clientId":"","token":"secret"}'),
    );
    expect(refusal.message).not.toContain('secret');
  });
});

describe('messages', () => {
  const definitions = {
    ...builtInMessages,
    'quiz.ask': { schema: z.object({ question: z.string(), choices: z.optional(z.array(z.string())) }) },
  } as const;

  test('are read by the schema of their type', () => {
    expect(checkMessage(definitions, 'quiz.ask', { question: 'Why?', mood: 'glad' })).toEqual({
      question: 'Why?',
    });
  });

  test.each([
    ['quiz.ask', { question: 7 }, '"question"'],
    ['quiz.ask', { question: 'Why?', choices: ['because', 7] }, '"choices.1"'],
    ['quiz.ask', 'Why?', 'the data of "quiz.ask" is not valid'],
    ['quiz.answer', {}, 'there is no message type "quiz.answer"'],
    ['toString', {}, 'there is no message type "toString"'],
    ['chat.send', { text: '' }, '"text"'],
    ['chat.send', { text: 'x'.repeat(CHAT_TEXT_LENGTH + 1) }, '"text"'],
  ])('of type %s are refused where their data is wrong: %j', (type, data, reason) => {
    expect(() => checkMessage(definitions, type, data)).toThrow(reason);
    expect(() => checkMessage(definitions, type, data)).toThrow(ChalklineError);
  });

  test('chat holds as many code points as its limit says', () => {
    const text = '😀'.repeat(CHAT_TEXT_LENGTH);
    expect(checkMessage(definitions, 'chat.send', { text })).toEqual({ text });
    expect(() => checkMessage(definitions, 'chat.send', { text: `${text}😀` })).toThrow('"text"');
  });
});

test('sizes are counted in bytes of UTF-8', () => {
  expect([byteLength('abc'), byteLength('äöü'), byteLength('陈'), byteLength('😀')]).toEqual([3, 6, 3, 4]);
});

test('every code says whether the same call may succeed later', () => {
  const retryable = errorCodes.filter(isRetryable);
  expect(retryable).toEqual(['not-joined', 'rate-limited', 'timeout', 'connection-lost', 'internal']);
  expect([isErrorCode('forbidden'), isErrorCode('toString'), isErrorCode('no-such-code')]).toEqual([
    true,
    false,
    false,
  ]);
  const cause = new Error('socket');
  const error = new ChalklineError('rate-limited', 'unable to publish; too fast', {
    cause,
    retryAfterMs: 50,
  });
  expect(error).toMatchObject({
    name: 'ChalklineError',
    code: 'rate-limited',
    retryable: true,
    retryAfterMs: 50,
    cause,
  });
});
