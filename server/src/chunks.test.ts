import {
  byteLength,
  CLIENT_FRAME_BYTES,
  decodeEvent,
  MESSAGE_BYTES,
  SERVER_FRAME_BYTES,
  splitFrame,
  type ServerEvent,
} from '@chalkline/client-sdk/protocol';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { broadcast } from './broadcast.ts';
import { TestBackend, the } from './testing/test-backend.ts';

const messages = { 'note.take': { schema: z.unknown() } };
/** A publish whose data is this JSON text. */
const publishText = (data: string, id = 'note-1'): string =>
  `{"v":1,"action":"publish","ref":7,"classroomId":"maths","messages":[{"id":"${id}","type":"note.take","data":${data}}]}`;
const chunksOf = (text: string, id = '7'): string[] => splitFrame(text, CLIENT_FRAME_BYTES, id);

async function sayAll(backend: TestBackend, frames: readonly string[]): Promise<ServerEvent[]> {
  const heard: ServerEvent[] = [];
  for (const frame of frames) heard.push(...(await backend.sayRaw('ada', frame)));
  return heard;
}

describe('a command in chunks', () => {
  // Seen red: carried out with its first part; the event posted whole, which the gateway would have refused.
  it('is carried out with its last part, and everyone hears it in frames of at most 128 KB', async () => {
    const backend = new TestBackend({ messages });
    await backend.join('ada', 'ben');
    const data = 'é😀"'.repeat(40_000);
    const chunks = chunksOf(publishText(JSON.stringify(data))).reverse();
    expect(await sayAll(backend, chunks.slice(1))).toEqual([]);
    expect(the('ack', await sayAll(backend, chunks.slice(0, 1)))).toMatchObject({
      ref: 7,
      results: [{ id: 'note-1', seq: 3 }],
    });
    expect(backend.posts.length).toBeGreaterThan(2);
    expect(the('events', backend.heard('ben')).events).toMatchObject([{ seq: 3, data }]);
    expect(backend.lines.at(-2)).toMatchObject({ action: 'chunk', outcome: 'ok' });
    expect(backend.lines.at(-1)).toMatchObject({ action: 'publish', outcome: 'ok', classroomId: 'maths' });
  });

  // Seen red: only the size looked at with which it came.
  it.each([
    ['more than 512 KB', JSON.stringify('x'.repeat(MESSAGE_BYTES))],
    ['numbers that grow beyond 512 KB when they are written again', `[${Array(30_000).fill('1e20').join()}]`],
  ])('is refused with its ref where it has %s', async (_, data) => {
    const backend = new TestBackend({ messages });
    await backend.join('ada', 'ben');
    const error = the('error', await sayAll(backend, chunksOf(publishText(data))));
    expect(error).toMatchObject({ code: 'payload-too-large', ref: 7, retryable: false });
    expect(backend.posts).toEqual([]);
  });

  it('is taken up to just 512 KB', async () => {
    const backend = new TestBackend({ messages });
    await backend.join('ada', 'ben');
    const room = MESSAGE_BYTES - byteLength(publishText('""'));
    the('ack', await sayAll(backend, chunksOf(publishText(JSON.stringify('x'.repeat(room))))));
    expect(the('events', backend.heard('ben')).events).toHaveLength(1);
  });

  it('may be sent again under a new chunk id after a part was lost, and is kept once', async () => {
    const backend = new TestBackend({ messages });
    await backend.join('ada', 'ben');
    const text = publishText(JSON.stringify('x'.repeat(100_000)));
    expect(await sayAll(backend, chunksOf(text, '7').slice(1))).toEqual([]);
    the('ack', await sayAll(backend, chunksOf(text, '8')));
    // The lost part was only late.
    the('ack', await sayAll(backend, chunksOf(text, '7').slice(0, 1)));
    expect(backend.heard('ben')).toHaveLength(1);
  });

  // Seen red: the refusal of the store not counted as a frame that could not be read.
  it('counts as rubbish where its parts contradict each other', async () => {
    const backend = new TestBackend();
    const wrong = '{"v":1,"action":"chunk","id":"1","index":2,"count":2,"data":"x"}';
    const heard = await sayAll(backend, Array<string>(20).fill(wrong));
    expect(heard.at(-1)).toMatchObject({ action: 'bye', code: 'bad-envelope' });
    expect(backend.disconnected).toEqual(['ada']);
  });
});

describe('an event above 128 KB', () => {
  it('is posted in chunks, in order with the frames around it', async () => {
    const backend = new TestBackend();
    const large = JSON.stringify({ v: 1, action: 'bye', code: 'closed', message: '陈'.repeat(100_000) });
    await broadcast(
      backend,
      ['ada', 'ben'].flatMap((connectionId) =>
        ['first', large, 'last'].map((frame) => ({ connectionId, frame })),
      ),
    );
    for (const connectionId of ['ada', 'ben']) {
      const frames = backend.posts.filter((post) => post.connectionId === connectionId);
      expect([frames[0]?.frame, frames.at(-1)?.frame]).toEqual(['first', 'last']);
      const chunks = frames.slice(1, -1).map(({ frame }) => {
        expect(byteLength(frame)).toBeLessThanOrEqual(SERVER_FRAME_BYTES);
        const chunk = decodeEvent(frame);
        return chunk?.action === 'chunk' ? chunk : undefined;
      });
      expect(chunks.map((chunk) => chunk?.data).join('')).toBe(large);
      expect(chunks.map((chunk) => chunk?.index)).toEqual([0, 1, 2]);
    }
  });

  // Seen red: one id for all, so that a second frame was taken for the parts of the first.
  it('has an id of its own', async () => {
    const backend = new TestBackend({ messages });
    await backend.join('ada', 'ben');
    for (const id of ['note-1', 'note-2']) {
      await sayAll(backend, chunksOf(publishText(JSON.stringify(id.repeat(30_000)), id), id));
    }
    expect(backend.heard('ben')).toMatchObject([
      { events: [{ id: 'note-1' }] },
      { events: [{ id: 'note-2' }] },
    ]);
  });

  it('may be a `joined` whose roster alone is larger', async () => {
    const backend = new TestBackend();
    const { join: take } = backend.store;
    const absent = { name: 'n'.repeat(128), role: 'student', status: 'online', joinedAt: 0 } as const;
    const members = Array.from({ length: 1000 }, (_, index) => ({ ...absent, userId: `member-${index}` }));
    backend.store.join = async (request) => ({ ...(await take(request)), members });
    const join = { action: 'join', ref: 1, clientId: 'tab', classroomId: 'maths' } as const;
    const joined = the('joined', await backend.say('ada', join));
    expect(joined.members).toHaveLength(1000);
    expect(byteLength(JSON.stringify(joined))).toBeGreaterThan(SERVER_FRAME_BYTES);
  });
});
