import type { EventOf, Message } from '@chalkline/client-sdk/protocol';
import * as z from 'zod/mini';
import { describe, expect, it } from 'vitest';
import { TestBackend, the } from '../testing/test-backend.ts';

const chat = (id: string, text = id): Message => ({ id, type: 'chat.send', data: { text } });
const publish = (...messages: Message[]) =>
  ({ action: 'publish', ref: 9, classroomId: 'maths', messages }) as const;

/** The results in short: seqs, and codes of what was refused. */
const short = ({ results }: EventOf<'ack'>): (number | string)[] =>
  results.map((result) => ('error' in result ? result.error.code : result.seq));

describe('publish', () => {
  it('acks the sender with the positions, and gives everyone else the events in one frame', async () => {
    // Seen red: the events posted to the sender as well.
    const backend = new TestBackend();
    await backend.join('ada', 'ben', 'chen');
    const ack = the('ack', await backend.say('ada', publish(chat('a'), chat('b'))));
    expect(ack).toMatchObject({
      ref: 9,
      classroomId: 'maths',
      results: [
        { id: 'a', seq: 4 },
        { id: 'b', seq: 5 },
      ],
    });
    for (const other of ['ben', 'chen']) {
      const { epoch, events } = the('events', backend.heard(other));
      expect(epoch).toBe(ack.epoch);
      expect(events).toMatchObject([
        { seq: 4, id: 'a', data: { text: 'a' }, from: { userId: 'ada', name: 'Ada', role: 'teacher' } },
        { seq: 5, id: 'b', data: { text: 'b' } },
      ]);
    }
  });

  it('says in the ack whether replicas have it, where the store waits for them, and nothing elsewhere', async () => {
    // Seen red: the field left out of the ack.
    const backend = new TestBackend();
    await backend.join('ada');
    expect(the('ack', await backend.say('ada', publish(chat('a'))))).not.toHaveProperty('replicated');
    const append = backend.store.append.bind(backend.store);
    for (const replicated of [true, false]) {
      backend.store.append = async (request) => ({ ...(await append(request)), replicated });
      expect(the('ack', await backend.say('ada', publish(chat('b')))).replicated).toBe(replicated);
    }
  });

  it('refuses only what is invalid in a batch, each with its own code, and keeps the order', async () => {
    // Seen red: the whole batch refused; the results of what was kept put before those of what was not.
    const backend = new TestBackend({
      messages: { 'quiz.open': { schema: z.object({ question: z.string() }), publishers: ['teacher'] } },
    });
    await backend.join('ada', 'ben');
    const ack = the(
      'ack',
      await backend.say(
        'ben',
        publish(
          chat('a'),
          { id: 'b', type: 'chat.send', data: { text: '' } },
          chat('c'),
          { id: 'd', type: 'quiz.open', data: { question: 'why?' } },
          { id: 'e', type: 'quiz.unknown', data: {} },
          { id: 'f', type: '__proto__', data: {} },
          { id: 'g', type: 'member.leave', data: {} },
          chat('h'),
        ),
      ),
    );
    expect(ack.results.map(({ id }) => id)).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']);
    expect(short(ack)).toEqual([
      3,
      'bad-envelope',
      4,
      'forbidden',
      'bad-envelope',
      'bad-envelope',
      'bad-envelope',
      5,
    ]);
    const { events } = the('events', backend.heard('ada'));
    expect(events.map(({ id }) => id)).toEqual(['a', 'c', 'h']);
  });

  it('keeps nothing but what the schema of the message knows', async () => {
    // Seen red: the data stored as it came.
    const backend = new TestBackend();
    await backend.join('ada', 'ben');
    await backend.say('ben', publish({ id: 'a', type: 'chat.send', data: { text: 'hi', role: 'teacher' } }));
    expect(the('events', backend.heard('ada')).events[0]?.data).toEqual({ text: 'hi' });
  });

  it('refuses all after the first that came too fast, with how long to wait, so that order holds', async () => {
    const backend = new TestBackend({ limits: { rateBurst: 2, ratePerSecond: 1 } });
    await backend.join('ada', 'ben');
    const batch = publish(chat('a'), chat('b'), chat('c'), chat('d'));
    const ack = the('ack', await backend.say('ada', batch));
    expect(short(ack)).toEqual([3, 4, 'rate-limited', 'rate-limited']);
    expect(ack.results[2]).toEqual({
      id: 'c',
      error: {
        code: 'rate-limited',
        message: 'unable to publish chat.send; too many messages in too short a time',
        retryAfterMs: 1000,
      },
    });
    backend.now += 2000;
    // What was kept already keeps its place: a resend costs nothing and is told to nobody.
    backend.posts.length = 0;
    expect(short(the('ack', await backend.say('ada', batch)))).toEqual([3, 4, 5, 6]);
    expect(the('events', backend.heard('ben')).events.map(({ id }) => id)).toEqual(['c', 'd']);
  });

  it('is not for observers, whatever a message type says of its publishers', async () => {
    // Seen red: `publishers` of the definition handed to the store as they are.
    const backend = new TestBackend({
      messages: { 'poll.vote': { schema: z.unknown(), publishers: ['teacher', 'observer'] } },
    });
    await backend.join('ada', 'chen');
    const ack = await backend.say('chen', publish(chat('a'), { id: 'b', type: 'poll.vote', data: 1 }));
    expect(short(the('ack', ack))).toEqual(['forbidden', 'forbidden']);
    expect(backend.posts).toEqual([]);
  });

  it('needs a seat, even if nothing in the batch is valid', async () => {
    // Seen red: the store left out when no draft is left.
    const backend = new TestBackend();
    await backend.join('ada');
    const outsider = backend.speaker('ben');
    for (const messages of [[chat('a')], [{ id: 'a', type: 'no.such', data: 1 }]]) {
      const error = the('error', await backend.say(outsider, publish(...messages)));
      expect(error).toMatchObject({ ref: 9, classroomId: 'maths', code: 'not-joined', retryable: true });
    }
    expect(backend.posts).toEqual([]);
  });

  it('ends with the token that took the seat', async () => {
    const backend = new TestBackend();
    await backend.join('ada', 'ben');
    backend.now += 3_600_001;
    const error = the('error', await backend.say('ada', publish(chat('a'))));
    expect(error).toMatchObject({ code: 'unauthorized', retryable: false });
  });

  it('asks the store once, however many messages the frame holds', async () => {
    // Seen red: a call for each message.
    const backend = new TestBackend();
    await backend.join('ada', 'ben');
    const asked: string[] = [];
    for (const verb of ['append', 'audience', 'touch', 'join', 'history', 'leave'] as const) {
      const original = backend.store[verb] as (...args: unknown[]) => Promise<never>;
      backend.store[verb] = (...args: unknown[]) => {
        asked.push(verb);
        return original(...args);
      };
    }
    await backend.say('ada', publish(chat('a'), chat('b'), chat('c')));
    expect(asked).toEqual(['append']);
  });
});
