import { Buffer } from 'node:buffer';
import type { EventOf, Role } from '@chalkline/client-sdk/protocol';
import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import * as z from 'zod/mini';
import { TestBackend, the } from '../testing/test-backend.ts';

let ids = 0;
const publish = (type: string, data: unknown) => ({
  action: 'publish' as const,
  ref: 9,
  classroomId: 'maths',
  messages: [{ id: `id-${(ids += 1)}`, type, data }],
});
const set = (key: string, value: unknown, userId?: string) => publish('state.set', { key, value, userId });

function drawing(text = 'a circle'): string {
  const doc = new Y.Doc();
  doc.getText('text').insert(0, text);
  return Buffer.from(Y.encodeStateAsUpdate(doc)).toString('base64');
}

/** `kept`, or code and message of the refusal. */
async function outcomeOf(backend: TestBackend, connectionId: string, command: ReturnType<typeof publish>) {
  backend.heard(connectionId);
  const { results }: EventOf<'ack'> = the('ack', await backend.say(connectionId, command));
  const [result] = results;
  if (!result || 'seq' in result) return 'kept';
  return `${result.error.code}: ${result.error.message}`;
}

async function beginLesson(): Promise<TestBackend> {
  const backend = new TestBackend({
    state: {
      material: { schema: z.object({ url: z.string() }), writers: ['student'] },
      mood: { schema: z.string(), perMember: true },
    },
  });
  await backend.join('ada', 'ben', 'chen', 'dan');
  return backend;
}

describe('the table of role × key of the state', () => {
  const timer = { endsAt: 1 };
  const cells: [key: string, value: unknown, owner: string | undefined, roles: Role[]][] = [
    ['access.chat', { isOpen: false }, undefined, ['teacher']],
    ['access.chat', { isOpen: true }, 'their own', ['teacher']],
    ['access.chat', { isOpen: false }, 'dan', ['teacher']],
    ['board.page', { pageId: 'p1' }, undefined, ['teacher']],
    ['board.leader', { userId: 'ada' }, undefined, ['teacher']],
    ['spotlight', { userId: 'ben' }, undefined, ['teacher']],
    ['timer', timer, undefined, ['teacher']],
    ['timer', null, undefined, ['teacher']],
    ['material', { url: 'https://example.org' }, undefined, ['student']],
    ['removed', { removedAt: 1 }, 'dan', ['teacher']],
    ['removed', null, 'their own', ['teacher']],
    ['role', { role: 'teacher' }, 'their own', ['teacher']],
    ['role', { role: 'teacher' }, 'dan', ['teacher']],
    ['role', null, 'dan', ['teacher']],
    ['hand', { raisedAt: 1 }, 'their own', ['teacher', 'student']],
    ['hand', { raisedAt: 1 }, 'dan', ['teacher']],
    ['hand', null, 'dan', ['teacher']],
    ['mood', 'well', 'their own', ['teacher', 'student']],
    ['mood', 'well', 'dan', ['teacher']],
  ];
  // Seen red: the writers of a key not asked for; the owner of an entry not asked for.
  for (const [key, value, owner, roles] of cells) {
    for (const [user, role] of [
      ['ada', 'teacher'],
      ['ben', 'student'],
      ['chen', 'observer'],
    ] as const) {
      const may = roles.includes(role);
      const what = `${value === null ? 'delete' : 'set'} ${key}${owner === undefined ? '' : ` of ${owner}`}`;
      it(`${may ? 'lets' : 'does not let'} ${role} ${what}`, async () => {
        const backend = await beginLesson();
        const outcome = await outcomeOf(backend, user, set(key, value, owner === 'their own' ? user : owner));
        expect(outcome).toBe(
          may ? 'kept' : 'forbidden: unable to publish state.set; your role may not publish this',
        );
      });
    }
  }

  it('refuses what the definition of the key does not say', async () => {
    const backend = await beginLesson();
    const refused = async (key: string, value: unknown, userId?: string) =>
      (await outcomeOf(backend, 'ada', set(key, value, userId))).split(':')[0];
    expect(await refused('secret', 1)).toBe('bad-envelope');
    expect(await refused('timer', { endsAt: 'soon' })).toBe('bad-envelope');
    expect(await refused('timer', { endsAt: 1 }, 'ben')).toBe('bad-envelope');
    expect(await refused('mood', 'well')).toBe('bad-envelope');
    expect(await refused('mood', 'x'.repeat(16 * 1024), 'ada')).toBe('payload-too-large');
    expect(await refused('a key', 1)).toBe('bad-envelope');
  });
});

describe('access', () => {
  // Seen red: no topic given to the store.
  it('keeps students out of a closed topic with a reason for people, and lets the one in who is named', async () => {
    const backend = await beginLesson();
    const board = publish('board.update', { document: 'board', update: drawing() });
    const chat = publish('chat.send', { text: 'Hello' });
    expect(await outcomeOf(backend, 'ada', set('access.board', { isOpen: false }))).toBe('kept');
    expect(await outcomeOf(backend, 'ada', set('access.board', { isOpen: true }, 'dan'))).toBe('kept');
    expect(await outcomeOf(backend, 'ben', board)).toBe(
      'forbidden: unable to publish board.update; the board is locked',
    );
    expect(await outcomeOf(backend, 'dan', board)).toBe('kept');
    expect(await outcomeOf(backend, 'ada', board)).toBe('kept');
    const notes = publish('board.update', { document: 'notes', update: drawing() });
    expect(await outcomeOf(backend, 'ben', notes)).toBe('kept');
    expect(await outcomeOf(backend, 'ben', chat)).toBe('kept');
    await outcomeOf(backend, 'ada', set('access.chat', { isOpen: false }, 'ben'));
    expect(await outcomeOf(backend, 'ben', publish('chat.send', { text: 'Hello' }))).toBe(
      'forbidden: unable to publish chat.send; the chat is muted',
    );
    expect(await outcomeOf(backend, 'dan', publish('chat.send', { text: 'Hello' }))).toBe('kept');
  });

  // Seen red: all signals of the frame dropped; none of them.
  it('drops the signals of a closed topic, says so, and passes the others on', async () => {
    const backend = await beginLesson();
    await outcomeOf(backend, 'ada', set('access.board', { isOpen: false }));
    backend.posts.length = 0;
    const signals = [
      { type: 'board.ink', data: 1 },
      { type: 'chat.typing', data: true },
    ];
    const heard = await backend.say('ben', { action: 'signal', classroomId: 'maths', signals });
    expect(the('error', heard)).toMatchObject({ classroomId: 'maths', code: 'forbidden', retryable: false });
    expect(the('signals', backend.heard('ada')).signals).toEqual([{ type: 'chat.typing', data: true }]);
    await backend.say('ben', { action: 'signal', classroomId: 'maths', signals: signals.slice(0, 1) });
    expect(backend.heard('ada')).toEqual([]);
    expect(await backend.say('ada', { action: 'signal', classroomId: 'maths', signals })).toEqual([]);
  });
});

describe('joining', () => {
  it('brings the state, however much it is, and the chat beside it', async () => {
    const backend = await beginLesson();
    await outcomeOf(backend, 'ada', publish('chat.send', { text: 'Hello' }));
    for (let index = 0; index < 20; index += 1) {
      expect(await outcomeOf(backend, 'ada', set('mood', 'x'.repeat(16_000), `user-${index}`))).toBe('kept');
    }
    const join = { action: 'join', ref: 1, clientId: 'tab', classroomId: 'maths' } as const;
    const joined = the('joined', await backend.say('eve', join));
    expect(joined.state).toHaveLength(20);
    expect(joined.chat).toHaveLength(1);
    const again = the('joined', await backend.say('eve', { ...join, position: joined.head }));
    expect(again).not.toHaveProperty('state');
  });
});

describe('an update of a document', () => {
  it.each([
    ['no Yjs update', Buffer.from('rubbish').toString('base64')],
    [
      'an update and more',
      Buffer.concat([Buffer.from(drawing(), 'base64'), Buffer.alloc(9)]).toString('base64'),
    ],
    ['half an update', Buffer.from(drawing(), 'base64').subarray(0, 9).toString('base64')],
    ['nothing', ''],
    ['no base64', 'x-y_z'],
  ])('is refused if it is %s', async (_, update) => {
    const backend = await beginLesson();
    const outcome = await outcomeOf(backend, 'ben', publish('board.update', { document: 'board', update }));
    expect(outcome).toMatch(/^bad-envelope: unable to publish/);
    const load = { action: 'load', ref: 1, classroomId: 'maths', document: 'board', after: 0 } as const;
    expect(the('document', await backend.say('chen', load))).toMatchObject({
      pieces: [],
      isLast: true,
      bytes: 0,
    });
  });

  it('is what everyone with a seat loads, and nobody else', async () => {
    const backend = await beginLesson();
    const update = drawing();
    expect(await outcomeOf(backend, 'ben', publish('board.update', { document: 'board', update }))).toBe(
      'kept',
    );
    const load = { action: 'load', ref: 1, classroomId: 'maths', document: 'board', after: 0 } as const;
    for (const connectionId of ['ada', 'chen']) {
      const page = the('document', (await backend.say(connectionId, load)).slice(-1));
      expect(page.pieces).toEqual([{ n: 1, index: 0, count: 1, data: update }]);
    }
    expect(the('error', await backend.say('eve', load)).code).toBe('not-joined');
  });
});

describe('a message type that keeps the newest', () => {
  const vote = (choice: unknown) => publish('poll.vote', { choice });

  it('gives a newcomer the newest of each member', async () => {
    const backend = new TestBackend({
      messages: { 'poll.vote': { schema: z.object({ choice: z.string() }), keepsNewest: true } },
    });
    await backend.join('ada', 'ben', 'dan');
    for (const [user, choice] of [
      ['ben', 'a'],
      ['dan', 'a'],
      ['ben', 'b'],
    ] as const) {
      expect(await outcomeOf(backend, user, vote(choice))).toBe('kept');
    }
    expect(await outcomeOf(backend, 'dan', vote('x'.repeat(17_000)))).toMatch(/^payload-too-large: .+16384/);
    expect(await outcomeOf(backend, 'dan', vote(3))).toMatch(/^bad-envelope/);
    const join = { action: 'join', ref: 1, clientId: 'tab', classroomId: 'maths' } as const;
    const { state = [] } = the('joined', await backend.say('eve', join));
    expect(state.map(({ type, from, data }) => [type, from.userId, data])).toEqual([
      ['poll.vote', 'dan', { choice: 'a' }],
      ['poll.vote', 'ben', { choice: 'b' }],
    ]);
  });
});

describe('a role given in class', () => {
  it('is what the next join tells of, with its permissions', async () => {
    const backend = await beginLesson();
    const join = { action: 'join', ref: 1, clientId: 'tab-of-ben', classroomId: 'maths' } as const;
    const permissions = async () => the('joined', await backend.say('ben', join)).permissions;
    expect(await permissions()).not.toContain('end');
    expect(await outcomeOf(backend, 'ada', set('role', { role: 'teacher' }, 'ben'))).toBe('kept');
    backend.posts.length = 0;
    expect(await permissions()).toEqual(expect.arrayContaining(['end', 'state.set timer']) as string[]);
    expect(await permissions()).not.toContain('state.set role *');
    expect(await outcomeOf(backend, 'ben', set('role', { role: 'teacher' }, 'dan'))).toMatch(/^forbidden/);
    expect(await outcomeOf(backend, 'ben', set('timer', { endsAt: 1 }))).toBe('kept');
    expect(await outcomeOf(backend, 'ada', set('role', null, 'ben'))).toBe('kept');
    expect(await outcomeOf(backend, 'ben', set('timer', { endsAt: 2 }))).toMatch(/^forbidden/);
  });
});
