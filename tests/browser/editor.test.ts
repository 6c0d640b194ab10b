import { signToken, startDevServer, type DevServer } from '@chalkline/server';
import { build } from 'esbuild';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { ClassroomPages } from '../harness/classroom-pages.ts';
import { SECRET } from '../harness/sdk-client.ts';

let backend: DevServer;
let pages: ClassroomPages;
let script: string;

beforeAll(async () => {
  backend = await startDevServer({ secret: SECRET, port: 0 });
  pages = await ClassroomPages.start();
  const { outputFiles } = await build({
    entryPoints: [new URL('./editor-page.ts', import.meta.url).pathname],
    bundle: true,
    format: 'iife',
    globalName: 'page',
    write: false,
  });
  script = outputFiles[0]?.text ?? '';
});
afterEach(async () => {
  expect(await pages.closeAll()).toEqual([]);
});
afterAll(async () => {
  await pages.stop();
  await backend.close();
});

async function enter(userId: string, name: string, role: 'teacher' | 'student'): Promise<Page> {
  const page = await pages.open();
  await page.addScriptTag({ content: script });
  const token = await signToken({ secret: SECRET, userId, name, classrooms: { 'math-101': role } });
  const options = JSON.stringify({ url: backend.url, token, name });
  await page.evaluate(`page.showEditor(${options})`);
  await page.locator('body[data-status=synced]').waitFor();
  return page;
}

const editor = (page: Page) => page.locator('.cm-content');
const shownText = (page: Page): Promise<string> => page.evaluate('page.shownText()');

it('a CodeMirror editor is shared through the provider: words, cursors with names, and what was typed offline', async () => {
  const ada = await enter('ada', 'Ada', 'teacher');
  const ben = await enter('ben', 'Ben', 'student');
  await editor(ada).pressSequentially('Good morning');
  await expect.poll(() => shownText(ben)).toContain('Good morning');
  await editor(ben).click();
  await ben.keyboard.press('End');
  await editor(ben).pressSequentially(', Ada');
  await expect.poll(() => ada.locator('.cm-ySelectionInfo').textContent()).toBe('Ben');
  await expect.poll(() => shownText(ben)).toContain('Good morning, Ada');

  backend.gateway.faults = { connect: { refuse: 1 } };
  backend.gateway.cut('all', 'drop');
  await ada.locator('body[data-status=offline]').waitFor();
  await editor(ben).pressSequentially('!');
  await editor(ada).click();
  await ada.keyboard.press('Home');
  await editor(ada).pressSequentially('So: ');
  backend.gateway.faults = {};
  for (const page of [ada, ben]) {
    await page.evaluate(() => dispatchEvent(new Event('online')));
    await expect.poll(() => shownText(page), { timeout: 15_000 }).toMatch(/^So: Good morning, Ada.*!/);
  }
});
