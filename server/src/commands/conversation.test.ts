import { describe, expect, it } from 'vitest';
import { TestBackend, the } from '../testing/test-backend.ts';

describe('signal', () => {
  const signals = [{ type: 'typing', data: { is: true } }];
  const typing = { action: 'signal', classroomId: 'maths', signals } as const;

  it('reaches everyone else in one frame, and is answered by silence', async () => {
    // Seen red: the sender among the recipients.
    const backend = new TestBackend();
    await backend.join('ada', 'ben', 'chen');
    expect(await backend.say('ben', typing)).toEqual([]);
    for (const other of ['ada', 'chen']) {
      expect(the('signals', backend.heard(other))).toMatchObject({ userId: 'ben', signals });
    }
  });

  // Seen red: told to all.
  it('goes to teachers alone where it says so, in the frame that has the rest', async () => {
    const backend = new TestBackend();
    await backend.join('ada', 'ben', 'dana');
    const pointer = { type: 'pointer', data: [1, 2], to: 'teachers' } as const;
    await backend.say('ben', { ...typing, signals: [pointer] });
    expect(backend.posts.map(({ connectionId }) => connectionId)).toEqual(['ada']);
    await backend.say('ben', { ...typing, signals: [pointer, ...signals] });
    expect(backend.heard('ada')).toMatchObject([{ signals: [pointer] }, { signals: [pointer, ...signals] }]);
    expect(the('signals', backend.heard('dana')).signals).toEqual(signals);
  });

  it('is not for observers', async () => {
    // Seen red: the table not asked.
    const backend = new TestBackend();
    await backend.join('ada', 'chen');
    expect(the('error', await backend.say('chen', typing))).toMatchObject({
      code: 'forbidden',
      classroomId: 'maths',
    });
    expect(backend.posts).toEqual([]);
  });

  it('needs a seat', async () => {
    const backend = new TestBackend();
    await backend.join('ada');
    expect(the('error', await backend.say('ben', typing)).code).toBe('not-joined');
    expect(backend.posts).toEqual([]);
  });
});

describe('leave', () => {
  const leave = { action: 'leave', ref: 2, classroomId: 'maths' } as const;

  it('is answered, and told to those who stay', async () => {
    const backend = new TestBackend();
    await backend.join('ada', 'ben');
    expect(the('left', await backend.say('ben', leave))).toMatchObject({ ref: 2, classroomId: 'maths' });
    expect(the('events', backend.heard('ada')).events).toMatchObject([{ type: 'member.leave' }]);
  });

  it('is answered in the same way where there was no seat, and told to nobody', async () => {
    const backend = new TestBackend();
    await backend.join('ada');
    the('left', await backend.say('ben', leave));
    expect(backend.posts).toEqual([]);
  });
});

describe('history', () => {
  const history = (limit: number, before?: number) =>
    ({ action: 'history', ref: 4, classroomId: 'maths', limit, before }) as const;

  it('pages through the chat, oldest first, and says where it begins', async () => {
    const backend = new TestBackend();
    await backend.join('ada');
    const messages = ['a', 'b', 'c'].map((id) => ({ id, type: 'chat.send', data: { text: id } }));
    await backend.say('ada', { action: 'publish', ref: 1, classroomId: 'maths', messages });
    const newest = the('page', await backend.say('ada', history(2)));
    expect(newest.events.map(({ id }) => id)).toEqual(['b', 'c']);
    expect(newest.hasOlderChat).toBe(true);
    const oldest = the('page', await backend.say('ada', history(2, newest.events[0]?.seq)));
    expect(oldest.events.map(({ id }) => id)).toEqual(['a']);
    expect(oldest.hasOlderChat).toBe(false);
  });

  it('gives the newest that fit into a frame, and says that there are more', async () => {
    // Seen red: the page cut without saying so, and not cut at all.
    const backend = new TestBackend({ limits: { rateBurst: 1000 } });
    await backend.join('ada');
    for (let index = 0; index < 30; index += 1) {
      const messages = [{ id: `m${index}`, type: 'chat.send', data: { text: '字'.repeat(4000) } }];
      await backend.say('ada', { action: 'publish', ref: 1, classroomId: 'maths', messages });
    }
    const page = the('page', await backend.say('ada', history(30)));
    expect(page.events.at(-1)?.id).toBe('m29');
    expect(page.events.length).toBeGreaterThan(5);
    expect(page.hasOlderChat).toBe(true);
  });

  it('needs a seat', async () => {
    const backend = new TestBackend();
    await backend.join('ada');
    expect(the('error', await backend.say('ben', history(5)))).toMatchObject({ ref: 4, code: 'not-joined' });
  });
});

describe('ping', () => {
  it('tells the head of each classroom in which there is a seat, and of no other', async () => {
    const backend = new TestBackend();
    await backend.join('ada', 'ben');
    const position = { epoch: 'e', seq: 0 };
    const positions = { maths: position, history: position, elsewhere: position };
    const { heads, ref } = the('pong', await backend.say('ben', { action: 'ping', ref: 5, positions }));
    expect(ref).toBe(5);
    expect(Object.keys(heads)).toEqual(['maths']);
    expect(heads.maths?.seq).toBe(2);
  });

  it('does not let one frame ask the store a thousand times', async () => {
    // Seen red: without the limit.
    const backend = new TestBackend();
    await backend.join('ada');
    const position = { epoch: 'e', seq: 0 };
    const positions = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`other-${index}`, position]));
    const tooMany = await backend.say('ada', { action: 'ping', ref: 5, positions: positions(101) });
    expect(the('error', tooMany)).toMatchObject({ ref: 5, code: 'bad-envelope' });
    the('pong', await backend.say('ada', { action: 'ping', ref: 5, positions: positions(100) }));
  });

  it('tells the members whose lease has ended', async () => {
    const backend = new TestBackend();
    await backend.join('ada', 'ben');
    backend.now += 59_000;
    await backend.say('ada', { action: 'ping', ref: 5, positions: { maths: { epoch: 'e', seq: 0 } } });
    backend.now += 2_000;
    const heard = await backend.say('ada', {
      action: 'ping',
      ref: 6,
      positions: { maths: { epoch: 'e', seq: 0 } },
    });
    expect(heard).toMatchObject([
      { action: 'pong', ref: 6, heads: { maths: { seq: 3 } } },
      { action: 'events', events: [{ type: 'member.leave', from: { userId: 'ben' } }] },
    ]);
  });
});
