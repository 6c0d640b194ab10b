import { expect, test } from 'vitest';
import { toBase64 } from './base64.ts';
import type { LoadProgress } from './index.ts';
import { startLesson, turnsUntil } from './testing/lesson.ts';

const bytes = (...numbers: number[]): Uint8Array => Uint8Array.from(numbers);
const update = (...numbers: number[]) => ({ document: 'notes', update: toBase64(bytes(...numbers)) });
const flat = (updates: readonly Uint8Array[]) => updates.map((each) => [...each]);

test('an update comes to everyone, the sender included, and a load brings what is kept', async () => {
  const { classroom, ben } = await startLesson();
  const heard: unknown[] = [];
  classroom.documents.on('update', ({ document, update: change, from }) =>
    heard.push([document, [...change], from.userId]),
  );
  ben.publish('board.update', update(1, 2));
  await classroom.documents.update('notes', bytes(3));
  await classroom.documents.update('board', bytes(4));
  expect(heard).toEqual([
    ['notes', [1, 2], 'ben'],
    ['notes', [3], 'ada'],
    ['board', [4], 'ada'],
  ]);
  expect(flat(await classroom.documents.load('notes'))).toEqual([[1, 2], [3]]);
  expect(await classroom.documents.load('empty')).toEqual([]);
});

// Seen red: a page that began in the middle of an update began it anew.
test('a large document comes page by page, its parts joined again, and says how far it is', async () => {
  const { classroom, ben, server } = await startLesson({ server: { pageBytes: 100 } });
  const large = Uint8Array.from({ length: 250 }, (_, index) => index);
  ben.publish('board.update', update(1, 2));
  ben.publish('board.update', update(...large));
  ben.publish('board.update', update(3));
  const seen: LoadProgress[] = [];
  const updates = await classroom.documents.load('notes', { onProgress: (progress) => seen.push(progress) });
  expect(flat(updates)).toEqual([[1, 2], [...large], [3]]);
  expect(server.received('load').map(({ after, index }) => [after, index])).toEqual([
    [0, undefined],
    [3, undefined],
    [4, 1],
    [4, 2],
  ]);
  expect(seen.map(({ loadedBytes, totalBytes }) => `${loadedBytes}/${totalBytes}`)).toEqual([
    '2/253',
    '102/253',
    '202/253',
    '253/253',
  ]);
});

// Seen red: the load was rejected with `connection-lost`, so that a large one never came through a poor link.
test('a load goes on where it was when the link was lost', async () => {
  const { classroom, ben, server, clock } = await startLesson({ server: { pageBytes: 100 } });
  for (const part of [1, 2, 3]) ben.publish('board.update', update(...new Uint8Array(90).fill(part)));
  let pages = 0;
  server.loses = ({ frame }) => frame.action === 'document' && (pages += 1) === 2;
  const loading = classroom.documents.load('notes');
  await turnsUntil(() => pages === 2);
  server.drop();
  await clock.advance(20_000);
  expect((await loading).map(([first]) => first)).toEqual([1, 2, 3]);
  expect(server.received('load').map(({ after }) => after)).toEqual([0, 3, 3, 4]);
});

// Seen red: it went on behind blobs of the epoch that was lost, and what had taken their numbers was missed.
test('a load begins anew where the store lost what it had', async () => {
  const { classroom, ben, server, clock } = await startLesson({ server: { pageBytes: 100 } });
  for (const part of [1, 2]) ben.publish('board.update', update(...new Uint8Array(90).fill(part)));
  let pages = 0;
  server.loses = ({ frame }) => frame.action === 'document' && (pages += 1) === 2;
  const loading = classroom.documents.load('notes');
  await turnsUntil(() => pages === 2);
  server.forget('math-101');
  ben.join();
  ben.publish('board.update', update(7));
  server.drop();
  await clock.advance(20_000);
  expect(flat(await loading)).toEqual([[7]]);
});

test('a refusal that may pass is waited out, another ends the load', async () => {
  const { classroom, ben, server, clock } = await startLesson();
  ben.publish('board.update', update(1));
  server.refuse('load', 'rate-limited', 5_000);
  const loading = classroom.documents.load('notes');
  await clock.advance(4_000);
  expect(server.received('load')).toHaveLength(1);
  await clock.advance(1_000);
  expect(flat(await loading)).toEqual([[1]]);
  server.refuse('load', 'forbidden');
  await expect(classroom.documents.load('notes')).rejects.toMatchObject({ code: 'forbidden' });
});

// Seen red: it waited for a link that nobody wanted any more.
test('nothing is loaded before the classroom is joined nor after it was left, and nothing is left ticking', async () => {
  const { classroom, client, server, clock } = await startLesson();
  const other = client.classroom('choir-2');
  await expect(other.documents.load('notes')).rejects.toMatchObject({ code: 'not-joined' });
  server.refuse('load', 'rate-limited', 5_000);
  const loading = classroom.documents.load('notes');
  loading.catch(() => undefined);
  await server.settled();
  client.close();
  await expect(loading).rejects.toMatchObject({ code: 'closed' });
  await server.settled();
  expect(clock.pending).toBe(0);
});
