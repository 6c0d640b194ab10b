import { ChalklineError } from '@chalkline/client-sdk/protocol';
import { describe, expect, it } from 'vitest';
import { createMemoryStore } from './adapters/memory/memory-store.ts';
import { TestBackend, the } from './testing/test-backend.ts';

/** Sends `count` frames that cannot be read. */
async function rant(backend: TestBackend, connectionId: string, count: number, body = '{'): Promise<void> {
  for (let index = 0; index < count; index += 1) the('error', await backend.sayRaw(connectionId, body));
}

describe('a client that keeps sending rubbish', () => {
  it('is told bye after the twentieth frame, the error before it, and then disconnected', async () => {
    // Seen red: never counted; `bye` posted after the disconnect, when nobody hears it.
    const backend = new TestBackend();
    await backend.join('ben', 'ada');
    await rant(backend, 'ada', 19);
    expect(backend.disconnected).toEqual([]);
    const disconnect = backend.gateway.disconnect;
    let heardBefore = -1;
    backend.gateway.disconnect = (connectionId) => {
      heardBefore = backend.posts.length;
      return disconnect(connectionId);
    };
    expect(await backend.sayRaw('ada', '{')).toMatchObject([
      { action: 'error', code: 'bad-envelope' },
      {
        action: 'bye',
        code: 'bad-envelope',
        message: 'unable to go on; 20 frames within 60 s could not be read',
      },
    ]);
    expect(backend.disconnected).toEqual(['ada']);
    expect(heardBefore).toBe(2);
    expect(backend.heard('ben')).toEqual([]);
    expect(backend.lines.at(-1)).toMatchObject({
      outcome: 'bad-envelope',
      connectionId: 'ada',
      isLast: true,
    });
  });

  it('is judged by its own frames only', async () => {
    const backend = new TestBackend();
    await rant(backend, 'ada', 19);
    await rant(backend, 'ben', 19);
    expect(backend.disconnected).toEqual([]);
  });

  it('may go on if a minute has passed since the first', async () => {
    const backend = new TestBackend();
    await rant(backend, 'ada', 19);
    backend.now += 60_000;
    await rant(backend, 'ada', 19);
    expect(backend.disconnected).toEqual([]);
  });

  it.each([
    ['another version', JSON.stringify({ v: 2, action: 'ping', ref: 1 })],
    ['an unknown command', JSON.stringify({ v: 1, action: 'shout', ref: 1 })],
    ['too many bytes', 'x'.repeat(33_000)],
  ])('may send %s just as rarely', async (_name, body) => {
    const backend = new TestBackend();
    await rant(backend, 'ada', 19, body);
    await backend.sayRaw('ada', body);
    expect(backend.disconnected).toEqual(['ada']);
  });
});

describe('a client that is refused for another reason', () => {
  it('is never disconnected, however often', async () => {
    // Seen red: every refusal counted.
    const backend = new TestBackend();
    const body = JSON.stringify({ v: 1, action: 'history', ref: 1, classroomId: 'maths', limit: 1 });
    await rant(backend, 'ada', 40, body);
    expect(backend.disconnected).toEqual([]);
  });

  it('is not disconnected by a store that cannot count', async () => {
    // Seen red: the failure of the store taking the place of the answer.
    const store = createMemoryStore({ clock: () => 0 });
    store.strike = () => Promise.reject(new ChalklineError('internal', 'unable to count the frame; down'));
    const backend = new TestBackend({ store });
    await rant(backend, 'ada', 40);
    expect(backend.disconnected).toEqual([]);
    expect(backend.lines[0]).toEqual({ action: 'strike', outcome: 'internal', connectionId: 'ada' });
  });
});
