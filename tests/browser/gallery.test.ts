import { createRequire } from 'node:module';
import { startDemo, type DemoServer } from '../harness/demo.ts';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ClassroomPages } from '../harness/classroom-pages.ts';
import { openGallery, showState } from '../harness/gallery.ts';

/** No backend: each state of the gallery brings its own. */
let demo: DemoServer;
let pages: ClassroomPages;
beforeAll(async () => {
  demo = await startDemo('ws://127.0.0.1:1');
  pages = await ClassroomPages.start();
});
afterAll(async () => {
  await pages.stop();
  await demo.close();
});

interface Axe {
  run(options: object): Promise<{ violations: { id: string; nodes: { target: string[] }[] }[] }>;
}

/** What axe finds on the page as it stands, in each theme. */
function complaints(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: Axe };
    const said: string[] = [];
    for (const theme of ['light', 'dark', 'host']) {
      document.documentElement.dataset.theme = theme;
      // What is not a colour is the same in all of them.
      const rules = theme === 'light' ? {} : { runOnly: ['color-contrast'] };
      const { violations } = await axe.run({ resultTypes: ['violations'], ...rules });
      for (const { id, nodes } of violations)
        said.push(`${theme}, ${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
    }
    return said;
  });
}

it('shows every state in English and in Arabic, and axe complains of none in any theme', async () => {
  const page = await pages.open();
  // A colour on its way to another is neither.
  await page.emulateMedia({ reducedMotion: 'reduce' });
  const states = await openGallery(page, demo.url);
  expect(states.length).toBeGreaterThan(30);
  await page.addScriptTag({ path: createRequire(import.meta.url).resolve('axe-core/axe.min.js') });
  const found: string[] = [];
  for (const state of states) {
    for (const locale of ['en', 'ar']) {
      await showState(page, state, `locale=${locale}`);
      found.push(...(await complaints(page)).map((complaint) => `${state.state}, ${locale}: ${complaint}`));
    }
  }
  expect(found).toEqual([]);
  expect(await pages.closeAll()).toEqual([]);
}, 120_000);
