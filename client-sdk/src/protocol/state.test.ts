import * as z from 'zod/mini';
import { describe, expect, it } from 'vitest';
import {
  accessKey,
  checkMessage,
  builtInMessages,
  checkState,
  isOpen,
  type StateDefinitions,
} from './index.ts';

const definitions: StateDefinitions = {
  material: { schema: z.object({ url: z.string() }) },
  mood: { schema: z.string(), perMember: true },
  // Not what it says: Chalkline's own key goes before it.
  timer: { schema: z.string() },
};

describe('an entry of the state', () => {
  it('is what the schema of its key reads', () => {
    expect(checkState(definitions, { key: 'material', value: { url: 'a', more: 1 } })).toEqual({
      key: 'material',
      value: { url: 'a' },
    });
    expect(checkState({}, { key: 'hand', value: { raisedAt: 1 }, userId: 'ben' })).toEqual({
      key: 'hand',
      value: { raisedAt: 1 },
      userId: 'ben',
    });
    for (const entry of [
      { key: 'access.chat', value: { isOpen: true } },
      { key: 'access.chat', value: { isOpen: false }, userId: 'ben' },
    ])
      expect(checkState({}, entry)).toEqual(entry);
  });

  it('may be deleted whatever its shape', () => {
    for (const value of [null, undefined]) {
      expect(checkState(definitions, { key: 'material', value })).toEqual({ key: 'material', value: null });
    }
  });

  // Seen red: the look for an own property left out; the app's table asked first; `perMember` not asked for.
  it.each([
    ['a key that nobody defined', { key: 'other', value: 1 }],
    ['a key that every object has', { key: 'constructor', value: 1 }],
    ['a value of the wrong shape', { key: 'material', value: { url: 1 } }],
    ['a built-in key with the shape that the app gave it', { key: 'timer', value: 'soon' }],
    ['a member where the classroom has one value', { key: 'material', value: { url: 'a' }, userId: 'ben' }],
    ['no member where each has their own', { key: 'mood', value: 'gay' }],
  ])('is refused for %s', (_, entry) => {
    const refused = expect.objectContaining({
      code: 'bad-envelope',
      message: expect.stringMatching(/^unable to set the state ".+"; .+/) as string,
    }) as Error;
    expect(() => checkState(definitions, entry)).toThrow(refused);
  });

  it('is refused above 16 KB', () => {
    const url = 'é'.repeat(8 * 1024 - 5);
    expect(checkState(definitions, { key: 'material', value: { url } }).value).toEqual({ url });
    const tooLarge = expect.objectContaining({ code: 'payload-too-large' }) as Error;
    expect(() => checkState(definitions, { key: 'material', value: { url: `${url}ab` } })).toThrow(tooLarge);
  });
});

describe('access to a topic', () => {
  // Seen red: the own entry counted whatever its seq.
  it('is what was set last, for all or for the member, and open where nothing was', () => {
    expect(accessKey('board')).toBe('access.board');
    const open = (seq: number) => ({ seq, value: { isOpen: true } });
    const closed = (seq: number) => ({ seq, value: { isOpen: false } });
    expect(isOpen(undefined, undefined)).toBe(true);
    expect(isOpen(closed(1), undefined)).toBe(false);
    expect(isOpen(undefined, closed(1))).toBe(false);
    expect(isOpen(closed(1), open(2))).toBe(true);
    expect(isOpen(closed(2), open(1))).toBe(false);
  });
});

describe('an update of a document', () => {
  const check = (data: unknown) => checkMessage(builtInMessages, 'board.update', data);

  it('names a document and holds base64', () => {
    expect(check({ document: 'board', update: 'AAA=' })).toEqual({ document: 'board', update: 'AAA=' });
    const topic = builtInMessages['board.update'].topic({ document: 'notes' });
    expect(topic).toBe('notes');
  });

  it.each([
    { document: 'chat', update: 'AAA=' },
    { document: '', update: 'AAA=' },
    { document: 'a:b', update: 'AAA=' },
    { document: 'x'.repeat(65), update: 'AAA=' },
    { document: 'board', update: 'AAA' },
    { document: 'board', update: 'A-_=' },
    { document: 'board' },
  ])('is refused if it is %j', (data) => {
    expect(() => check(data)).toThrow(expect.objectContaining({ code: 'bad-envelope' }) as Error);
  });
});
