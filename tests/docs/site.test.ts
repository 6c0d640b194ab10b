import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { errorCodes, isRetryable } from '@chalkline/client-sdk';
import { preview, type PreviewServer } from 'vite';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ClassroomPages, say } from '../harness/classroom-pages.ts';

const docs = join(import.meta.dirname, '../../docs');

let site: PreviewServer;
let url: string;
let pages: ClassroomPages;

beforeAll(async () => {
  // A link that leads nowhere fails the build.
  await promisify(execFile)('npx', ['-y', 'pnpm@12', 'run', 'build'], {
    cwd: docs,
    env: { ...process.env, NODE_ENV: undefined },
  });
  site = await preview({
    root: join(docs, '.vitepress'),
    configFile: false,
    logLevel: 'error',
    preview: { port: 0, host: '127.0.0.1' },
  });
  url = site.resolvedUrls?.local[0] ?? '';
  pages = await ClassroomPages.start();
}, 480_000);
afterAll(async () => {
  await pages.stop();
  await site.close();
});

it('shows every page that it lists, and each component alive', async () => {
  const page = await pages.open();
  const hosts = new Set<string>();
  page.on('request', (request) => hosts.add(new URL(request.url()).host));
  const visit = async (path: string): Promise<void> => {
    await page.goto(new URL(`${path.slice(1)}.html`, url).href);
    await page.locator('.vp-doc h1').waitFor();
  };
  await visit('/getting-started');
  const links = await page
    .locator('.VPSidebar a')
    .evaluateAll((anchors) => anchors.map((anchor) => anchor.getAttribute('href') ?? ''));
  const components = links.filter((link) => link.startsWith('/components/'));
  expect(components.length).toBeGreaterThan(5);
  for (const link of links) {
    // As a reader goes on: the page itself, without all that is the same on each.
    await page.locator(`.VPSidebar a[href="${link}"]`).click();
    await page.locator(`.VPSidebarItem.is-active > .item > a[href="${link}"]`).waitFor();
    await page.locator('.vp-doc h1').waitFor();
    if (components.includes(link)) await page.locator('.example .chalkline').first().waitFor();
  }
  await visit('/components/chat-pane');
  await page.getByText('Is six eighths').waitFor();
  await say(page, 'Yes');
  await page.getByText('Last kept: Yes').waitFor();
  await page.getByRole('checkbox').uncheck();
  await say(page, 'Anybody?');
  await page.locator('[data-message-id][data-state="pending"]').waitFor();
  expect([...hosts]).toEqual([new URL(url).host]);
  expect(await pages.closeAll()).toEqual([]);
}, 180_000);

it('explains every error code, and whether a retry is worth it', async () => {
  const text = await readFile(join(docs, 'troubleshooting.md'), 'utf8');
  const explained = [...text.matchAll(/^## ([a-z-]+)\n\n_(Not worth|Worth)/gm)];
  expect(explained.map(([, code, worth]) => `${code}: ${worth === 'Worth'}`)).toEqual(
    errorCodes.map((code) => `${code}: ${isRetryable(code)}`),
  );
});
