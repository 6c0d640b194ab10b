import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Lesson } from './lesson.ts';
import { idsOf } from './raw-client.ts';

let lesson: Lesson;
beforeAll(async () => (lesson = await Lesson.begin()));
afterAll(() => lesson.end());

const signals = [{ type: 'typing', data: true }];

describe('a classroom', () => {
  it('is heard by its own members only, whatever is said in it', async () => {
    // Seen red: the recipients of every classroom told.
    const ada = await lesson.open('ada', { classrooms: { red: 'teacher', blue: 'teacher' } });
    const ben = await lesson.open('ben', { classrooms: { red: 'student' } });
    const chen = await lesson.open('chen', { classrooms: { blue: 'observer' } });
    await ada.join('red');
    await ada.join('blue');
    await ben.join('red');
    await chen.join('blue');
    await ada.chat('red', 'for red');
    ada.send({ action: 'signal', classroomId: 'red', signals });
    await ben.hears('the signal', ({ action }) => action === 'signals');
    await ada.chat('blue', 'for blue');
    await chen.hears('what is for blue', (event) => idsOf([event]).includes('for blue'));
    await ada.ask('left', { action: 'leave', classroomId: 'red' });
    await ben.hears(
      'the leave',
      (event) => 'events' in event && event.events.some(({ type }) => type === 'member.leave'),
    );
    await ada.chat('blue', 'more for blue');
    await chen.hears('more', (event) => idsOf([event]).includes('more for blue'));
    const of = (events: readonly { action: string }[]): unknown[] =>
      events.map((event) => ('classroomId' in event ? event.classroomId : undefined));
    expect(new Set(of(ben.heard))).toEqual(new Set(['red']));
    expect(of(chen.heard)).toEqual([]);
  });

  it('tells nothing more to who has left', async () => {
    const ada = await lesson.enter('ada');
    const ben = await lesson.enter('ben');
    await ben.ask('left', { action: 'leave', classroomId: 'maths' });
    ben.heard.length = 0;
    await ada.chat('maths', 'after the leave');
    await ben.ask('pong', { action: 'ping', positions: {} });
    expect(ben.heard).toEqual([]);
    expect((await ben.ask('error', { action: 'history', classroomId: 'maths', limit: 1 })).code).toBe(
      'not-joined',
    );
    ada.socket.terminate();
  });

  it('with a pattern in the token is one whose name begins so, and no other', async () => {
    const ada = await lesson.open('ada', {
      classrooms: { 'school-1:*': 'teacher', 'school-1:exam': 'observer' },
    });
    expect((await ada.join('school-1:art')).role).toBe('teacher');
    expect((await ada.join('school-1:exam')).role).toBe('observer');
    const stranger = { action: 'join', clientId: 'tab', classroomId: 'school-12' };
    expect((await ada.ask('error', stranger)).code).toBe('forbidden');
    // The pattern itself is no classroom.
    expect((await ada.ask('error', { ...stranger, classroomId: 'school-1:*' })).code).toBe('bad-envelope');
  });
});

describe('an observer', () => {
  it('hears everything, and can neither publish nor signal', async () => {
    // Seen red: the role taken for `student`.
    const [ada, chen] = [await lesson.enter('ada', 'first'), await lesson.enter('chen')];
    const messages = [{ id: 'of chen', type: 'chat.send', data: { text: 'hi' } }];
    const { results } = await chen.ask('ack', { action: 'publish', classroomId: 'maths', messages });
    expect(results).toMatchObject([{ id: 'of chen', error: { code: 'forbidden' } }]);
    chen.send({ action: 'signal', classroomId: 'maths', signals });
    const refusal = await chen.hears('the error', ({ action }) => action === 'error');
    expect(refusal).toMatchObject({ code: 'forbidden', classroomId: 'maths' });
    await ada.chat('maths', 'of ada');
    await chen.hears('what Ada said', (event) => idsOf([event]).includes('of ada'));
    const said =
      ada.heard.filter(({ action }) => action === 'signals').length +
      idsOf(ada.heard).filter((id) => id === 'of chen').length;
    expect(said).toBe(0);
  });
});

describe('a seat', () => {
  it('is not to be had by another user with the clientId of its tab', async () => {
    // Seen red: seats told apart by clientId alone.
    const ada = await lesson.enter('ada', 'the-tab');
    const ben = await lesson.enter('ben', 'the-tab');
    const { results } = await ada.chat('maths', 'still here');
    expect(results).toMatchObject([{ seq: expect.any(Number) as number }]);
    await ben.hears('what Ada said', (event) => idsOf([event]).includes('still here'));
    const { members } = await ben.join('maths', 'the-tab');
    expect(members.map(({ userId }) => userId)).toEqual(expect.arrayContaining(['ada', 'ben']));
  });

  it('is not changed by what a client says of itself', async () => {
    const ben = await lesson.open('ben');
    const joined = await ben.ask('joined', {
      action: 'join',
      clientId: 'liar',
      classroomId: 'maths',
      role: 'teacher',
      userId: 'ada',
      connectionId: 'x',
    });
    expect(joined.role).toBe('student');
    expect((await ben.ask('welcome', { action: 'hello', clientId: 'liar' })).userId).toBe('ben');
  });

  it("is not taken with somebody else's token", async () => {
    // Seen red: the users of token and connection not compared.
    const ben = await lesson.open('ben');
    const ofAda = await lesson.open('ada');
    const [, token = ''] = [ofAda, lesson.tokens.at(-1)];
    const join = { action: 'join', clientId: 'tab', classroomId: 'maths', token };
    expect((await ben.ask('error', join)).code).toBe('forbidden');
    expect((await ben.ask('error', { action: 'hello', clientId: 'tab', token })).code).toBe('forbidden');
    expect((await ben.ask('error', { ...join, token: 'rubbish' })).code).toBe('unauthorized');
  });
});
