import { describe, expect, test } from 'vitest';
import { createClient, type ChatMessage, type Classroom, type OutboxStorage, type Role } from './index.ts';
import { prepareLesson, startLesson, turnsUntil, type Lesson } from './testing/lesson.ts';

/** Another member with a client of their own. */
async function enter({ server }: Lesson, userId: string, role: Role = 'student', storage?: OutboxStorage) {
  const client = createClient({
    url: server.url,
    token: server.token({ userId, name: userId, role }),
    env: server.env,
    ...(storage ? { outboxStorage: storage } : {}),
  });
  const classroom = client.classroom('math-101');
  await classroom.join();
  return classroom;
}

/** What stands in a chat, without what only its own member has. */
const shown = ({ chat }: Classroom): object[] =>
  chat.messages.map(
    ({ id, text, editedAt, deletedAt, deletedBy, reactions, isAnnouncement, isPrivate, seq }) => ({
      ...{ id, seq, text, editedAt, deletedAt, deletedBy, isAnnouncement, isPrivate },
      reactions: reactions.map(({ emoji, userIds }) => [emoji, ...userIds]),
    }),
  );

const textsOf = ({ chat }: Classroom): string[] => chat.messages.map(({ text }) => text);

describe('a change', () => {
  // Seen red: a late comer not told of reactions, and who was there not told of them.
  test('is the same for who was there, who missed it and who came later', async () => {
    const lesson = await startLesson();
    const { server, classroom } = lesson;
    const dan = await enter(lesson, 'dan');
    const eve = await enter(lesson, 'eve');
    const [one, two, three] = await Promise.all(['one', 'two', 'three'].map((text) => dan.chat.send(text)));
    await server.settled();
    // Eve's link loses all that follows.
    server.loses = ({ frame }) =>
      frame.action === 'events' && frame.events.some(({ from }) => from.userId !== 'eve');
    await dan.chat.edit(one!.id, 'first');
    await dan.chat.edit(one!.id, 'first of all');
    await dan.chat.react(two!.id, '👍');
    await classroom.chat.react(two!.id, '👍');
    await classroom.chat.react(two!.id, '❤️');
    await dan.chat.unreact(two!.id, '👍');
    await classroom.chat.delete(three!.id);
    server.loses = () => false;
    await classroom.chat.send('end', { isAnnouncement: true });
    await lesson.clock.advance(5_000);
    const late = await enter(lesson, 'fay');
    expect(shown(dan)).toMatchObject([
      { text: 'first of all', editedAt: lesson.clock.now() - 5_000 },
      {
        text: 'two',
        reactions: [
          ['👍', 'ada'],
          ['❤️', 'ada'],
        ],
      },
      { text: '', deletedBy: { userId: 'ada', role: 'teacher' } },
      { text: 'end', isAnnouncement: true },
    ]);
    for (const other of [classroom, eve, late]) expect(shown(other)).toEqual(shown(dan));
  });

  test('shows at once, and what is refused is undone', async () => {
    const lesson = await startLesson();
    const { server, classroom } = lesson;
    const { id } = await classroom.chat.send('mine');
    const before = shown(classroom);
    for (const change of [
      () => classroom.chat.edit(id, 'other'),
      () => classroom.chat.react(id, '👍'),
      () => classroom.chat.delete(id),
    ]) {
      server.refuse('publish', 'forbidden');
      const changing = change();
      expect(shown(classroom)).not.toEqual(before);
      await expect(changing).rejects.toMatchObject({ code: 'forbidden' });
      expect(shown(classroom)).toEqual(before);
    }
  });

  // Seen red: a message without a seq could not be changed.
  test('of a message that is still pending waits with it', async () => {
    const lesson = await startLesson();
    const { server, classroom } = lesson;
    server.pause();
    const sent = classroom.chat.send('mine');
    const { id } = classroom.chat.messages[0]!;
    const edited = classroom.chat.edit(id, 'mine, really');
    void classroom.chat.react(id, '🎉');
    expect(classroom.chat.find(id)).toMatchObject({ status: 'pending', text: 'mine, really' });
    server.resume();
    await Promise.all([sent, edited]);
    await server.settled();
    expect(classroom.chat.find(id)).toMatchObject({
      status: 'sent',
      text: 'mine, really',
      reactions: [{ emoji: '🎉', userIds: ['ada'], isOwn: true }],
    });
  });

  // Seen red: an ack that came before a gap was filled took the change away until it was.
  test('that is acked before a gap is filled stays shown', async () => {
    const lesson = await startLesson();
    const { server, classroom, ben, clock } = lesson;
    const { id } = await classroom.chat.send('mine');
    server.loses = ({ frame }) => frame.action === 'events';
    ben.say('lost');
    server.loses = () => false;
    await classroom.chat.edit(id, 'other');
    expect(textsOf(classroom)).toEqual(['other']);
    await clock.advance(5_000);
    expect(textsOf(classroom)).toEqual(['other', 'lost']);
  });

  test('is for whoever wrote the message; a teacher may delete any', async () => {
    const lesson = await startLesson();
    const { server, classroom } = lesson;
    const dan = await enter(lesson, 'dan');
    const { id } = await dan.chat.send('mine');
    const other = await classroom.chat.send('yours');
    await server.settled();
    await expect(classroom.chat.edit(id, 'x')).rejects.toMatchObject({ code: 'forbidden' });
    await expect(dan.chat.delete(other.id)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(dan.chat.send('hear, hear', { isAnnouncement: true })).rejects.toMatchObject({
      code: 'forbidden',
    });
    await expect(dan.chat.edit('no-such-id', 'x')).rejects.toMatchObject({ code: 'not-found' });
    await classroom.chat.delete(id);
    await server.settled();
    await expect(dan.chat.edit(id, 'x')).rejects.toMatchObject({ code: 'not-found' });
    await expect(dan.chat.react(id, '👍')).rejects.toMatchObject({ code: 'not-found' });
  });

  // Seen red: the copy put in the place of the message that had the id first.
  test('hits no message of somebody who took the id of another', async () => {
    const lesson = await startLesson();
    const { server, classroom } = lesson;
    const dan = await enter(lesson, 'dan');
    const { id } = await classroom.chat.send('the first');
    await dan.publish('chat.send', { text: 'a copy' });
    const frame = server.received('publish').at(-1)!;
    frame.messages[0]!.id = id;
    server.join('math-101', { userId: 'eve' });
    server.push({
      action: 'events',
      classroomId: 'math-101',
      epoch: classroom.position!.epoch,
      events: [
        {
          seq: classroom.position!.seq + 2,
          id,
          type: 'chat.send',
          at: 0,
          from: { userId: 'eve', name: 'Eve', role: 'student' },
          data: { text: 'stolen' },
        },
      ],
    });
    await server.settled();
    expect(classroom.chat.messages.filter((message) => message.id === id)).toHaveLength(1);
    expect(classroom.chat.find(id)?.text).toBe('the first');
  });
});

describe('what is said', () => {
  test('may answer, mention and announce', async () => {
    const lesson = await startLesson();
    const dan = await enter(lesson, 'dan');
    const first = await dan.chat.send('Who?');
    await lesson.server.settled();
    const answer = await lesson.classroom.chat.send('You', { replyTo: first.id, mentions: ['dan'] });
    await lesson.server.settled();
    expect(answer).toMatchObject({ replyTo: first.id, mentions: ['dan'], isOwn: true });
    const { isOwn, ...rest } = answer;
    expect(dan.chat.find(answer.id)).toEqual({ ...rest, isOwn: !isOwn });
    await expect(
      lesson.classroom.chat.send('both', { isPrivate: true, isAnnouncement: true }),
    ).rejects.toMatchObject({ code: 'bad-envelope' });
  });

  // Seen red: the event of a private message sent to all.
  test('in private is seen by the teachers, and by whom a teacher answers', async () => {
    const lesson = await startLesson({ server: { privateMessages: true } });
    const { server, classroom } = lesson;
    const dan = await enter(lesson, 'dan');
    const eve = await enter(lesson, 'eve');
    const asked = await dan.chat.send('secret question', { isPrivate: true });
    await server.settled();
    const answered = await classroom.chat.send('secret answer', { isPrivate: true, replyTo: asked.id });
    await classroom.chat.send('secret more', { isPrivate: true, replyTo: answered.id });
    await dan.chat.react(answered.id, '🙏');
    await dan.chat.edit(asked.id, 'secret question?');
    await server.settled();
    for (const reader of [classroom, dan])
      expect(textsOf(reader)).toEqual(['secret question?', 'secret answer', 'secret more']);
    expect(dan.chat.messages.every(({ isPrivate }) => isPrivate)).toBe(true);
    const late = await enter(lesson, 'fay');
    await server.settled();
    for (const other of [eve, late]) expect(other.chat.messages).toEqual([]);
    expect([eve.position, late.position]).toEqual([late.position, late.position]);
    const seen = server.frames.filter(({ frame }) => JSON.stringify(frame).includes('secret'));
    const owners = new Set(seen.map(({ connectionId }) => connectionId));
    expect(owners.size).toBe(2);
  });

  // Seen red: `to` not sent, and not kept from a message for everyone.
  test('in private by a teacher is for one member, who need not have written before', async () => {
    const lesson = await startLesson({ server: { privateMessages: true } });
    const { server, classroom } = lesson;
    const dan = await enter(lesson, 'dan');
    const eve = await enter(lesson, 'eve');
    const asked = await classroom.chat.send('secret question', { isPrivate: true, to: 'dan' });
    await server.settled();
    expect(asked).toMatchObject({ isPrivate: true, to: 'dan' });
    await dan.chat.send('secret answer', { isPrivate: true, replyTo: asked.id });
    const more = await classroom.chat.send('secret more', { isPrivate: true, replyTo: asked.id });
    await server.settled();
    expect(more.to).toBe('dan');
    expect(textsOf(dan)).toEqual(['secret question', 'secret answer', 'secret more']);
    expect(textsOf(classroom)).toEqual(textsOf(dan));
    expect(textsOf(eve)).toEqual([]);
    await expect(classroom.chat.send('secret slip', { to: 'dan' })).rejects.toMatchObject({
      code: 'bad-envelope',
    });
    await expect(dan.chat.send('secret', { isPrivate: true, to: 'eve' })).rejects.toMatchObject({
      code: 'forbidden',
    });
    await server.settled();
    expect(textsOf(eve)).toEqual([]);
  });

  // Seen red: the chat not loaded again, and loaded again as far as one page.
  test('in private is there for who becomes a teacher later, as far back as they have the chat', async () => {
    const lesson = await startLesson({ server: { privateMessages: true } });
    const { server, classroom } = lesson;
    const dan = await enter(lesson, 'dan');
    const eve = await enter(lesson, 'eve');
    await dan.chat.send('secret 0', { isPrivate: true });
    for (let count = 1; count <= 120; count++) await classroom.chat.send(`open ${count}`);
    await dan.chat.send('secret 1', { isPrivate: true });
    await server.settled();
    expect([eve.chat.messages.length, eve.chat.hasOlder]).toEqual([120, false]);
    await classroom.setRole('eve', 'teacher');
    await turnsUntil(() => eve.chat.messages.length === 122);
    expect([textsOf(eve)[0], textsOf(eve).at(-1)]).toEqual(['secret 0', 'secret 1']);
  });

  // Seen red: one who had been a teacher before taken for one who has read it all; the answer sent to oneself.
  test('in private is there for who becomes a teacher again, and an own one is answered to the teachers', async () => {
    const lesson = await startLesson({ server: { privateMessages: true } });
    const { server, classroom } = lesson;
    const dan = await enter(lesson, 'dan');
    const eve = await enter(lesson, 'eve');
    const own = await eve.chat.send('secret of mine', { isPrivate: true });
    await classroom.setRole('eve', 'teacher');
    await turnsUntil(() => eve.role === 'teacher');
    await classroom.setRole('eve', undefined);
    await turnsUntil(() => eve.role === 'student');
    await dan.chat.send('secret', { isPrivate: true });
    await classroom.setRole('eve', 'teacher');
    await turnsUntil(() => eve.chat.messages.length === 2);
    expect(await eve.chat.send('answer', { isPrivate: true, replyTo: own.id })).not.toHaveProperty('to');
    await server.settled();
  });

  // Seen red: the page before the oldest message that was seen was the same one for ever.
  test('in private by others is passed over where older messages are loaded', async () => {
    const lesson = prepareLesson({ server: { privateMessages: true, chatEvents: 10 } });
    const dan = await enter(lesson, 'dan');
    await dan.chat.send('the first of all');
    for (let count = 0; count < 130; count++) await dan.chat.send('secret', { isPrivate: true });
    const eve = await enter(lesson, 'eve');
    expect([textsOf(eve), eve.chat.hasOlder]).toEqual([[], true]);
    await eve.chat.loadOlder();
    expect([textsOf(eve), eve.chat.hasOlder]).toEqual([['the first of all'], false]);
  });

  test('in private is refused where the backend does not allow it', async () => {
    const lesson = await startLesson();
    const dan = await enter(lesson, 'dan');
    expect(dan.can('chat.whisper')).toBe(false);
    await expect(dan.chat.send('psst', { isPrivate: true })).rejects.toMatchObject({ code: 'forbidden' });
  });

  // Seen red: it was a bad envelope, and said no more than that.
  test('must be visible and not too long, and says so', async () => {
    const { classroom } = await startLesson();
    await expect(classroom.chat.send('😀'.repeat(10_000))).rejects.toMatchObject({
      code: 'payload-too-large',
      message: 'unable to publish; "text" of "chat.send" has more than 4000 characters',
    });
    for (const text of ['', ' \n', '\u200b\u200e', '\u3164'])
      await expect(classroom.chat.send(text)).rejects.toMatchObject({ code: 'bad-envelope' });
    const { id } = await classroom.chat.send('שלום \u202Eevil\u202C 👩‍👩‍👧');
    for (const emoji of ['👩🏽‍🚀', '🏳️‍🌈', '🏴󠁧󠁢󠁥󠁮󠁧󠁿', '🇺🇦', '1️⃣', '❤', '❤️']) await classroom.chat.react(id, emoji);
    for (const emoji of ['', 'x', '1', '👍👍', '👍 ', '<b>', '\u200d', '😀'.repeat(10_000)])
      await expect(classroom.chat.react(id, emoji)).rejects.toMatchObject({
        code: emoji.length > 40 ? 'payload-too-large' : 'bad-envelope',
      });
  });
});

describe('what was not read', () => {
  const memory = (): OutboxStorage => {
    const marks = new Map<string, Awaited<ReturnType<NonNullable<OutboxStorage['loadRead']>>>>();
    return {
      load: () => Promise.resolve([]),
      save: () => Promise.resolve(),
      remove: () => Promise.resolve(),
      loadRead: (key) => Promise.resolve(marks.get(key)),
      saveRead: (key, mark) => Promise.resolve(void marks.set(key, mark)),
    };
  };

  // Seen red: one's own counted; a mark that went backwards.
  test('is counted from the first message of others after the newest that was read', async () => {
    const { server, classroom, ben } = await startLesson();
    const { chat } = classroom;
    ben.say('one');
    ben.say('two');
    await chat.send('mine');
    ben.say('three');
    await server.settled();
    const [one, two, , three] = chat.messages as ChatMessage[];
    expect(chat.unread).toEqual({ count: 3, firstId: one?.id });
    chat.markRead(two?.id);
    expect(chat.unread).toEqual({ count: 1, firstId: three?.id });
    chat.markRead(one?.id);
    expect(chat.unread.count).toBe(1);
    await chat.delete(three!.id);
    expect(chat.unread).toEqual({ count: 0 });
    ben.say('four');
    await server.settled();
    chat.markRead();
    expect(chat.unread).toEqual({ count: 0 });
  });

  // Seen red: everything counted as read after a reload.
  test('is known after a reload, and what was there before one came counts as read', async () => {
    const lesson = await startLesson();
    const storage = memory();
    lesson.ben.say('before');
    const dan = await enter(lesson, 'dan', 'student', storage);
    expect(dan.chat.unread.count).toBe(0);
    lesson.ben.say('one');
    lesson.ben.say('two');
    await lesson.server.settled();
    dan.chat.markRead(dan.chat.messages.at(-2)?.id);
    const again = await enter(lesson, 'dan', 'student', storage);
    await turnsUntil(() => again.chat.unread.count > 0);
    expect(again.chat.unread).toEqual({ count: 1, firstId: again.chat.messages.at(-1)?.id });
    const other = await enter(lesson, 'eve', 'student', storage);
    expect(other.chat.unread.count).toBe(0);
  });
});

// Seen red: what was changed and not acked was not shown after a reload.
test('a change that was not acked is shown after a reload, and sent again', async () => {
  const kept: Parameters<OutboxStorage['save']>[1][] = [];
  const outboxStorage: OutboxStorage = {
    load: () => Promise.resolve([...kept]),
    save: (_, message) => Promise.resolve(void kept.push(message)),
    remove: (_, id) =>
      Promise.resolve(void kept.splice(0, Infinity, ...kept.filter(({ message }) => message.id !== id))),
  };
  const lesson = prepareLesson({ client: { outboxStorage } });
  await lesson.classroom.join();
  const { id } = await lesson.classroom.chat.send('mine');
  lesson.server.pause();
  void lesson.classroom.chat.edit(id, 'edited').catch(() => undefined);
  await turnsUntil(() => kept.length === 1);
  lesson.server.drop();
  lesson.server.resume();
  lesson.server.loses = ({ frame }) => frame.action === 'ack';
  const again = await enter(lesson, 'ada', 'teacher', outboxStorage);
  await turnsUntil(() => again.chat.find(id)?.text === 'edited');
  lesson.server.loses = () => false;
  await lesson.clock.advance(30_000);
  await turnsUntil(() => kept.length === 0);
  const late = await enter(lesson, 'eve');
  expect(textsOf(late)).toEqual(['edited']);
});
