import type { ClassroomEvent } from '@chalkline/client-sdk/protocol';
import { expect, it } from 'vitest';
import * as Y from 'yjs';
import { TestBackend, the } from '../testing/test-backend.ts';

const end = { action: 'end', ref: 7, classroomId: 'maths' } as const;
const join = { action: 'join', ref: 1, clientId: 'tab', classroomId: 'maths' } as const;
const publish = (type: string, ...items: [id: string, data: unknown][]) => ({
  action: 'publish' as const,
  ref: 2,
  classroomId: 'maths',
  messages: items.map(([id, data]) => ({ id, type, data })),
});

it('tells everyone that the class is over, and each who comes later', async () => {
  const backend = new TestBackend();
  await backend.join('ada', 'ben');
  const [ended, told] = await backend.say('ada', end);
  expect(ended).toMatchObject({ action: 'ended', ref: 7, classroomId: 'maths' });
  expect(backend.disconnected.toSorted()).toEqual(['ada', 'ben']);
  for (const event of [told, the('error', backend.heard('ben'))]) {
    expect(event).toMatchObject({ code: 'classroom-ended', classroomId: 'maths', retryable: false });
  }
  expect(the('error', await backend.say('ben', join))).toMatchObject({ ref: 1, code: 'classroom-ended' });
  expect(the('error', await backend.say('ada', publish('chat.send', ['a', { text: 'a' }]))).code).toBe(
    'not-joined',
  );
});

it('closes no socket that is in another class, too', async () => {
  const backend = new TestBackend();
  await backend.join('ada', 'ben');
  await backend.say('ben', { ...join, clientId: 'tab-of-ben', classroomId: 'history' });
  await backend.say('ada', end);
  expect(backend.disconnected).toEqual(['ada']);
});

it('is for teachers', async () => {
  const backend = new TestBackend();
  await backend.join('ada', 'ben', 'chen');
  for (const connectionId of ['ben', 'chen']) {
    expect(the('error', await backend.say(connectionId, end))).toMatchObject({ ref: 7, code: 'forbidden' });
  }
  expect(backend.posts).toEqual([]);
});

// Seen red: only the newest page of the chat given; the seat given up before the hook read.
it('gives the platform chat, state and documents, after everyone has been told', async () => {
  const kept: { chat: ClassroomEvent[]; state: readonly ClassroomEvent[]; texts: string[]; posts: number }[] =
    [];
  const backend = new TestBackend({
    limits: { rateBurst: Infinity },
    onEnded: async ({ chat, state, documents, document }) => {
      const updates = await Promise.all(documents.map(document));
      const texts = updates.map((update) => {
        const doc = new Y.Doc();
        Y.applyUpdate(doc, update);
        return doc.getText('text').toJSON();
      });
      kept.push({ chat: await chat(), state, texts, posts: backend.posts.length });
    },
  });
  await backend.join('ada', 'ben');
  const texts = Array.from({ length: 150 }, (_, index): [string, unknown] => [
    `t${index}`,
    { text: `${index}` },
  ]);
  await backend.say('ada', publish('chat.send', ...texts));
  await backend.say('ada', publish('state.set', ['s', { key: 'timer', value: { endsAt: 1 } }]));
  const doc = new Y.Doc();
  for (const [index, word] of ['a', ' board'].entries()) {
    doc.getText('text').insert(doc.getText('text').length, word);
    const update = Buffer.from(Y.encodeStateAsUpdate(doc)).toString('base64');
    await backend.say('ben', publish('board.update', [`u${index}`, { document: 'board', update }]));
  }
  backend.posts.length = 0;
  await backend.say('ada', end);
  expect(kept).toHaveLength(1);
  expect(kept[0]?.chat.map(({ id }) => id)).toEqual(texts.map(([id]) => id));
  expect(kept[0]?.state.map(({ id }) => id)).toEqual(['s']);
  expect(kept[0]).toMatchObject({ texts: ['a board'], posts: 3 });
});

it('logs what the platform could not keep, and the class is over all the same', async () => {
  const backend = new TestBackend({ onEnded: () => Promise.reject(new Error('the bucket is gone')) });
  await backend.join('ada');
  await backend.say('ada', end);
  expect(backend.lines).toContainEqual(expect.objectContaining({ action: 'export', outcome: 'internal' }));
  expect(the('error', await backend.say('ada', join)).code).toBe('classroom-ended');
});

it('removing a member tells them that their seat is gone, and at their join why', async () => {
  const backend = new TestBackend();
  await backend.join('ada', 'ben', 'dan');
  const entry = { key: 'removed', value: { removedAt: 1 }, userId: 'ben' };
  the('ack', await backend.say('ada', publish('state.set', ['r', entry])));
  expect(the('error', backend.heard('ben'))).toMatchObject({ code: 'not-joined', classroomId: 'maths' });
  expect(the('events', backend.heard('dan')).events).toMatchObject([
    { type: 'state.set' },
    { type: 'member.leave' },
  ]);
  expect(the('error', await backend.say('ben', join))).toMatchObject({ code: 'removed', retryable: false });
});
