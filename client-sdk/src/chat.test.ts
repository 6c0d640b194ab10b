import { describe, expect, test } from 'vitest';
import type { ChatMessage } from './chat-message.ts';
import { prepareLesson, startLesson, turnsUntil } from './testing/lesson.ts';

const look = (messages: readonly ChatMessage[]): string[] =>
  messages.map(({ text, status }) => `${text} ${status}`);

describe('a message of ours', () => {
  test('stands in the timeline at once, after all that was sent, and takes its place when it is acked', async () => {
    const { server, classroom, ben } = await startLesson();
    const { chat } = classroom;
    server.pause();
    const sent = chat.send('mine');
    expect(chat.messages).toMatchObject([
      { status: 'pending', isOwn: true, from: { name: 'Ada', role: 'teacher' } },
    ]);
    await turnsUntil(() => look(chat.messages).length === 1);
    ben.say('his');
    server.resume();
    server.pause();
    await server.settled();
    expect(look(chat.messages)).toEqual(['his sent', 'mine pending']);
    server.resume();
    await sent;
    expect(look(chat.messages)).toEqual(['his sent', 'mine sent']);
  });

  test('resolves as it was kept', async () => {
    const { classroom } = await startLesson();
    const message = await classroom.chat.send('kept');
    expect(message).toEqual(classroom.chat.messages[0]);
    expect(message).toMatchObject({ status: 'sent', seq: 3, isOwn: true });
  });

  test('that is refused stays as failed, may be tried again under its id, or be discarded', async () => {
    const { server, classroom } = await startLesson();
    const { chat } = classroom;
    server.refuse('publish', 'forbidden');
    await expect(chat.send('muted')).rejects.toMatchObject({ code: 'forbidden' });
    expect(chat.messages).toMatchObject([{ status: 'failed', error: { code: 'forbidden' } }]);
    const { id } = chat.messages[0]!;

    server.refuse('publish', 'forbidden');
    await expect(chat.retry(id)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(chat.retry(id)).resolves.toMatchObject({ id, status: 'sent' });
    expect(look(chat.messages)).toEqual(['muted sent']);
    await expect(chat.retry(id)).resolves.toMatchObject({ status: 'sent' });
    await expect(chat.retry('no-such-id')).rejects.toBeInstanceOf(RangeError);

    await expect(chat.send('')).rejects.toMatchObject({ code: 'bad-envelope' });
    chat.discard(chat.messages[1]!.id);
    chat.discard(id);
    expect(look(chat.messages)).toEqual(['muted sent']);
  });

  // Seen red: it kept the empty name under which it was written.
  test('waits for the first welcome, and has our name from then on', async () => {
    const { clock, server, classroom } = prepareLesson();
    const { chat } = classroom;
    const joined = classroom.join();
    const sent = chat.send('early');
    expect(chat.messages).toMatchObject([{ text: 'early', status: 'pending', isOwn: true }]);
    server.loses = ({ frame }) => frame.action === 'ack' || frame.action === 'events';
    await joined;
    expect(chat.messages).toMatchObject([
      { text: 'early', status: 'pending', from: { userId: 'ada', name: 'Ada', role: 'teacher' } },
    ]);
    server.loses = () => false;
    await clock.advance(40_000);
    expect(await sent).toMatchObject({
      status: 'sent',
      from: { userId: 'ada', name: 'Ada', role: 'teacher' },
    });
  });

  test('before joining fails and says why', async () => {
    const { classroom } = prepareLesson();
    await expect(classroom.chat.send('early')).rejects.toMatchObject({ code: 'not-joined' });
    expect(look(classroom.chat.messages)).toEqual(['early failed']);
  });

  // Seen red: it stayed pending for ever, because its event had come in a part that the newest page does not hold.
  test('that was kept long ago, as a resend finds out, is pending no more', async () => {
    const { clock, server, classroom, ben } = await startLesson({
      server: { recoveryEvents: 1, chatEvents: 2 },
    });
    const { chat } = classroom;
    server.loses = ({ frame }) => frame.action === 'ack';
    const sent = chat.send('mine');
    await turnsUntil(() => server.received('publish').length === 1);
    server.loses = () => false;
    server.drop();
    for (const text of ['one', 'two', 'three']) ben.say(text);
    await clock.advance(20_000);
    await sent;
    expect(look(chat.messages)).toEqual(['two sent', 'three sent']);
    await chat.loadOlder();
    expect(look(chat.messages)).toEqual(['mine sent', 'one sent', 'two sent', 'three sent']);
  });

  // Seen red: what had come meanwhile was put behind it when the gap was filled.
  test('that is acked before a gap is filled ends up in the order of the log', async () => {
    const { clock, server, classroom, ben } = await startLesson();
    server.loses = ({ frame }) => frame.action === 'events' && frame.events[0]?.seq === 3;
    ben.say('lost');
    await classroom.chat.send('mine');
    expect(look(classroom.chat.messages)).toEqual(['mine sent']);
    await clock.advance(2_000);
    expect(look(classroom.chat.messages)).toEqual(['lost sent', 'mine sent']);
  });
});

describe('older messages', () => {
  async function longLesson() {
    const lesson = prepareLesson({ server: { chatEvents: 3 } });
    const ben = lesson.server.join('math-101', { userId: 'ben', name: 'Ben' });
    for (let count = 1; count <= 120; count++) ben.say(`${count}`);
    await lesson.classroom.join();
    return lesson;
  }

  test('come by the page, oldest first, until there are none', async () => {
    const { classroom } = await longLesson();
    const { chat } = classroom;
    const counts = [chat.messages.length];
    while (chat.hasOlder) {
      await chat.loadOlder();
      counts.push(chat.messages.length);
    }
    expect(counts).toEqual([3, 53, 103, 120]);
    expect(chat.messages.map(({ text }) => Number(text))).toEqual(
      Array.from({ length: 120 }, (_, index) => index + 1),
    );
  });

  // Seen red: two calls asked for the same page, and it stood there twice.
  test('are asked for once, however often they are asked for', async () => {
    const { server, classroom } = await longLesson();
    await Promise.all([classroom.chat.loadOlder(), classroom.chat.loadOlder()]);
    expect([server.received('history').length, classroom.chat.messages.length]).toEqual([1, 53]);
  });

  // Seen red: a page of the old timeline was put before the new one.
  test('are dropped when the timeline was loaded anew while they came', async () => {
    const { server, classroom } = await longLesson();
    const { chat, position } = classroom;
    const page = chat.loadOlder();
    const message = { seq: 7, id: 'anew', type: 'chat.send', at: 0, data: { text: 'anew' } };
    server.push({
      action: 'joined',
      classroomId: 'math-101',
      head: { epoch: 'another', seq: position!.seq },
      role: 'teacher',
      permissions: ['chat.send'],
      members: [],
      recovered: false,
      events: [],
      chat: [{ ...message, from: { userId: 'ben', name: 'Ben', role: 'student' } }],
      hasOlderChat: true,
    });
    await page;
    expect([look(chat.messages), chat.hasOlder]).toEqual([['anew sent'], true]);
  });

  test('that cannot be had reject, and may be asked for again', async () => {
    const { server, classroom } = await longLesson();
    server.refuse('history', 'internal');
    await expect(classroom.chat.loadOlder()).rejects.toMatchObject({ code: 'internal' });
    await classroom.chat.loadOlder();
    expect(classroom.chat.messages).toHaveLength(53);
  });

  test('change the messages and what is left of them in one step', async () => {
    const { classroom } = await longLesson();
    const { chat } = classroom;
    const seen: [number, boolean][] = [];
    chat.on('change', (messages) => seen.push([messages.length, chat.hasOlder]));
    await chat.loadOlder();
    await chat.loadOlder();
    await chat.loadOlder();
    expect(seen).toEqual([
      [53, true],
      [103, true],
      [120, false],
    ]);
  });
});

test('the list of messages is replaced, never changed', async () => {
  const { server, classroom, ben } = await startLesson();
  const before = classroom.chat.messages;
  const copy = [...before];
  ben.say('one');
  await server.settled();
  expect(classroom.chat.messages).not.toBe(before);
  expect(before).toEqual(copy);
});
