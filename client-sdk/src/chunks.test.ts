import { describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { createClient, type Progress } from './index.ts';
import { createManualClock } from './testing/clock.ts';
import { createTestServer, type TestServer } from './testing/test-server.ts';
import { CLIENT_FRAME_BYTES, MESSAGE_BYTES } from './protocol/index.ts';

const messages = { 'note.take': { schema: z.string() } } as const;

/** What the sockets say that they have not sent yet. */
let unsentBytes = 0;

async function prepare() {
  const clock = createManualClock();
  const server = createTestServer({ clock, messages });
  const enter = async (userId: string, host: TestServer = server) => {
    class Slow extends host.env.WebSocket {
      override get bufferedAmount(): number {
        return unsentBytes;
      }
    }
    const env = { ...host.env, WebSocket: Slow };
    const client = createClient({
      url: host.url,
      token: host.token({ userId, name: userId }),
      env,
      messages,
    });
    const classroom = client.classroom('math-101');
    const notes: string[] = [];
    classroom.on('note.take', ({ data }) => notes.push(data));
    const joined = classroom.join();
    await clock.advance(0);
    await joined;
    return { client, classroom, notes };
  };
  return { clock, server, ada: await enter('ada'), ben: await enter('ben') };
}

const large = 'é😀"'.repeat(40_000);

describe('a message that is larger than a frame', () => {
  // Seen red: sent whole, for which the server closed the socket.
  test('goes in chunks and comes in chunks, in order with the small ones around it', async () => {
    const { clock, ada, ben } = await prepare();
    const sent = ['before', large, 'after'].map((note) => ada.classroom.publish('note.take', note));
    await clock.advance(0);
    expect((await Promise.all(sent)).map(({ seq }) => seq)).toEqual([3, 4, 5]);
    expect(ben.notes).toEqual(['before', large, 'after']);
    expect(ada.notes).toEqual(ben.notes);
  });

  // Seen red: one chunk id for all sendings, so that the second was taken for the parts of the first.
  test('is sent again as a whole after its answer was lost, and is kept once', async () => {
    const { clock, server, ada, ben } = await prepare();
    let lost = 0;
    server.loses = ({ frame }) => frame.action === 'ack' && (lost += 1) === 1;
    const sent = ada.classroom.publish('note.take', large);
    await clock.advance(60_000);
    expect(await sent).toMatchObject({ seq: 3 });
    expect(server.received('publish')).toHaveLength(2);
    expect(ben.notes).toEqual([large]);
  });

  // Seen red: the gap never noticed, because a chunk was taken for the event.
  test('is fetched again after a chunk of it was lost', async () => {
    const { clock, server, ada, ben } = await prepare();
    let lost = 0;
    server.loses = ({ frame }) => frame.action === 'chunk' && (lost += 1) === 2;
    void ada.classroom.publish('note.take', large);
    void ada.classroom.publish('note.take', 'after');
    await clock.advance(60_000);
    expect(ben.notes).toEqual([large, 'after']);
  });

  // Seen red: a fixed time for every answer, whatever has to go up before it.
  test('is given more time for its answer, by a tenth for each chunk', async () => {
    const { clock, server, ada } = await prepare();
    server.loses = ({ frame }) => frame.action === 'ack';
    void ada.classroom.publish('note.take', 'x'.repeat(CLIENT_FRAME_BYTES * 4));
    await clock.advance(13_999);
    expect(server.received('publish')).toHaveLength(1);
    await clock.advance(10_000);
    expect(server.received('publish').length).toBeGreaterThan(1);
    ada.client.close();
  });

  test('is refused at once above 512 KB, a million emoji too', async () => {
    const { ada } = await prepare();
    for (const note of ['x'.repeat(MESSAGE_BYTES), '😀'.repeat(1_000_000)]) {
      await expect(ada.classroom.publish('note.take', note)).rejects.toMatchObject({
        code: 'payload-too-large',
      });
    }
  });
});

describe('a slow link', () => {
  // Seen red: the ping, which waits behind the message, went unanswered for 10 s; the link was given up and the message began
  // anew, for ever.
  test('has the time that it takes to carry up what is large', async () => {
    const { clock, server, ada } = await prepare();
    const statuses: string[] = [];
    ada.client.on('status', ({ status }) => statuses.push(status));
    await clock.advance(29_000);
    server.pause();
    unsentBytes = 400_000;
    const sent = ada.classroom.publish('note.take', 'x'.repeat(2 * CLIENT_FRAME_BYTES));
    await clock.advance(1_100);
    unsentBytes = 0;
    await clock.advance(12_000);
    server.resume();
    await sent;
    expect([statuses, server.received('publish').length]).toEqual([[], 1]);
  });

  // Seen red: the same the other way.
  test('has it also for what is large on its way down', async () => {
    const { clock, server, ada } = await prepare();
    const statuses: string[] = [];
    ada.client.on('status', ({ status }) => statuses.push(status));
    server.loses = ({ frame }) => frame.action === 'pong';
    await clock.advance(30_000);
    const { ref } = server.received('ping')[0]!;
    for (const index of [0, 1, 2]) {
      await clock.advance(9_000);
      server.push({ action: 'chunk', id: 'slow', index, count: 4, data: '.' });
    }
    server.loses = () => false;
    server.push({ action: 'pong', ref, heads: {} });
    await clock.advance(20_000);
    expect(statuses).toEqual([]);
  });

  // Seen red: whatever is unsent taken for a sign of life.
  test('is told from one on which nothing moves', async () => {
    const { clock, server, ada } = await prepare();
    const statuses: string[] = [];
    ada.client.on('status', ({ status }) => statuses.push(status));
    await clock.advance(29_000);
    server.pause();
    unsentBytes = 400_000;
    const sent = ada.classroom.publish('note.take', 'small');
    await clock.advance(13_000);
    expect(statuses[0]).toBe('reconnecting');
    unsentBytes = 0;
    server.resume();
    await clock.advance(20_000);
    await sent;
  });
});

describe('progress', () => {
  // Seen red: the parts told of as they were given to the socket, which takes all of them at once; the last part told of
  // before the answer; the timer left running.
  test('of what goes up is as far as the socket has sent it, and whole with the answer', async () => {
    const { clock, server, ada, ben } = await prepare();
    const heard: Progress[] = [];
    ada.client.on('progress', (progress) => heard.push(progress));
    const { pending } = clock;
    void ada.classroom.publish('note.take', 'small');
    await clock.advance(0);
    server.pause();
    unsentBytes = 400_000;
    const sent = ada.classroom.publish('note.take', large);
    await clock.advance(99);
    unsentBytes = 200_000;
    await clock.advance(1);
    unsentBytes = 0;
    await clock.advance(500);
    server.resume();
    await sent;
    const { id, count } = heard[0]!;
    expect(count).toBeGreaterThan(10);
    expect(heard).toEqual(
      [Math.floor(count / 2), count - 1, count].map((done) => ({ way: 'up', id, done, count })),
    );
    expect(clock.pending).toBe(pending);

    server.pause();
    unsentBytes = 400_000;
    ada.classroom.publish('note.take', large).catch(() => undefined);
    await clock.advance(0);
    ada.client.close();
    ben.client.close();
    expect(clock.pending).toBe(0);
    unsentBytes = 0;
  });

  test('is told of each part of something large, and of nothing else', async () => {
    const { clock, ada, ben } = await prepare();
    const heard: Progress[] = [];
    ben.client.on('progress', (progress) => heard.push(progress));
    void ada.classroom.publish('note.take', 'small');
    await clock.advance(0);
    expect(heard).toEqual([]);
    void ada.classroom.publish('note.take', large);
    await clock.advance(0);
    expect(heard.map(({ way, done, count }) => [way, done, count])).toEqual([
      ['down', 1, 4],
      ['down', 2, 4],
      ['down', 3, 4],
      ['down', 4, 4],
    ]);
    expect(new Set(heard.map(({ id }) => id)).size).toBe(1);
  });
});

// Seen red: what the assembler throws not caught.
test('chunks that contradict each other, or lie in each other, change nothing', async () => {
  const { clock, server, ada, ben } = await prepare();
  const chunk = { action: 'chunk', id: '1', index: 0, count: 2, data: '{' } as const;
  server.push(chunk);
  server.push({ ...chunk, count: 3 });
  server.push({ ...chunk, id: '2', count: 1, data: JSON.stringify({ v: 1, ...chunk }) });
  void ada.classroom.publish('note.take', 'after');
  await clock.advance(0);
  expect(ben.notes).toEqual(['after']);
  // Ada's and Ben's.
  expect(server.warnings).toEqual(Array<string>(2).fill('unable to read frame; its chunks do not add up'));
});
