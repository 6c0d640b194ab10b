import { ChalklineError } from '@chalkline/client-sdk';
import { createPinia, setActivePinia } from 'pinia';
import { beforeEach, describe, expect, it } from 'vitest';
import { effectScope, isReactive, watch } from 'vue';
import { ada, ben, messageOf } from '../testing/mount-classroom.ts';
import { ScriptedClient } from '../testing/scripted-client.ts';
import { useChatStore } from './chat.ts';
import { useClassroomStore } from './classroom.ts';
import { useConnectionStore } from './connection.ts';
import { useMembersStore } from './members.ts';

function inScope<T>(run: () => T): { result: T; end: () => void } {
  const scope = effectScope(true);
  return { result: scope.run(run) as T, end: () => scope.stop() };
}

beforeEach(() => {
  setActivePinia(createPinia());
});

describe('a store of a classroom', () => {
  it('follows the SDK and hands its arrays on as they are', () => {
    const classroom = new ScriptedClient().classroom('math-101');
    const { result: store } = inScope(() => useChatStore(classroom));
    const messages = [messageOf(ada, 1)];
    classroom.chat.set(messages);
    // Not a proxy of it: ten thousand messages must not be made reactive one by one.
    expect(store.messages).toBe(messages);
    expect(isReactive(store.messages[0])).toBe(false);
  });

  it('is one for all who use it, and another for another classroom', () => {
    const client = new ScriptedClient();
    const { result } = inScope(() => [
      useChatStore(client.classroom('math-101')),
      useChatStore(client.classroom('math-101')),
      useChatStore(client.classroom('art-7')),
    ]);
    expect(result[0]).toBe(result[1]);
    expect(result[0]).not.toBe(result[2]);
    client.classroom('art-7').chat.set([messageOf(ada, 1)]);
    expect(result.map((store) => store.messages.length)).toEqual([0, 0, 1]);
  });

  it('keeps two clients apart who are in a classroom of the same id', () => {
    const [one, two] = [new ScriptedClient(), new ScriptedClient()].map((client) =>
      client.classroom('math-101'),
    );
    const { result } = inScope(() => [useChatStore(one), useChatStore(two)]);
    two!.chat.set([messageOf(ada, 1)]);
    expect(result.map((store) => [store.$id, store.messages.length])).toEqual([
      ['chalkline/chat/math-101', 0],
      ['chalkline/chat/math-101#2', 1],
    ]);
  });

  // Seen red without the count of users: the first scope's end unsubscribed the second.
  it('lets go of the SDK when the scope of its last user ends, and begins anew after that', () => {
    const classroom = new ScriptedClient().classroom('math-101');
    const first = inScope(() => useChatStore(classroom));
    const second = inScope(() => useChatStore(classroom));
    first.end();
    classroom.chat.set([messageOf(ada, 1)]);
    expect(second.result.messages).toHaveLength(1);
    second.end();
    expect(classroom.chat.listenerCount).toBe(0);
    expect(classroom.listenerCount).toBe(0);

    classroom.chat.set([messageOf(ada, 1), messageOf(ben, 2)]);
    expect(inScope(() => useChatStore(classroom)).result.messages).toHaveLength(2);
  });

  it('says what is missing where no classroom is named and none is around', () => {
    expect(() => inScope(() => useChatStore())).toThrow('useChatStore() needs a classroom');
    expect(() => inScope(() => useChatStore('math-101'))).toThrow('There is no Chalkline client here');
    expect(() => inScope(() => useConnectionStore())).toThrow('There is no Chalkline client here');
  });

  it('says that Pinia is missing', () => {
    setActivePinia(undefined);
    expect(() => inScope(() => useChatStore(new ScriptedClient().classroom('math-101')))).toThrow(
      'call app.use(createPinia()) first',
    );
  });
});

describe('the chat store', () => {
  it('shares one load of older messages, and tells of a failed one', async () => {
    const room = new ScriptedClient().classroom('math-101');
    room.chat.set([messageOf(ada, 9)], true);
    const { result: store } = inScope(() => useChatStore(room));
    const loading = store.loadOlder();
    const first = room.chat.loading;
    await store.loadOlder();
    expect(room.chat.loading).toBe(first);
    expect(store.olderStatus).toBe('loading');

    first?.reject(new ChalklineError('timeout', 'unable to load; no answer'));
    await loading;
    expect(store.olderStatus).toBe('failed');

    const again = store.loadOlder();
    room.chat.loading?.resolve();
    await again;
    expect(store.olderStatus).toBe('idle');
  });

  it('knows whether we may write from the moment we are let in', () => {
    const classroom = new ScriptedClient().classroom('math-101');
    const { result: store } = inScope(() => useChatStore(classroom));
    expect(store.canSend).toBe(false);
    classroom.admit('student');
    expect(store.canSend).toBe(true);
    classroom.admit('observer');
    expect(store.canSend).toBe(false);
  });

  it('hands on who is typing, and our own typing', () => {
    const classroom = new ScriptedClient().classroom('math-101');
    const { result: store } = inScope(() => useChatStore(classroom));
    classroom.typing.set([ada]);
    expect(store.typing).toEqual([ada]);
    store.startTyping();
    store.stopTyping();
    expect(classroom.typing.said).toEqual(['start', 'stop']);
  });
});

describe('the classroom store', () => {
  it('remembers that we have been in until we leave', () => {
    const classroom = new ScriptedClient().classroom('math-101');
    const { result: store } = inScope(() => useClassroomStore(classroom));
    const seen: boolean[] = [];
    watch(
      () => store.hasJoined,
      (hasJoined) => seen.push(hasJoined),
      { flush: 'sync' },
    );
    classroom.admit('student');
    classroom.set('failed', new ChalklineError('unauthorized', 'unable to go on; the token has ended'));
    expect(store.hasJoined).toBe(true);
    classroom.set('left');
    expect(seen).toEqual([true, false]);
  });

  it('shows a refused join and does not throw it', async () => {
    const classroom = new ScriptedClient().classroom('math-101');
    const refusal = new ChalklineError('forbidden', 'unable to join; not on the list');
    classroom.join = () => {
      classroom.set('failed', refusal);
      return Promise.reject(refusal);
    };
    const { result: store } = inScope(() => useClassroomStore(classroom));
    await store.join();
    expect([store.status, store.cause]).toEqual(['failed', refusal]);
  });
});

describe('the connection store', () => {
  it('follows the client and forwards what a person asks for', () => {
    const client = new ScriptedClient();
    const { result: store, end } = inScope(() => useConnectionStore(client));
    store.connect();
    expect(store.status).toBe('connecting');
    store.reconnect();
    expect(client.said).toEqual(['connect', 'reconnect']);
    end();
    expect(client.listenerCount).toBe(0);
  });
});

describe('the members store', () => {
  it('follows the presence', () => {
    const classroom = new ScriptedClient().classroom('math-101');
    const { result: store } = inScope(() => useMembersStore(classroom));
    classroom.presence.set([{ ...ada, status: 'online', joinedAt: 1 }]);
    expect(store.members.map(({ name }) => name)).toEqual(['Ada']);
  });
});
