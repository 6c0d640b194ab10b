import type { ServerEvent } from '@chalkline/client-sdk/protocol';
import { afterEach, describe, expect, it } from 'vitest';
import { Lesson } from './lesson.ts';
import { idsOf, type RawClient } from './raw-client.ts';

let lesson: Lesson;
afterEach(async () => await lesson.end());

const begin = async (privateMessages = true): Promise<void> => {
  lesson = await Lesson.begin({ privateMessages });
};

/** Publishes, and tells what became of each message: its seq, or the code of its refusal. */
async function publish(
  client: RawClient,
  ...messages: [type: string, data: object][]
): Promise<(number | string)[]> {
  const { results } = await client.ask('ack', {
    action: 'publish',
    classroomId: 'maths',
    messages: messages.map(([type, data], index) => ({
      id: `${type} ${index} ${JSON.stringify(data)}`.slice(0, 128),
      type,
      data,
    })),
  });
  return results.map((result) => ('seq' in result ? result.seq : result.error.code));
}

const positionOf = (event: ServerEvent): { epoch: string; seq: number } => {
  if (event.action !== 'joined') throw new Error(`a joined was expected, not ${event.action}`);
  return event.head;
};

describe('what is private', () => {
  // Seen red, one at a time: the fan-out, the join, the recovery and the history without the look at who reads.
  it('reaches nobody else’s socket: not live, not by a recovery, not with a join, not in the history', async () => {
    await begin();
    const ada = await lesson.enter('ada');
    const ben = await lesson.enter('ben');
    const others = [await lesson.open('dan'), await lesson.open('chen')];
    const heads = await Promise.all(others.map(async (other) => positionOf(await other.join('maths'))));
    const [asked] = await publish(ben, [
      'chat.whisper',
      { text: 'SECRET', mentions: ['eve'], replyTo: 'SECRET-2' },
    ]);
    const id = 'chat.whisper 0 {"text":"SECRET","mentions":["eve"],"replyTo":"SECRET-2"}';
    const target = { id, seq: asked };
    await publish(ada, ['chat.whisper', { text: 'SECRET answer', to: 'ben', replyTo: id }]);
    await publish(
      ben,
      ['chat.edit', { target, text: 'SECRET, edited' }],
      ['chat.react', { target, emoji: '🙈' }],
    );
    await publish(ada, ['chat.react', { target, emoji: '🙈' }], ['chat.send', { text: 'for all' }]);
    for (const [index, other] of others.entries()) {
      const live = await other.hears('all of it', (event) =>
        idsOf([event]).includes('chat.send 1 {"text":"for all"}'),
      );
      const raw = [live, ...other.heard.splice(0)];
      raw.push(
        await other.ask('joined', {
          action: 'join',
          clientId: 'tab',
          classroomId: 'maths',
          position: heads[index],
        }),
      );
      raw.push(await other.join('maths', 'another tab'));
      raw.push(await other.ask('page', { action: 'history', classroomId: 'maths', limit: 100 }));
      const events = raw.flatMap((event) =>
        event.action === 'joined' ? [...event.events, ...event.chat] : 'events' in event ? event.events : [],
      );
      expect(events.filter(({ type }) => type === 'chat.hidden').length).toBeGreaterThan(6);
      expect(JSON.stringify(raw)).not.toMatch(/SECRET|🙈|eve"/);
      for (const { type, from, id: hidden, data } of events) {
        if (type !== 'chat.hidden') continue;
        expect([from, hidden.replace(/\d+/, ''), data]).toEqual([
          { userId: '-', name: '', role: 'observer' },
          'hidden:',
          null,
        ]);
      }
    }
    // What is deleted is gone for those who could read it, too.
    await publish(ben, ['chat.delete', { target }]);
    for (const reader of [ada, ben]) {
      const page = await reader.ask('page', { action: 'history', classroomId: 'maths', limit: 100 });
      expect(JSON.stringify(page)).toContain('SECRET answer');
      expect(JSON.stringify(page)).not.toContain('edited');
    }
  });

  it('cannot be found by guessing, and is for a teacher to address', async () => {
    await begin();
    const ada = await lesson.enter('ada');
    const dan = await lesson.enter('dan');
    const [seq] = await publish(ada, ['chat.whisper', { text: 'note to self' }]);
    const target = { id: 'chat.whisper 0 {"text":"note to self"}', seq };
    expect(
      await publish(
        dan,
        ['chat.react', { target, emoji: '👍' }],
        ['chat.delete', { target }],
        ['chat.edit', { target, text: 'x' }],
        ['chat.whisper', { text: 'psst', to: 'ben' }],
      ),
    ).toEqual(['not-found', 'not-found', 'not-found', 'forbidden']);
  });

  it('is refused, and not among the permissions, unless the platform allows it', async () => {
    await begin(false);
    const ben = await lesson.open('ben');
    const { permissions } = await ben.join('maths');
    expect(permissions).toContain('chat.send');
    expect(permissions).not.toContain('chat.whisper');
    expect(await publish(ben, ['chat.whisper', { text: 'psst' }])).toEqual(['forbidden']);
  });
});

// Seen red: the data of a message kept as it came, and not as its schema reads it.
it('what is the server’s to say cannot be said by a member', async () => {
  await begin();
  const ada = await lesson.enter('ada');
  const ben = await lesson.enter('ben');
  const from = { userId: 'ada', name: 'Ada', role: 'teacher' };
  const forged = { to: [], editedAt: 5, reactions: [['👍', ['ada']]], deletedAt: 5, deletedBy: from, from };
  const results = await publish(
    ben,
    ['chat.send', { text: 'a', ...forged }],
    ['chat.gone', { deletedAt: 5, deletedBy: from }],
    ['chat.hidden', {}],
    ['chat.announce', { text: 'hear, hear' }],
  );
  expect(results).toEqual([expect.any(Number), 'bad-envelope', 'bad-envelope', 'forbidden']);
  const { events } = await ada.ask('page', { action: 'history', classroomId: 'maths', limit: 9 });
  const { data, ...event } = events[0]!;
  expect(data).toEqual({ text: 'a' });
  expect(Object.keys(event).sort()).toEqual(['at', 'from', 'id', 'seq', 'type']);
});

it('what is nobody’s to write is refused with a code, and costs nobody else anything', async () => {
  await begin();
  const ada = await lesson.enter('ada');
  const ben = await lesson.enter('ben');
  const dan = await lesson.enter('dan');
  const [seq = 0] = await publish(ben, ['chat.send', { text: 'mine' }]);
  const target = { id: 'chat.send 0 {"text":"mine"}', seq };
  await dan.hears('the message', (event) => idsOf([event]).includes(target.id));
  await ada.hears('the message', (event) => idsOf([event]).includes(target.id));
  ada.heard.length = dan.heard.length = 0;
  const refused = await publish(
    dan,
    ['chat.edit', { target, text: 'yours' }],
    ['chat.delete', { target }],
    ['chat.delete', { target: { id: 'other', seq } }],
    ['chat.delete', { target: { seq } }],
    ['chat.react', { target, emoji: '<img src=x>' }],
    ['chat.react', { target, emoji: '😀'.repeat(41) }],
    ['chat.send', { text: '😀'.repeat(4_001) }],
    ['chat.send', { text: '\u200b\u2060' }],
    ['chat.send', { text: 'x', mentions: Array.from({ length: 51 }, () => 'ben') }],
    ['chat.send', { text: 'x', replyTo: { $ne: null } }],
  );
  expect(refused).toEqual([
    'forbidden',
    'forbidden',
    'not-found',
    'bad-envelope',
    'bad-envelope',
    'payload-too-large',
    'payload-too-large',
    'bad-envelope',
    'bad-envelope',
    'bad-envelope',
  ]);
  await lesson.expectSilence(dan, ada, Number(seq));
});
