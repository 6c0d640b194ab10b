import { describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { createClient } from './index.ts';
import type { ClassroomEvent } from './protocol/index.ts';
import { prepareLesson, startLesson, turnsUntil } from './testing/lesson.ts';

const classroomId = 'math-101';
const texts = (messages: readonly { text: string }[]): string[] => messages.map(({ text }) => text);
const said = (seq: number, text = `said ${seq}`): ClassroomEvent => ({
  seq,
  id: `said-${seq}`,
  type: 'chat.send',
  at: 0,
  from: { userId: 'ben', name: 'Ben', role: 'student' },
  data: { text },
});

describe('joining', () => {
  test('loads the members and the newest messages before it resolves', async () => {
    const { server, classroom } = prepareLesson();
    server.join(classroomId, { userId: 'ben', name: 'Ben' }).say('Good morning');

    await classroom.join();

    expect(classroom.presence.members.map(({ name }) => name)).toEqual(['Ada', 'Ben']);
    expect(texts(classroom.chat.messages)).toEqual(['Good morning']);
    expect([classroom.status, classroom.role, classroom.can('chat.send')]).toEqual([
      'joined',
      'teacher',
      true,
    ]);
  });

  test('is one join for two calls, and is done at once for a third', async () => {
    const { server, classroom } = prepareLesson();
    await Promise.all([classroom.join(), classroom.join()]);
    await classroom.join();
    expect(server.received('hello').flatMap(({ joins }) => joins)).toEqual([{ classroomId }]);
    expect(server.received('join')).toEqual([]);
  });

  // Seen red: a welcome was taken for the answer to joins that its hello had not carried, and 10 s were waited for it.
  test('takes no time of its own when it is asked for while the hello is under way', async () => {
    const { server, client, classroom } = prepareLesson();
    client.connect();
    await turnsUntil(() => server.received('hello').length === 1);
    const joined = classroom.join();
    await server.settled();
    expect(classroom.status).toBe('joined');
    await joined;
  });

  // Seen red: events of the log were delivered as soon as they followed the last position, also before `joined`.
  test('says nothing of the log before it says joined', async () => {
    const { server, client, classroom, heard } = await startLesson();
    server.dismiss('unauthorized');
    await server.settled();
    const { epoch, seq } = classroom.position!;
    server.loses = ({ frame }) => frame.action === 'welcome';
    client.connect();
    const refused = expect(classroom.join()).rejects.toMatchObject({ code: 'closed' });
    heard.length = 0;
    // The backend registers first and reads second, so an event may overtake the answer.
    await turnsUntil(() => server.received('hello').length === 2);
    server.push({ action: 'events', classroomId, epoch, events: [said(seq + 1)] });
    await server.settled();
    expect([heard, texts(classroom.chat.messages), classroom.position]).toEqual([[], [], { epoch, seq }]);
    await classroom.leave();
    await refused;
  });

  test('fails for good when the server refuses for good, and tries again when it does not', async () => {
    const { clock, server, client, classroom, heard } = prepareLesson();
    client.connect();
    await server.settled();
    server.refuse('join', 'forbidden');
    await expect(classroom.join()).rejects.toMatchObject({ code: 'forbidden' });
    expect([classroom.status, classroom.cause?.code]).toEqual(['failed', 'forbidden']);

    server.refuse('join', 'internal');
    server.refuse('join', 'rate-limited', 3_000);
    const joined = classroom.join();
    await clock.advance(500);
    expect(classroom.status).toBe('joining');
    await clock.advance(3_000);
    await joined;
    expect(heard.filter((what) => what.startsWith('['))).toEqual([
      '[joining]',
      '[failed]',
      '[joining]',
      '[joined]',
    ]);
  });

  // Seen red: a listener that left while the newest messages were told of found the classroom joined afterwards.
  test('ends in left when a listener leaves in the middle of it', async () => {
    const { server, classroom } = prepareLesson();
    classroom.chat.on('change', () => void classroom.leave());
    const joined = classroom.join();
    await expect(joined).rejects.toMatchObject({ code: 'closed' });
    await server.settled();
    expect(classroom.status).toBe('left');
  });
});

describe('coming back after a drop', () => {
  test('brings what was missed, once and in order, without a change of status', async () => {
    const { clock, server, classroom, heard, ben } = await startLesson();
    server.drop();
    ben.say('one');
    ben.say('two');
    await clock.advance(20_000);
    expect(heard).toEqual(['member.drop', 'one', 'two', 'member.join']);
    expect(server.received('hello').at(-1)?.joins).toMatchObject([{ position: { seq: 2 } }]);
    expect(texts(classroom.chat.messages)).toEqual(['one', 'two']);
  });

  test('says discontinuity and loads anew when too much was missed', async () => {
    const { clock, server, classroom, heard, ben } = await startLesson({
      server: { recoveryEvents: 2, chatEvents: 2 },
    });
    ben.say('old');
    await server.settled();
    heard.length = 0;
    server.drop();
    for (const text of ['one', 'two', 'three']) ben.say(text);
    await clock.advance(20_000);
    expect(heard).toEqual(['[discontinuity]']);
    expect(texts(classroom.chat.messages)).toEqual(['two', 'three']);
    ben.say('live');
    await server.settled();
    expect(heard).toEqual(['[discontinuity]', 'live']);
  });

  // Seen red: an answer with a head before our position counted as stale, and every event up to ours as a duplicate.
  test('says discontinuity when the server has lost the end of the log within one epoch', async () => {
    const { clock, server, classroom, heard, ben } = await startLesson();
    const { epoch } = classroom.position!;
    server.push({ action: 'events', classroomId, epoch, events: [3, 4, 5, 6].map((seq) => said(seq)) });
    await server.settled();
    server.drop();
    await clock.advance(20_000);
    expect(heard).toContain('[discontinuity]');
    expect(classroom.position?.seq).toBe(4);
    ben.say('live');
    await server.settled();
    expect(heard.at(-1)).toBe('live');
  });

  test('sends what waited, in the order in which it was published, in one frame', async () => {
    const { clock, server, classroom, heard, ben } = await startLesson();
    server.drop();
    const sent = [classroom.chat.send('a'), classroom.chat.send('b')];
    ben.say('meanwhile');
    await clock.advance(20_000);
    await Promise.all(sent);
    expect(heard.filter((type) => !type.startsWith('member'))).toEqual(['meanwhile', 'a', 'b']);
    expect(server.received('publish')).toHaveLength(1);
  });

  test('sends again under the same id what was not acked, and hears of it once', async () => {
    const { clock, server, classroom, heard } = await startLesson();
    server.loses = ({ frame }) => frame.action === 'ack';
    const sent = classroom.chat.send('a');
    await turnsUntil(() => server.received('publish').length === 1);
    server.loses = () => false;
    server.drop();
    await clock.advance(20_000);
    await sent;
    const ids = server.received('publish').flatMap(({ messages }) => messages.map(({ id }) => id));
    expect(new Set(ids).size).toBe(1);
    expect(heard.filter((type) => type === 'a')).toEqual(['a']);
    expect(texts(classroom.chat.messages)).toEqual(['a']);
  });

  // Seen red: any event that came in order stopped the timer that would have asked again, and the outbox stayed shut.
  test('asks again for a seat whose answer was lost, whatever else arrives', async () => {
    const { clock, server, classroom } = await startLesson({ server: { splitsWelcome: true } });
    server.drop();
    const sent = classroom.chat.send('a');
    server.loses = ({ frame }) => frame.action === 'joined';
    const known = classroom.position!.seq;
    await clock.advance(2_000);
    server.loses = () => false;
    const { epoch } = classroom.position!;
    server.push({ action: 'events', classroomId, epoch, events: [said(known + 1)] });
    await server.settled();
    await clock.advance(10_000);
    await sent;
  });

  test('rejoins more classrooms than one hello can carry', async () => {
    const { clock, server, client } = prepareLesson();
    const classrooms = Array.from({ length: 45 }, (_, index) => client.classroom(`room-${index}`));
    await Promise.all(classrooms.map((classroom) => classroom.join()));
    server.drop();
    await clock.advance(2_000);
    expect(client.status).toBe('connected');
    await Promise.all(classrooms.map((classroom) => classroom.publish('chat.send', { text: 'here' })));
  });
});

describe('gaps', () => {
  test('an event that came too early waits, and what is missing is fetched after a moment', async () => {
    const { clock, server, classroom, heard, ben } = await startLesson();
    const position = classroom.position!;
    server.loses = ({ frame }) => frame.action === 'events' && frame.events[0]?.seq === position.seq + 1;
    ben.say('lost');
    ben.say('early');
    await server.settled();
    expect(heard).toEqual([]);
    await clock.advance(1_000);
    expect(heard).toEqual(['lost', 'early']);
    expect(server.received('join')).toMatchObject([{ position }]);
  });

  // Seen red: each event that came started the wait anew.
  test('are fetched in time in a class that never stops talking', async () => {
    const { clock, server, heard, ben } = await startLesson();
    server.loses = ({ frame }) => frame.action === 'events' && frame.events[0]?.seq === 3;
    for (let spoken = 0; spoken < 20; spoken++) {
      ben.say(`${spoken}`);
      await clock.advance(100);
    }
    expect(heard.slice(0, 12)).toEqual(Array.from({ length: 12 }, (_, index) => `${index}`));
    expect(server.received('join')).toHaveLength(1);
  });

  // Seen red: `pong` was not compared with our position.
  test('at the very end are told by the next pong', async () => {
    const { clock, server, heard, ben } = await startLesson();
    server.loses = ({ frame }) => frame.action === 'events';
    ben.say('the last word');
    await server.settled();
    server.loses = () => false;
    await clock.advance(29_000);
    expect(heard).toEqual([]);
    await clock.advance(2_500);
    expect(heard).toEqual(['the last word']);
  });

  // Seen red: what was held of another epoch counted as a gap for ever, with a join each second.
  test('are none where a frame of an older epoch comes late', async () => {
    const { clock, server, classroom, heard } = await startLesson();
    server.push({ action: 'events', classroomId, epoch: 'older', events: [said(40)] });
    await clock.advance(10_000);
    expect(server.received('join').length).toBeLessThanOrEqual(1);
    expect(heard).toEqual([]);
    await classroom.chat.send('still here');
  });

  // Seen red: an answer that came after its request had been given up was taken for news.
  test('are not made by an answer that comes too late', async () => {
    const { clock, server, classroom, heard } = await startLesson();
    server.push({
      action: 'joined',
      ref: 999,
      classroomId,
      head: { epoch: 'older', seq: 1 },
      role: 'student',
      permissions: [],
      members: [],
      recovered: false,
      events: [],
      chat: [],
      hasOlderChat: false,
    });
    await clock.advance(5_000);
    expect([heard, classroom.role]).toEqual([[], 'teacher']);
  });

  test('between epochs are told once, and nothing is delivered twice', async () => {
    const { clock, server, heard, ben } = await startLesson();
    ben.say('before');
    server.forget(classroomId);
    await clock.advance(31_000);
    ben.join();
    ben.say('after');
    await clock.advance(2_000);
    expect(heard.filter((what) => !what.startsWith('member'))).toEqual([
      'before',
      '[discontinuity]',
      'after',
    ]);
  });
});

describe('leaving', () => {
  test('rejects what was not acked, and says nothing afterwards', async () => {
    const { server, classroom, heard, ben } = await startLesson();
    const sent = classroom.chat.send('too late');
    const left = classroom.leave();
    await expect(sent).rejects.toMatchObject({ code: 'closed' });
    ben.say('unheard');
    await left;
    ben.say('unheard too');
    await server.settled();
    expect(heard).toEqual(['[left]']);
    expect([classroom.can('chat.send'), classroom.role]).toEqual([false, undefined]);
    await expect(classroom.publish('chat.send', { text: 'no' })).rejects.toMatchObject({
      code: 'not-joined',
    });
  });

  // Seen red: the ack of what was under way was delivered as an event.
  test('keeps the late ack of a message to itself', async () => {
    const { server, classroom, heard } = await startLesson();
    const sent = classroom.chat.send('under way');
    await turnsUntil(() => server.received('publish').length === 1);
    const refused = expect(sent).rejects.toMatchObject({ code: 'closed' });
    void classroom.leave();
    await server.settled();
    await refused;
    expect(heard).toEqual(['[left]']);
  });

  // Seen red: the other events of the same frame were still delivered.
  test('stops a delivery in the middle when a listener asks for it', async () => {
    const { clock, server, classroom, heard, ben } = await startLesson();
    classroom.on('chat.send', () => void classroom.leave());
    server.drop();
    ben.say('one');
    ben.say('two');
    await clock.advance(20_000);
    expect(heard).toEqual(['member.drop', 'one', '[left]']);
  });

  // Seen red: a leave before the welcome was not sent, and the join of the hello took a seat for nobody.
  test('gives the seat up that a join still under way takes', async () => {
    const { server, classroom } = prepareLesson();
    const refused = expect(classroom.join()).rejects.toMatchObject({ code: 'closed' });
    await turnsUntil(() => server.received('hello').length === 1);
    await classroom.leave();
    await refused;
    await server.settled();
    const ben = createClient({
      url: server.url,
      token: server.token({ userId: 'ben', name: 'Ben' }),
      env: server.env,
    }).classroom(classroomId);
    await ben.join();
    expect(ben.presence.members.map(({ name }) => name)).toEqual(['Ben']);
  });

  // Seen red: the join did not wait, and the gateway, which runs the commands of one socket in parallel, may turn the two.
  test('and joining again at once waits for the answer to the leave, and ends joined', async () => {
    const { clock, server, classroom } = await startLesson();
    server.loses = ({ frame }) => frame.action === 'left';
    void classroom.leave();
    await turnsUntil(() => server.received('leave').length === 1);
    const joined = classroom.join();
    await server.settled();
    expect([server.received('leave').length, server.received('join').length]).toEqual([1, 0]);
    await clock.advance(10_000);
    await joined;
    await classroom.chat.send('back again');
    expect(texts(classroom.chat.messages)).toEqual(['back again']);
  });

  // Seen red: both were sent at once, and a leave that is handled first leaves a seat for nobody.
  test('waits for a join that is under way', async () => {
    const { clock, server, client, classroom } = prepareLesson();
    client.connect();
    await server.settled();
    server.loses = ({ frame }) => frame.action === 'joined';
    const refused = expect(classroom.join()).rejects.toMatchObject({ code: 'closed' });
    await server.settled();
    const left = classroom.leave();
    await refused;
    await server.settled();
    expect([server.received('join').length, server.received('leave').length]).toEqual([1, 0]);
    await clock.advance(10_000);
    await left;
    expect(server.received('leave')).toHaveLength(1);
  });

  test('twice is the same as once, and needs no link', async () => {
    const { server, classroom, heard } = await startLesson();
    server.isReachable = false;
    server.drop();
    await Promise.all([classroom.leave(), classroom.leave()]);
    expect(heard).toEqual(['[left]']);
  });
});

describe('when the server refuses', () => {
  // Seen red: an error that answered no join, that of an observer's signal for one, ended the classroom.
  test('a refusal that answers no join does not end the classroom', async () => {
    const { server, classroom } = await startLesson();
    server.push({
      action: 'error',
      classroomId,
      code: 'forbidden',
      message: 'unable to signal',
      retryable: false,
    });
    await server.settled();
    expect(classroom.status).toBe('joined');
  });

  test('an ended classroom is told at once', async () => {
    const { server, classroom } = await startLesson();
    server.push({
      action: 'error',
      classroomId,
      code: 'classroom-ended',
      message: 'it is over',
      retryable: false,
    });
    await server.settled();
    expect([classroom.status, classroom.cause?.code]).toEqual(['failed', 'classroom-ended']);
  });

  test('a seat that the server lost is taken again, and the message is kept', async () => {
    const { server, classroom, heard } = await startLesson();
    server.refuse('publish', 'not-joined');
    await classroom.chat.send('kept');
    expect(server.received('join')).toHaveLength(1);
    expect(heard).toEqual(['kept']);
  });
});

describe('own messages', () => {
  const messages = { 'quiz.ask': { schema: z.object({ question: z.string() }) } } as const;

  test('are checked before they are sent', async () => {
    const { server } = await startLesson({ server: { messages } });
    const client = createClient({
      url: server.url,
      token: server.token({ userId: 'chen' }),
      env: server.env,
      messages,
    });
    const classroom = client.classroom(classroomId);
    await classroom.join();
    const asked: string[] = [];
    classroom.on('quiz.ask', ({ data }) => asked.push(data.question));
    await classroom.publish('quiz.ask', { question: 'How far?' });
    expect(asked).toEqual(['How far?']);
    await expect(classroom.publish('quiz.ask', { question: 7 as unknown as string })).rejects.toMatchObject({
      code: 'bad-envelope',
      message: expect.stringContaining('"question"') as string,
    });
  });

  // Seen red: data that no schema had seen on this end reached listeners under a type that promised its shape.
  test('of the wrong shape count in the log but reach no listener of their type', async () => {
    const { server, classroom, heard } = await startLesson();
    const { epoch, seq } = classroom.position!;
    const odd = { ...said(seq + 1), data: null };
    const sent: unknown[] = [];
    classroom.on('chat.send', ({ data }) => sent.push(data.text));
    server.push({ action: 'events', classroomId, epoch, events: [odd, said(seq + 2, 'good')] });
    await server.settled();
    expect(sent).toEqual(['good']);
    expect(texts(classroom.chat.messages)).toEqual(['good']);
    expect(classroom.position?.seq).toBe(seq + 2);
    expect([heard, server.warnings]).toMatchObject([
      ['chat.send', 'good'],
      [expect.stringContaining('chat.send')],
    ]);
  });

  test('of a type that this client does not know are events all the same', async () => {
    const { server, classroom } = await startLesson({ server: { messages } });
    const types: string[] = [];
    classroom.on('event', ({ type }) => types.push(type));
    server.join(classroomId, { userId: 'chen' }).publish('quiz.ask', { question: 'Why?' });
    await server.settled();
    expect(types).toEqual(['member.join', 'quiz.ask']);
  });
});

describe('tokens that end', () => {
  // Seen red: the fresh token was shown to the connection only, and every seat ended with the token it was taken with.
  test('are renewed in band, and the seats with them', async () => {
    const { clock, server, client, classroom, heard } = await startLesson({ user: { lifeMs: 600_000 } });
    await clock.advance(700_000);
    await classroom.chat.send('after the first token');
    expect(heard).toEqual(['after the first token']);
    expect(client.status).toBe('connected');
    expect(new Set(server.frames.map(({ connectionId }) => connectionId)).size).toBe(1);
  });

  // Seen red: `unauthorized` is not retryable, so the message was rejected though a fresh token would have carried it.
  test('cost no message when the machine slept through their end', async () => {
    const { clock, server, classroom } = await startLesson();
    server.refuse('publish', 'unauthorized');
    await classroom.chat.send('written with an old token');
    expect(server.received('hello')).toHaveLength(2);
    expect(clock.pending).toBeGreaterThan(0);
  });
});

test('no timer and no listener survives close, whatever was under way', async () => {
  const { clock, server, client, classroom, ben } = await startLesson();
  let wakeListeners = 0;
  const { onWake } = server.env;
  server.env.onWake = (listener) => {
    wakeListeners += 1;
    const remove = onWake(listener);
    return () => {
      wakeListeners -= 1;
      remove();
    };
  };
  client.close();
  client.connect();
  await classroom.join();
  expect(wakeListeners).toBe(1);

  ben.signal('chat.typing', true);
  server.refuse('publish', 'rate-limited', 60_000);
  const sent = [classroom.chat.send('refused for now'), classroom.chat.send('behind it')];
  await server.settled();
  classroom.signals.send('pointer.move', [1, 2]);
  server.pause();
  void classroom.chat.send('unanswered').catch(() => undefined);
  client.close();

  await Promise.all(sent.map((message) => expect(message).rejects.toMatchObject({ code: 'closed' })));
  expect([clock.pending, wakeListeners]).toEqual([0, 0]);
});
