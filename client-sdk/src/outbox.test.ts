import { describe, expect, test } from 'vitest';
import { Outbox, type Receipt } from './outbox.ts';
import {
  byteLength,
  ChalklineError,
  CLIENT_FRAME_BYTES,
  type ErrorCode,
  type EventOf,
  MESSAGE_BYTES,
  type Message,
} from './protocol/index.ts';
import { createManualClock, type ManualClock } from './testing/clock.ts';
import { createTestServer } from './testing/test-server.ts';

type Ack = EventOf<'ack'>;
interface Frame {
  texts: string[];
  bytes: number;
  /** Acks every message, those named with a refusal. */
  ack(
    refusals?: Record<string, { code: ErrorCode; retryAfterMs?: number }>,
    replicated?: boolean,
  ): Promise<void>;
  fail(code: ErrorCode, retryAfterMs?: number): Promise<void>;
}

function prepare(capacity = 1000): {
  clock: ManualClock;
  outbox: Outbox;
  frames: Frame[];
  kept: string[];
  asked: { seats: number };
  add(text: string): Promise<Receipt>;
} {
  const clock = createManualClock();
  const { env } = createTestServer({ clock, random: () => 0.5 });
  const frames: Frame[] = [];
  const kept: string[] = [];
  const asked = { seats: 0 };
  let seq = 0;
  const textOf = ({ data }: Message): string => (data as { text: string }).text;
  const outbox = new Outbox({
    env,
    backoffBaseMs: 500,
    backoffCapMs: 20_000,
    capacity,
    resendMs: 100_000,
    position: () => ({ epoch: 'epoch-1', seq }),
    onRestored: () => undefined,
    send: (messages) =>
      new Promise((resolve, reject) => {
        frames.push({
          texts: messages.map(textOf),
          bytes: byteLength(
            JSON.stringify({ v: 1, action: 'publish', ref: 1, classroomId: 'math-101', messages }),
          ),
          async ack(refusals = {}, replicated) {
            const results = messages.map((message): Ack['results'][number] => {
              const refusal = refusals[textOf(message)];
              if (refusal)
                return {
                  id: message.id,
                  error: { ...refusal, message: `unable to publish; ${refusal.code}` },
                };
              return { id: message.id, seq: (seq += 1), at: clock.now() };
            });
            const ack = { v: 1, action: 'ack', ref: 1, classroomId: 'math-101', epoch: 'epoch-1' } as const;
            resolve({ ...ack, results, replicated });
            await clock.advance(0);
          },
          async fail(code, retryAfterMs) {
            reject(new ChalklineError(code, `unable to publish; ${code}`, { retryAfterMs }));
            await clock.advance(0);
          },
        });
      }),
    onKept: (_, { seq: at }, message) => kept.push(`${at} ${textOf(message)}`),
    onNotJoined: () => (asked.seats += 1),
  });
  let lastId = 0;
  const add = (text: string): Promise<Receipt> =>
    outbox.add({ id: `id-${(lastId += 1)}`, type: 'chat.send', data: { text } });
  return { clock, outbox, frames, kept, asked, add };
}

const turn = (clock: ManualClock): Promise<void> => clock.advance(0);

describe('sending', () => {
  test('waits for a seat', async () => {
    const { clock, outbox, frames, add } = prepare();
    void add('a');
    await turn(clock);
    expect(frames).toHaveLength(0);
    outbox.open('ada');
    expect(frames.map(({ texts }) => texts)).toEqual([['a']]);
  });

  // Seen red: the first message left alone, at once.
  test('puts what is published in one task into one frame', async () => {
    const { clock, outbox, frames, add } = prepare();
    outbox.open('ada');
    for (const text of ['a', 'b', 'c']) void add(text);
    expect(frames).toHaveLength(0);
    await turn(clock);
    expect(frames.map(({ texts }) => texts)).toEqual([['a', 'b', 'c']]);
  });

  // Seen red: without `isSending` each message left at once, to be handled in parallel and so in any order.
  test('has one frame under way at a time, and puts what gathers meanwhile into the next', async () => {
    const { clock, outbox, frames, add } = prepare();
    outbox.open('ada');
    void add('a');
    await turn(clock);
    void add('b');
    await turn(clock);
    void add('c');
    await turn(clock);
    expect(frames).toHaveLength(1);
    await frames[0]!.ack();
    expect(frames.map(({ texts }) => texts)).toEqual([['a'], ['b', 'c']]);
  });

  // Seen red: the frame was cut by the number of messages alone, and API Gateway would have closed the socket.
  test('cuts a frame before it has more than 32 KB of UTF-8, and after 200 messages', async () => {
    const { clock, outbox, frames, add } = prepare();
    outbox.open('ada');
    const long = 'ü'.repeat(6_000);
    for (let sent = 0; sent < 7; sent++) void add(long);
    await turn(clock);
    await frames[0]!.ack();
    await frames[1]!.ack();
    await frames[2]!.ack();
    expect(frames.map(({ texts }) => texts.length)).toEqual([2, 2, 2, 1]);
    for (const { bytes } of frames) expect(bytes).toBeLessThanOrEqual(CLIENT_FRAME_BYTES);
    await frames[3]!.ack();

    for (let sent = 0; sent < 201; sent++) void add('x');
    await turn(clock);
    expect(frames[4]!.texts).toHaveLength(200);
  });

  // Seen red: no message at all left, over and over.
  test('sends what is too large for a frame alone, in its place', async () => {
    const { clock, outbox, frames, add } = prepare();
    outbox.open('ada');
    const long = 'x'.repeat(CLIENT_FRAME_BYTES);
    for (const text of ['a', 'b', long, 'c', 'd']) void add(text);
    await turn(clock);
    await frames[0]!.ack();
    await frames[1]!.ack();
    await frames[2]!.ack();
    expect(frames.map(({ texts }) => texts)).toEqual([['a', 'b'], [long], ['c', 'd']]);
  });

  test('fits the largest message that it accepts, under the longest names, into the largest command', async () => {
    const { clock, outbox, frames } = prepare();
    outbox.open('ada');
    const id = 'i'.repeat(128);
    const overhead = byteLength(JSON.stringify({ id, type: 'chat.send', data: { text: '' } })) + 1;
    const text = 'x'.repeat(MESSAGE_BYTES - 512 - overhead);
    void outbox.add({ id, type: 'chat.send', data: { text } });
    await turn(clock);
    const frame = {
      v: 1,
      action: 'publish',
      ref: 2 ** 53 - 1,
      classroomId: 'c'.repeat(128),
      messages: [{ id, type: 'chat.send', data: { text } }],
    };
    expect(frames).toHaveLength(1);
    expect(byteLength(JSON.stringify(frame))).toBeLessThanOrEqual(MESSAGE_BYTES);
    await expect(outbox.add({ id, type: 'chat.send', data: { text: `${text}x` } })).rejects.toMatchObject({
      code: 'payload-too-large',
    });
  });

  // Seen red: the message itself was kept, and was sent as the app had changed it since.
  test('sends what was published, whatever the app does to its data afterwards', async () => {
    const { clock, outbox, frames } = prepare();
    const data = { text: 'as it was' };
    void outbox.add({ id: 'id-1', type: 'chat.send', data });
    data.text = 'as it became';
    outbox.open('ada');
    await turn(clock);
    expect(frames[0]!.texts).toEqual(['as it was']);
  });
});

describe('what it accepts', () => {
  test('is bounded, and refused with a code that invites to try later', async () => {
    const { clock, outbox, frames, add } = prepare(2);
    const sent = [add('a'), add('b')];
    await expect(add('c')).rejects.toMatchObject({ code: 'rate-limited', retryable: true });
    outbox.open('ada');
    await turn(clock);
    await frames[0]!.ack();
    await Promise.all(sent);
    outbox.close();
    void add('d');
  });

  // Seen red: `JSON.stringify` threw what was then told as `internal`, which a caller would try again.
  test('is what JSON can hold', async () => {
    const { outbox } = prepare();
    const loop: Record<string, unknown> = {};
    loop['self'] = loop;
    for (const data of [loop, { big: 1n }]) {
      await expect(outbox.add({ id: 'id-1', type: 'chat.send', data })).rejects.toMatchObject({
        code: 'bad-envelope',
      });
    }
  });
});

describe('the answer', () => {
  test('resolves each message with its place, after it was told of', async () => {
    const { clock, outbox, frames, kept, add } = prepare();
    outbox.open('ada');
    const sent = [add('a'), add('b')];
    await turn(clock);
    await frames[0]!.ack();
    expect(await Promise.all(sent)).toMatchObject([
      { id: 'id-1', seq: 1 },
      { id: 'id-2', seq: 2 },
    ]);
    expect(kept).toEqual(['1 a', '2 b']);
  });

  // Seen red: left out; and what the log had told of came with all of its event.
  test('says whether replicas have it, where the backend does, and nothing that is not in a receipt', async () => {
    const { clock, outbox, frames, add } = prepare();
    outbox.open('ada');
    for (const [index, replicated] of [true, false, undefined].entries()) {
      const sent = add('a');
      await turn(clock);
      await frames[index]!.ack({}, replicated);
      expect(await sent).toEqual({ id: `id-${index + 1}`, seq: index + 1, at: clock.now(), replicated });
    }
    const sent = add('b');
    const from = { userId: 'ada', name: 'Ada', role: 'teacher' } as const;
    const event = { id: 'id-4', seq: 4, at: 5, type: 'chat.send', from, data: { text: 'b' } };
    outbox.settle(event);
    expect(await sent).toEqual({ id: 'id-4', seq: 4, at: 5 });
  });

  test('rejects the message that is refused for good, and only that', async () => {
    const { clock, outbox, frames, add } = prepare();
    outbox.open('ada');
    const [a, b, c] = [add('a'), add('b'), add('c')];
    await turn(clock);
    const refused = expect(b).rejects.toMatchObject({ code: 'forbidden' });
    await frames[0]!.ack({ b: { code: 'forbidden' } });
    await Promise.all([a, refused, c]);
    expect(frames).toHaveLength(1);
  });

  // Seen red: what was refused for now was put behind what had been published since.
  test('that refuses for now keeps the messages in their places and waits as long as the server asks', async () => {
    const { clock, outbox, frames, kept, add } = prepare();
    outbox.open('ada');
    const sent = [add('a'), add('b'), add('c')];
    await turn(clock);
    sent.push(add('d'));
    const slow = { code: 'rate-limited', retryAfterMs: 3_000 } as const;
    await frames[0]!.ack({ b: slow, c: slow });
    await clock.advance(2_999);
    expect(frames).toHaveLength(1);
    await clock.advance(1);
    await frames[1]!.ack();
    await Promise.all(sent);
    expect(frames.map(({ texts }) => texts)).toEqual([
      ['a', 'b', 'c'],
      ['b', 'c', 'd'],
    ]);
    expect(kept).toEqual(['1 a', '2 b', '3 c', '4 d']);
  });

  // Seen red: a rejoin opened the outbox at once, and the server's wish to wait was forgotten.
  test('that asks to wait is heeded although the seat is taken again meanwhile', async () => {
    const { clock, outbox, frames, add } = prepare();
    outbox.open('ada');
    void add('a');
    await turn(clock);
    await frames[0]!.ack({ a: { code: 'rate-limited', retryAfterMs: 3_000 } });
    outbox.open('ada');
    await clock.advance(2_999);
    expect(frames).toHaveLength(1);
    await clock.advance(1);
    expect(frames).toHaveLength(2);
  });

  test('that does not come makes it try again under the same ids, ever more slowly', async () => {
    const { clock, outbox, frames, add } = prepare();
    outbox.open('ada');
    void add('a');
    await turn(clock);
    for (const wait of [250, 500, 1_000]) {
      const before = frames.length;
      await frames.at(-1)!.fail('timeout');
      await clock.advance(wait - 1);
      expect(frames).toHaveLength(before);
      await clock.advance(1);
      expect(frames).toHaveLength(before + 1);
    }
  });

  test('that the frame is refused for good rejects all of it', async () => {
    const { clock, outbox, frames, add } = prepare();
    outbox.open('ada');
    const sent = [add('a'), add('b')];
    await turn(clock);
    const refused = Promise.all(
      sent.map((message) => expect(message).rejects.toMatchObject({ code: 'classroom-ended' })),
    );
    await frames[0]!.fail('classroom-ended');
    await refused;
  });

  // Seen red: each of these rejected the message, or was tried again without a seat.
  test.each(['connection-lost', 'not-joined', 'unauthorized'] as const)(
    '%s keeps everything until there is a seat again',
    async (code) => {
      const { clock, outbox, frames, asked, add } = prepare();
      outbox.open('ada');
      const sent = add('a');
      await turn(clock);
      await frames[0]!.fail(code);
      await clock.advance(60_000);
      expect([frames.length, asked.seats]).toEqual([1, code === 'not-joined' ? 1 : 0]);
      outbox.open('ada');
      await frames[1]!.ack();
      await sent;
    },
  );
});

describe('settling', () => {
  test('resolves what the log tells of, and sends it no more', async () => {
    const { clock, outbox, frames, add } = prepare();
    const sent = add('a');
    outbox.settle({ id: 'id-1', seq: 7, at: 0 });
    outbox.settle({ id: 'id-unknown', seq: 8, at: 0 });
    outbox.open('ada');
    await turn(clock);
    expect([await sent, frames.length]).toMatchObject([{ seq: 7 }, 0]);
  });

  // Seen red: a second refusal overwrote the timer of the first, which then could not be stopped.
  test('by giving up rejects everything and leaves no timer', async () => {
    const { clock, outbox, frames, add } = prepare();
    outbox.open('ada');
    const sent = [add('a'), add('b')];
    await turn(clock);
    const slow = { code: 'rate-limited', retryAfterMs: 3_000 } as const;
    await frames[0]!.ack({ a: slow, b: slow });
    const refused = Promise.all(
      sent.map((message) => expect(message).rejects.toMatchObject({ code: 'closed' })),
    );
    outbox.rejectAll(new ChalklineError('closed', 'unable to go on; the test says so'));
    await refused;
    expect(clock.pending).toBe(0);
  });
});
