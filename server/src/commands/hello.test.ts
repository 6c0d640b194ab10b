import { CHAT_TEXT_LENGTH, ChalklineError } from '@chalkline/client-sdk/protocol';
import { describe, expect, it } from 'vitest';
import { TestBackend, the } from '../testing/test-backend.ts';

const hello = (joins: string[] = [], more: object = {}) =>
  ({
    action: 'hello',
    ref: 1,
    clientId: 'tab',
    joins: joins.map((classroomId) => ({ classroomId })),
    ...more,
  }) as const;

/** Fills the chat of a classroom; a letter has three bytes. */
async function fillChat(
  backend: TestBackend,
  classroomId: string,
  count: number,
  letters = CHAT_TEXT_LENGTH,
): Promise<void> {
  await backend.say('ada-writer', { action: 'join', ref: 1, clientId: 'writer', classroomId });
  for (let index = 0; index < count; index += 1) {
    const messages = [
      { id: `${classroomId}-${index}`, type: 'chat.send', data: { text: '字'.repeat(letters) } },
    ];
    await backend.say('ada-writer', { action: 'publish', ref: 1, classroomId, messages });
  }
  await backend.say('ada-writer', { action: 'leave', ref: 1, classroomId });
  backend.posts.length = 0;
}

describe('hello', () => {
  it('says who the speaker is, and until when', async () => {
    const backend = new TestBackend();
    expect(the('welcome', await backend.say('ada', hello()))).toEqual({
      v: 1,
      action: 'welcome',
      ref: 1,
      connectionId: 'ada',
      userId: 'ada',
      name: 'Ada',
      expiresAt: backend.now + 3_600_000,
      at: backend.now,
      classrooms: [],
    });
  });

  it('joins in the order asked for, and tells those who are there', async () => {
    const backend = new TestBackend();
    await backend.join('ada');
    const { classrooms } = the('welcome', await backend.say('ben', hello(['maths', 'history'])));
    expect(classrooms).toMatchObject([
      {
        action: 'joined',
        classroomId: 'maths',
        role: 'student',
        permissions: [
          'chat.send',
          'chat.edit',
          'chat.delete',
          'chat.react',
          'chat.unreact',
          'board.update',
          'state.set',
          'state.set hand',
        ],
        head: { seq: 2 },
      },
      { action: 'joined', classroomId: 'history', head: { seq: 1 } },
    ]);
    expect(the('events', backend.heard('ada')).events).toMatchObject([{ type: 'member.join' }]);
  });

  it('answers in the order asked for, whichever the store answers first', async () => {
    // Seen red: the answers put down as they came.
    const backend = new TestBackend();
    const join = backend.store.join.bind(backend.store);
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    backend.store.join = async (request) => {
      if (request.classroomId === 'maths') await held;
      const outcome = await join(request);
      if (request.classroomId === 'history') release();
      return outcome;
    };
    const { classrooms } = the('welcome', await backend.say('ben', hello(['maths', 'history'])));
    expect(classrooms.map(({ classroomId }) => classroomId)).toEqual(['maths', 'history']);
  });

  it('gives the good classrooms and refuses the forbidden ones among them', async () => {
    // Seen red: the first refusal answering the whole hello.
    const backend = new TestBackend();
    const joins = ['elsewhere', 'maths', 'constructor', '__proto__', 'history'];
    const { classrooms } = the('welcome', await backend.say('ben', hello(joins)));
    expect(classrooms.map((answer) => ('code' in answer ? answer.code : answer.action))).toEqual([
      'forbidden',
      'joined',
      'forbidden',
      'forbidden',
      'joined',
    ]);
    expect(classrooms[0]).toMatchObject({
      classroomId: 'elsewhere',
      message: 'unable to join; the token does not name classroom elsewhere',
      retryable: false,
    });
  });

  it('lets the others in where the store fails for one, and logs why', async () => {
    // Seen red: the refusal not logged, so that an operator saw `ok`.
    const backend = new TestBackend();
    const join = backend.store.join.bind(backend.store);
    backend.store.join = (request) =>
      request.classroomId === 'maths'
        ? Promise.reject(new ChalklineError('internal', 'unable to join; the store did not answer'))
        : join(request);
    const { classrooms } = the('welcome', await backend.say('ben', hello(['maths', 'history'])));
    expect(classrooms).toMatchObject([
      { action: 'error', code: 'internal', retryable: true },
      { action: 'joined' },
    ]);
    expect(backend.lines[0]).toMatchObject({
      action: 'hello',
      outcome: 'internal',
      classroomId: 'maths',
      cause: ['ChalklineError: unable to join; the store did not answer'],
    });
  });

  it('puts what does not fit into the welcome into frames after it', async () => {
    // Seen red: the room of the welcome never lowered. Each frame heard is checked against 128 KB.
    const backend = new TestBackend({ limits: { rateBurst: 1000 } });
    const classroomIds = ['maths', 'history'];
    for (const classroomId of classroomIds) await fillChat(backend, classroomId, 9);
    const [welcome, ...followers] = await backend.say('ben', hello(classroomIds));
    expect(welcome).toMatchObject({ action: 'welcome', classrooms: [{ classroomId: 'maths' }] });
    expect(followers).toMatchObject([{ action: 'joined', classroomId: 'history' }]);
    for (const answer of [the('welcome', welcome ? [welcome] : []).classrooms[0], followers[0]]) {
      expect(answer).toMatchObject({ recovered: false, hasOlderChat: false });
    }
  });

  it('keeps to the size of a frame, with refusals of the longest names and a chat that fills it', async () => {
    // Seen red: the refusals not counted. Each frame heard is checked against 128 KB.
    const backend = new TestBackend({ limits: { rateBurst: 1000, joinChatEvents: 1000 } });
    await fillChat(backend, 'maths', 210, 150);
    the('welcome', await backend.say('chen', hello(['maths'])));
    const forbidden = Array.from({ length: 19 }, (_, index) => `${index}-`.padEnd(128, 'x'));
    const [welcome, ...others] = await backend.say('ben', hello([...forbidden, 'maths']));
    expect([welcome?.action, ...others.map(({ action }) => action)]).toEqual(['welcome', 'joined']);
  });

  it('refuses a token that has ended', async () => {
    const backend = new TestBackend();
    const late = backend.speaker('ada', { expiresAt: backend.now });
    expect(the('error', await backend.say(late, hello()))).toMatchObject({
      ref: 1,
      code: 'unauthorized',
      retryable: false,
    });
  });

  it('takes a fresh token in the place of the one that opened the socket', async () => {
    const backend = new TestBackend();
    const expiresAt = backend.now + 7_200_000;
    backend.tokens.set('fresh', backend.claims('ada', { expiresAt }));
    const late = backend.speaker('ada', { expiresAt: backend.now - 1 });
    const answer = the('welcome', await backend.say(late, hello(['maths'], { token: 'fresh' })));
    expect(answer.expiresAt).toBe(expiresAt);
    const { seat } = await backend.store.audience('maths', 'ada');
    expect(seat.expiresAt).toBe(expiresAt);
  });

  it('does not take the token of somebody else', async () => {
    // Seen red: the users not compared.
    const backend = new TestBackend();
    backend.tokens.set('of-ada', backend.claims('ada'));
    const error = the('error', await backend.say('ben', hello(['maths'], { token: 'of-ada' })));
    expect(error.code).toBe('forbidden');
    await expect(backend.store.audience('maths', 'ben')).rejects.toMatchObject({ code: 'not-joined' });
  });
});
