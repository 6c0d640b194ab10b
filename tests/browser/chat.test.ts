import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startBoardServer } from '../harness/board-server.ts';
import { startBrowser } from '../harness/browser.ts';
import type { ChatPage } from '../harness/chat-page/chat-page.ts';

// One page for all: each test goes on where the one before it left the reader.
let server: Awaited<ReturnType<typeof startBoardServer>>;
let browser: Browser;
let page: Page;
const errors: string[] = [];

beforeAll(async () => {
  [server, browser] = await Promise.all([
    startBoardServer(join(import.meta.dirname, '../harness/chat-page')),
    startBrowser(),
  ]);
  page = await browser.newPage({ viewport: { width: 420, height: 700 } });
  page.on('pageerror', (error) => errors.push(error.message));
  // Unbuilt, it is some two hundred files.
  await page.goto(server.url, { timeout: 90_000 });
  await page.locator('[data-message-id]').first().waitFor();
}, 120_000);
afterAll(async () => {
  await browser.close();
  await server.close();
  expect(errors).toEqual([]);
});

/** The texts whose messages can be seen at the top, in the middle and at the bottom; empty where nothing is. */
const inSight = () =>
  page.getByRole('log').evaluate(async (log) => {
    const frame = () => new Promise((done) => requestAnimationFrame(done));
    for (let n = 0; n < 3; n++) await frame();
    const { left, top, height } = log.getBoundingClientRect();
    const at = (y: number) => document.elementFromPoint(left + 60, top + y)?.closest('[data-row-id]');
    return [2, height / 2, height - 18].map((y) => at(y)?.querySelector('.text')?.textContent ?? '');
  });
const scrollTo = (part: number) =>
  page.getByRole('log').evaluate((log, to) => (log.scrollTop = to * log.scrollHeight), part);
/** The first message that can be seen whole, and where; once it is scrolled to there, if that is told. */
const line = (scrollTop: number | null = null) =>
  page.getByRole('log').evaluate((log, to) => {
    if (to !== null) log.scrollTop = to;
    const { top } = log.getBoundingClientRect();
    const rows = [...log.querySelectorAll<HTMLElement>('[data-row-id]')];
    const row = rows.find((each) => each.getBoundingClientRect().top >= top);
    return { id: row?.dataset.rowId ?? '', top: Math.round(row?.getBoundingClientRect().top ?? 0) };
  }, scrollTop);
const loaded = () => page.evaluate(() => (globalThis as unknown as ChatPage).chat.messages.length);

it('opens at the newest of ten thousand messages, and renders those that can be seen', async () => {
  expect((await inSight())[2]).toMatch(/^10000: /);
  expect(await page.locator('[data-row-id]').count()).toBeLessThan(60);
});

// Rows that are not measured would lie over their neighbours, or leave gaps.
it('shows messages wherever it is scrolled to, none over another', async () => {
  for (const part of [0.9, 0.2, 0.5, 0.51, 0.52, 0.7]) {
    await scrollTo(part);
    expect(await inSight()).not.toContain('');
    const edges = await page
      .locator('[data-row-id]')
      .evaluateAll((rows) =>
        rows.map((row) => row.getBoundingClientRect()).map(({ top, bottom }) => [top, bottom]),
      );
    for (const [index, [top = 0]] of edges.entries())
      if (index > 0) expect(Math.abs(top - (edges[index - 1]?.[1] ?? 0))).toBeLessThan(1);
  }
});

// Anchored at its start, the list would let the page above push the line out of sight.
it('keeps the line under the eyes where it is while older messages come in above', async () => {
  const before = await loaded();
  // The rows that the last step leads to are rendered and measured before it: it alone asks for older messages.
  await page.getByRole('log').evaluate((log) => (log.scrollTop = 600));
  await inSight();
  const place = await line(380);
  await page.waitForFunction(
    (count) => (globalThis as unknown as ChatPage).chat.messages.length > count,
    before,
  );
  await inSight();
  expect(await loaded()).toBeGreaterThan(before);
  expect(await line()).toEqual(place);
});

it('leads to the first of what came in meanwhile, which is read once the end is reached', async () => {
  await scrollTo(0.5);
  await inSight();
  const place = await line();
  await page.evaluate(() => {
    const { chat } = globalThis as unknown as ChatPage;
    for (const n of [1, 2, 3]) chat.say('ada', `news ${n}`);
  });
  const pill = page.getByRole('button', { name: '3 new messages' });
  await pill.waitFor();
  expect(await line()).toEqual(place);
  await pill.click();
  await page.getByText('New from here').waitFor();
  expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe('Ada: news 1');
  await page.getByRole('log').evaluate((log) => (log.scrollTop = log.scrollHeight));
  await page.waitForFunction(() => (globalThis as unknown as ChatPage).chat.unread.count === 0);
  // The divider stays, and what comes now is seen as it comes.
  await page.evaluate(() => (globalThis as unknown as ChatPage).chat.say('chen', 'more news'));
  await page.getByRole('log').getByText('more news').waitFor();
  expect((await inSight())[2]).toBe('more news');
  expect(await page.getByRole('button', { name: /new message/ }).count()).toBe(0);
});

// Seen red while whatever put the end out of sight counted as the reader's going away from it.
it('stays at the end while the pane shrinks and messages come', async () => {
  const shrinkTo = (height: number) =>
    page.evaluate((px) => {
      const { chat } = globalThis as unknown as ChatPage;
      chat.say('chen', `told at ${px}`);
      // A scroll event of a moment ago comes when the pane is lower already.
      document.querySelector('[role=log]')?.dispatchEvent(new Event('scroll'));
      document.body.style.height = `${px}px`;
      document.querySelector('[role=log]')?.dispatchEvent(new Event('scroll'));
    }, height);
  for (const height of [640, 560, 420, 700]) {
    await shrinkTo(height);
    await page.getByRole('log').getByText(`told at ${height}`).waitFor();
    expect((await inSight())[2]).toBe(`told at ${height}`);
  }
  expect(await page.getByRole('button', { name: 'To the newest' }).count()).toBe(0);
  await page.evaluate(() => document.body.style.removeProperty('height'));
});

it('goes to a message that is not loaded yet by the answer to it', async () => {
  await page.evaluate(() => {
    const { chat } = globalThis as unknown as ChatPage;
    return chat.send('I know that one', { replyTo: 'm5' });
  });
  await page
    .getByRole('button', { name: /In answer to/ })
    .last()
    .click();
  await page.waitForFunction(() => {
    const row = document.activeElement as HTMLElement | null;
    return row?.dataset.rowId === 'm5' && row.getBoundingClientRect().top > 0;
  });
  await page.getByRole('button', { name: 'To the newest' }).click();
  await page.getByRole('log').getByText('I know that one').waitFor();
});

it.each(['light', 'dark'] as const)('has nothing that axe complains of, %s', async (colorScheme) => {
  await page.emulateMedia({ colorScheme });
  await page.getByRole('log').getByText('I know that one').hover();
  await page.getByRole('button', { name: 'React' }).click();
  if (colorScheme === 'light')
    await page.addScriptTag({ path: createRequire(import.meta.url).resolve('axe-core/axe.min.js') });
  const violations = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
    };
    return (await axe.run()).violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`,
    );
  });
  expect(violations).toEqual([]);
  await page.keyboard.press('Escape');
});
