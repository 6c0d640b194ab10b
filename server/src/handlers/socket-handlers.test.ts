import { describe, expect, it } from 'vitest';
import type { ConnectionRecord } from '../ports.ts';
import { socketEvent } from '../testing/events.ts';
import { TestBackend, the } from '../testing/test-backend.ts';
import { connectHandler } from './connect.ts';
import { disconnectHandler } from './disconnect.ts';
import { messageHandler } from './message.ts';

describe('$connect', () => {
  it('stores the connection with its user and the classrooms of its token', async () => {
    const backend = new TestBackend();
    const stored: ConnectionRecord[] = [];
    backend.store.connect = (connection) => {
      stored.push(connection);
      return Promise.resolve();
    };
    await connectHandler(backend)(socketEvent('c-1', backend.claims('ada')));
    expect(stored).toEqual([{ connectionId: 'c-1', userId: 'ada', classroomIds: ['maths', 'history'] }]);
    expect(backend.lines).toEqual([{ action: 'connect', outcome: 'ok', connectionId: 'c-1', userId: 'ada' }]);
  });

  it('echoes the app protocol and nothing else', async () => {
    // Seen red: the offered protocols sent back, the token among them.
    const backend = new TestBackend();
    expect(await connectHandler(backend)(socketEvent('c-1', backend.claims('ada')))).toEqual({
      statusCode: 200,
      headers: { 'Sec-WebSocket-Protocol': 'chalkline.v1' },
    });
  });

  it('posts nothing: the connection is not there until it has answered', async () => {
    const backend = new TestBackend();
    await connectHandler(backend)(socketEvent('c-1', backend.claims('ada')));
    expect(backend.posts).toEqual([]);
  });

  it('fails where the authorizer left no claims', async () => {
    const backend = new TestBackend();
    const event = socketEvent('c-1', backend.claims('ada'));
    Object.assign(event.requestContext, { authorizer: undefined });
    await expect(connectHandler(backend)(event)).rejects.toThrow();
  });
});

describe('$disconnect', () => {
  // Seen red: every end taken for clean; 1001 taken for clean whatever its reason.
  it.each([
    [1000, '', 'member.leave'],
    [1005, 'Client-side close frame status not set', 'member.leave'],
    [1001, '', 'member.leave'],
    [1001, 'Going away', 'member.drop'],
    [1006, 'Connection Closed Abnormally', 'member.drop'],
    [1009, '', 'member.drop'],
    [undefined, undefined, 'member.drop'],
  ])('with %s "%s" tells the others %s', async (disconnectStatusCode, disconnectReason, type) => {
    const backend = new TestBackend();
    await backend.join('ada', 'ben');
    const context = disconnectStatusCode === undefined ? {} : { disconnectStatusCode, disconnectReason };
    const event = socketEvent('ben', backend.claims('ben'), context);
    expect(await disconnectHandler(backend)(event)).toEqual({ statusCode: 200 });
    expect(the('events', backend.heard('ada')).events).toMatchObject([{ type, from: { userId: 'ben' } }]);
    expect(backend.posts).toEqual([]);
  });

  it('may come twice, or late, and the second says nothing', async () => {
    const backend = new TestBackend();
    await backend.join('ada', 'ben');
    const event = socketEvent('ben', backend.claims('ben'), { disconnectStatusCode: 1006 });
    await disconnectHandler(backend)(event);
    await backend.say('ben-2', { action: 'join', ref: 1, clientId: 'tab-of-ben', classroomId: 'maths' });
    backend.posts.length = 0;
    await disconnectHandler(backend)(event);
    expect(backend.posts).toEqual([]);
    expect((await backend.store.audience('maths', 'ada')).recipients).toEqual(['ben-2']);
  });
});

describe('$default', () => {
  it('carries out one frame as the user of the token', async () => {
    const backend = new TestBackend();
    await backend.join('ada', 'ben');
    const body = JSON.stringify({
      v: 1,
      action: 'publish',
      ref: 1,
      classroomId: 'maths',
      messages: [{ id: 'a', type: 'chat.send', data: { text: 'hi' } }],
    });
    const event = socketEvent('ben', backend.claims('ben'), { body });
    expect(await messageHandler(backend)(event)).toEqual({ statusCode: 200 });
    the('ack', backend.heard('ben'));
    expect(the('events', backend.heard('ada')).events).toMatchObject([{ from: { userId: 'ben' } }]);
  });

  it('answers a frame without a body with a coded error', async () => {
    const backend = new TestBackend();
    await messageHandler(backend)(socketEvent('ben', backend.claims('ben')));
    expect(the('error', backend.heard('ben')).code).toBe('bad-envelope');
  });
});
