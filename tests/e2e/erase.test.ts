import type { Role } from '@chalkline/client-sdk';
import { DocumentProvider } from '@chalkline/client-sdk/yjs';
import { BoardDocument } from '@chalkline/vue-components/whiteboard';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Cluster } from '../harness/cluster.ts';
import { Random } from '../harness/random.ts';
import { until } from '../harness/until.ts';

const ROOM = 'math-101';

let cluster: Cluster;
beforeAll(async () => (cluster = await Cluster.start({ store: 'redis' })));
afterAll(() => cluster.close());

async function enter(userId: string, role: Role) {
  const tab = cluster.openTab(userId, userId, { [ROOM]: role }, new Random(1));
  const [view] = tab.views.values();
  if (!view) throw new Error('the tab has no classroom');
  view.isWanted = true;
  await view.classroom.join();
  const provider = new DocumentProvider(view.classroom, { document: 'board' });
  const board = new BoardDocument(provider.doc, { authorId: userId });
  return { tab, provider, board, classroom: view.classroom };
}

// Seen red: the log kept in its epoch, so that nobody loads anew; an element's author looked for in another place.
it('takes a user out of a class that goes on: the others see their words and strokes go, and keep their own', async () => {
  const ada = await enter('ada', 'teacher');
  const ben = await enter('ben', 'student');
  const pageId = ada.board.pages[0]?.id ?? '';
  const mark = { pageId, kind: 'text', text: '', fontSize: 20, width: 90, height: 30 } as const;
  const style = { color: 'ink', width: 3 } as const;
  ada.board.add({ ...mark, style, text: 'by Ada' });
  ben.board.add({ ...mark, style, text: 'by Ben' });
  await ada.classroom.chat.send('Open your books');
  await ben.classroom.chat.send('I have none');
  const textsOf = (): string[] => ada.classroom.chat.messages.map(({ text }) => text);
  const marksOf = (): string[] =>
    ada.board.elements(pageId).flatMap((element) => ('text' in element ? [element.text] : []));
  const onChange = (listener: () => void): (() => void) => {
    ada.provider.doc.on('update', listener);
    return cluster.recorder.on(listener);
  };
  await until('Ada has it all', onChange, () => textsOf().length === 2 && marksOf().length === 2);
  ben.provider.destroy();
  ben.tab.client.close();

  const erase = ['server/bin/chalkline-server.mjs', 'erase', '--user', 'ben', '--yes'];
  const { stdout } = await promisify(execFile)(process.execPath, [...erase, '--redis', cluster.redisUrl], {
    cwd: join(import.meta.dirname, '../..'),
  });
  expect(stdout).toMatch(/^math-101: .*elements 1.*\nuser ben is gone: .*\n$/);
  await until('Ada loaded anew', onChange, () => marksOf().length === 1 && textsOf().length === 1);
  expect([textsOf(), marksOf()]).toEqual([['Open your books'], ['by Ada']]);
  expect(ada.classroom.presence.members.map(({ userId }) => userId)).toEqual(['ada']);
  ada.provider.destroy();
  ada.tab.client.close();
});
