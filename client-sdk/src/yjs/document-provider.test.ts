import { afterEach, expect, test } from 'vitest';
import * as Y from 'yjs';
import { toBase64 } from '../base64.ts';
import { createClient, type Classroom, type Role } from '../index.ts';
import { createManualClock, createTestServer, type TestServerOptions } from '../testing/index.ts';
import { DocumentProvider, type DocumentProviderOptions } from './index.ts';

const closing: (() => void)[] = [];
afterEach(() => closing.splice(0).forEach((close) => close()));

/** A classroom on the test server, whose members each bind `notes`. */
function prepare(options: TestServerOptions = {}) {
  const clock = createManualClock();
  const server = createTestServer({ clock, ...options });
  const enter = async (
    userId: string,
    { role = 'student', ...given }: Partial<DocumentProviderOptions> & { role?: Role } = {},
  ) => {
    const token = server.token({ userId, name: userId, role });
    const client = createClient({ url: server.url, token, env: server.env });
    const classroom = client.classroom('math-101');
    const provider = bind(classroom, given);
    closing.push(() => client.close());
    await classroom.join();
    await server.settled();
    return { client, classroom, ...provider };
  };
  const sent = () => server.received('publish').flatMap(({ messages }) => messages);
  /** Long enough for all that waits, too short for anything to time out. */
  const quiet = () => clock.advance(4_000);
  return { clock, server, enter, sent, quiet };
}

function bind(classroom: Classroom, given: Partial<DocumentProviderOptions> = {}) {
  const provider = new DocumentProvider(classroom, { document: 'notes', ...given });
  closing.push(() => {
    provider.destroy();
    provider.awareness.destroy();
  });
  const heard: string[] = [];
  provider.on('status', (status) => heard.push(status));
  provider.on('sync', () => heard.push('[sync]'));
  provider.on('refused', ({ cause }) => heard.push(`[refused ${cause.code}]`));
  provider.on('reset', ({ cause }) => heard.push(`[reset ${cause.code}]`));
  provider.on('damaged', ({ cause }) => heard.push(`[damaged] ${cause.message}`));
  const text = () => provider.doc.getText('text');
  return { provider, heard, text, write: (words: string) => text().insert(text().length, words) };
}

test('what one writes the others have, a newcomer too', async () => {
  const { enter, quiet } = prepare();
  const [ada, ben] = [await enter('ada'), await enter('ben')];
  ada.write('Good ');
  await quiet();
  ben.write('morning');
  await quiet();
  const chen = await enter('chen');
  for (const { text } of [ada, ben, chen]) expect(text().toJSON()).toBe('Good morning');
  expect(chen.heard).toEqual(['loading', 'synced', '[sync]']);
  expect(chen.provider.progress.loadedBytes).toBe(chen.provider.progress.totalBytes);
});

// Seen red: each key was a message of its own.
test('one message at a time leaves; what comes meanwhile leaves as one with the next', async () => {
  const { enter, sent, clock, server } = prepare();
  const [ada, ben] = [await enter('ada'), await enter('ben')];
  server.pause();
  for (const letter of 'abcdefgh') {
    ada.write(letter);
    await clock.advance(20);
  }
  server.resume();
  await clock.advance(500);
  expect(sent()).toHaveLength(2);
  expect(ben.text().toJSON()).toBe('abcdefgh');
});

// Seen red: the pace of a class for somebody who is alone.
test('while alone it is kept once a second, and in company as often as signals leave', async () => {
  const { enter, sent, clock } = prepare();
  const ada = await enter('ada');
  const typeFor = async (ms: number) => {
    const before = sent().length;
    for (let time = 0; time < ms; time += 25) {
      ada.write('a');
      await clock.advance(25);
    }
    return sent().length - before;
  };
  expect(await typeFor(2_900)).toBe(3);
  await enter('ben');
  const inCompany = await typeFor(3_000);
  expect(inCompany).toBeGreaterThan(20);
  expect(inCompany).toBeLessThanOrEqual(25);
});

test('what was written offline merges with what the others wrote meanwhile', async () => {
  const { enter, server, sent, quiet, clock } = prepare();
  const [ada, ben] = [await enter('ada'), await enter('ben')];
  server.isReachable = false;
  server.drop();
  await server.settled();
  expect(ada.provider.status).toBe('offline');
  for (const word of ['one ', 'two ', 'three ']) ada.write(word);
  ben.write('four ');
  await quiet();
  const before = sent().length;
  server.isReachable = true;
  await clock.advance(20_000);
  expect(ada.provider.status).toBe('synced');
  expect([...ada.text().toJSON().trim().split(' ')].sort()).toEqual(['four', 'one', 'three', 'two']);
  expect(ben.text().toJSON()).toBe(ada.text().toJSON());
  expect(sent().length - before).toBeLessThanOrEqual(3);
});

// Seen red: only changes were sent, never what the document began with.
test('what a document brings along is told once, and only if the classroom has it not', async () => {
  const { enter, sent, quiet } = prepare();
  const kept = new Y.Doc();
  kept.getText('text').insert(0, 'from an earlier day');
  const ada = await enter('ada', { doc: kept });
  await quiet();
  const copy = new Y.Doc();
  Y.applyUpdate(copy, Y.encodeStateAsUpdate(kept));
  const ben = await enter('ben', { doc: copy });
  await quiet();
  expect(sent()).toHaveLength(1);
  expect([ada, ben].map(({ text }) => text().toJSON())).toEqual([
    'from an earlier day',
    'from an earlier day',
  ]);
});

test('what the store lost comes back from one of the members', async () => {
  const { enter, server, sent, clock } = prepare();
  const members = [await enter('ada'), await enter('ben'), await enter('chen')];
  members[0]?.write('not to be lost');
  await clock.advance(4_000);
  const before = sent().length;
  server.forget('math-101');
  server.drop();
  await clock.advance(30_000);
  const dora = await enter('dora');
  expect(dora.text().toJSON()).toBe('not to be lost');
  expect(sent().length - before).toBe(1);
  for (const { provider, text } of members) {
    expect([provider.status, text().toJSON()]).toEqual(['synced', 'not to be lost']);
  }
});

// Seen red: the refused words stayed in the document of their author, and nobody else had them.
test('after a refusal the document is what the classroom has, and the app is told to bind anew', async () => {
  const { enter, quiet, server, clock } = prepare();
  const ada = await enter('ada', { role: 'teacher' });
  const ben = await enter('ben');
  ada.write('The task');
  await quiet();
  await ada.classroom.access.set('notes', false);
  await server.settled();
  const old = ben.provider.doc;
  ben.heard.length = 0;
  ben.write(' is silly');
  await clock.advance(200);
  await server.settled();
  expect(ben.heard).toEqual(['[refused forbidden]', 'loading', 'synced', '[reset forbidden]', '[sync]']);
  expect(ben.provider.doc).not.toBe(old);
  expect(ben.text().toJSON()).toBe('The task');
  await ada.classroom.access.set('notes', true);
  ben.write(' is good');
  old.getText('text').insert(0, 'unbound ');
  await quiet();
  expect([ada, ben].map(({ text }) => text().toJSON())).toEqual(['The task is good', 'The task is good']);
});

test.each(['rate-limited', 'internal'] as const)('%s costs nothing but time', async (code) => {
  const { enter, quiet, server } = prepare();
  const [ada, ben] = [await enter('ada'), await enter('ben')];
  server.refuse('publish', code);
  ada.write('kept');
  await quiet();
  expect(ben.text().toJSON()).toBe('kept');
  expect(ada.heard).not.toContain('[refused forbidden]');
});

// Seen red: the whole load failed at the first byte that could not be read.
test('what cannot be read is told of, and everything else is there', async () => {
  const { enter, quiet, server } = prepare();
  const ada = await enter('ada');
  ada.write('before ');
  await quiet();
  const update = toBase64(Uint8Array.from([1, 200, 255, 255, 3, 7]));
  server.join('math-101', { userId: 'mallory' }).publish('board.update', { document: 'notes', update });
  await quiet();
  ada.write('after');
  await quiet();
  const ben = await enter('ben');
  expect(ben.heard[1]).toMatch(/^\[damaged\] unable to load "notes" whole; a part/);
  for (const { provider, text } of [ada, ben]) {
    expect([provider.status, text().toJSON()]).toEqual(['synced', 'before after']);
  }
  ben.write('!');
  await quiet();
  expect(ada.text().toJSON()).toBe('before after!');
});

test('a missing part is found, and comes back from whoever has it', async () => {
  const { enter, quiet, server } = prepare();
  const author = new Y.Doc();
  const updates: Uint8Array[] = [];
  author.on('update', (update: Uint8Array) => updates.push(update));
  for (const word of ['one ', 'two ', 'three'])
    author.getText('text').insert(author.getText('text').length, word);
  const mallory = server.join('math-101', { userId: 'mallory' });
  for (const update of [updates[0], updates[2]]) {
    mallory.publish('board.update', { document: 'notes', update: toBase64(update ?? new Uint8Array()) });
  }
  const ada = await enter('ada');
  await quiet();
  expect(ada.heard.filter((line) => line.startsWith('[damaged]'))).toHaveLength(1);
  expect(ada.text().toJSON()).toBe('one ');
  const ben = await enter('ben', { doc: author });
  await quiet();
  expect([ada, ben].map(({ text }) => text().toJSON())).toEqual(['one two three', 'one two three']);
});

// Seen red: one message of 300 KB of base64 and more, which no frame of the server holds.
test('what was drawn in a long time offline leaves in several messages', async () => {
  const { enter, quiet, sent } = prepare();
  const doc = new Y.Doc();
  for (let stroke = 0; stroke < 1_000; stroke++)
    doc.getMap('strokes').set(`${stroke}`, new Uint8Array(300).fill(stroke));
  await enter('ada', { doc });
  await quiet();
  await quiet();
  const ben = await enter('ben');
  expect(ben.provider.doc.getMap('strokes').size).toBe(1_000);
  expect(sent().length).toBeGreaterThan(4);
  expect(Math.max(...sent().map(({ data }) => JSON.stringify(data).length))).toBeLessThan(100_000);
});

test('leaving lets it rest, joining again compares anew', async () => {
  const { enter, quiet } = prepare();
  const [ada, ben] = [await enter('ada'), await enter('ben')];
  ada.write('here ');
  await quiet();
  await ben.classroom.leave();
  expect(ben.provider.status).toBe('offline');
  ben.write('there ');
  ada.write('again ');
  await quiet();
  await ben.classroom.join();
  await quiet();
  expect(ben.text().toJSON()).toBe(ada.text().toJSON());
  expect(ben.text().toJSON()).toContain('there');
});

// Seen red: the timer of what waits outlived the provider.
test('destroyed it hands over what waits, lets the document go, and leaves nothing ticking', async () => {
  const { enter, quiet, clock, server } = prepare();
  const [ada, ben] = [await enter('ada'), await enter('ben')];
  ada.write('last ');
  ada.write('words');
  ada.provider.destroy();
  expect(ada.provider.status).toBe('destroyed');
  ada.write(' to nobody');
  await quiet();
  expect(ben.text().toJSON()).toBe('last words');
  for (const { client } of [ada, ben]) client.close();
  await server.settled();
  expect(clock.pending).toBe(0);
});
