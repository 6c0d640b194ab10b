import { startDemoServer } from '@chalkline/demo/demo-server';
import { startDevServer } from '@chalkline/server';
import { startBrowser } from './harness/browser.ts';
import { SECRET } from './harness/sdk-client.ts';
import { choose, drag, outline } from './harness/board-pages.ts';
import type { Page } from 'playwright-core';

const OUT = '/tmp/boardx';
const backend = await startDevServer({ secret: SECRET, port: 0 });
const demo = await startDemoServer({ backendUrl: backend.url, secret: SECRET });
const browser = await startBrowser();
const enter = async (user: string, options = {}) => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 780 }, permissions: ['clipboard-read', 'clipboard-write'], ...options });
  const page = await context.newPage();
  page.on('pageerror', (e) => console.log('PAGEERROR', user, e.message));
  page.on('console', (m) => ['error', 'warning'].includes(m.type()) && console.log('CONSOLE', user, m.text()));
  await page.goto(`${demo.url}/?user=${user}`);
  await page.locator('.whiteboard:not([data-state="loading"])').waitFor();
  return page;
};
const shot = (page: Page, name: string) => page.screenshot({ path: `${OUT}/${name}.png` });
try {
  const script = await import(process.argv[2]!);
  await script.default({ enter, shot, choose, drag, outline, backend, demo, browser });
} finally {
  await browser.close(); await demo.close(); await backend.close();
}
