import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { startDemoServer } from '@chalkline/demo/demo-server';
import { startDevServer } from '@chalkline/server';
import type { Browser, FrameLocator, Page } from 'playwright-core';
import { startBrowser } from '../harness/browser.ts';
import { SECRET } from '../harness/sdk-client.ts';
import { takeBoardSheets } from './board-sheets.ts';
import { takeGallerySheets } from './gallery-sheets.ts';
import { photographMetrics } from './metrics-screenshot.ts';

/** Takes the pictures of the docs anew: `pnpm screenshots`, or some of them: `pnpm screenshots board gallery`. */
const folder = join(import.meta.dirname, '../../docs/images');
mkdirSync(folder, { recursive: true });

const pictures: Record<string, (browser: Browser, url: string) => Promise<void>> = {
  classroom: takeClassroom,
  board: (browser, url) => takeBoardSheets(browser, url, folder),
  gallery: (browser, url) => takeGallerySheets(browser, url, folder),
  metrics: (browser) => photographMetrics(browser, folder),
};
const asked = process.argv.slice(2);
for (const name of asked)
  if (!Object.hasOwn(pictures, name))
    throw new Error(`there are no pictures "${name}", only ${Object.keys(pictures).join(', ')}`);

const backend = await startDevServer({ secret: SECRET, port: 0 });
const demo = await startDemoServer({ backendUrl: backend.url, secret: SECRET });
const browser = await startBrowser();
try {
  for (const [name, take] of Object.entries(pictures))
    if (asked.length === 0 || asked.includes(name)) await take(browser, demo.url);
} finally {
  await browser.close();
  await demo.close();
  await backend.close();
}

/** Two windows of the demo, one of them as narrow as a phone. */
async function takeClassroom(browser: Browser, url: string): Promise<void> {
  const page = await browser.newPage({ viewport: { width: 1500, height: 640 }, colorScheme: 'light' });
  // Served by the demo, so that the frames share its origin.
  await page.goto(`${url}/people.ts`);
  await page.setContent(`
    <style>
      body { margin: 0; padding: 24px; display: grid; grid-template-columns: 2.6fr 1fr; gap: 24px; background: #d9d6cf; }
      iframe { width: 100%; height: 592px; border: 0; border-radius: 12px; box-shadow: 0 6px 24px #0003; }
    </style>
    <iframe name="ada" src="${url}/?user=ada"></iframe>
    <iframe name="ben" src="${url}/?user=ben"></iframe>`);
  const frame = (user: string) => page.frameLocator(`iframe[name=${user}]`);
  const say = async (user: string, text: string): Promise<void> => {
    const composer = frame(user).getByRole('textbox');
    await composer.fill(text);
    await composer.press('Enter');
    for (const reader of ['ada', 'ben']) await frame(reader).getByRole('log').getByText(text).waitFor();
  };
  // His window is as narrow as a phone's.
  await frame('ben').getByRole('button', { name: 'Chat', exact: true }).click();
  await frame('ben').getByRole('textbox').waitFor();
  await say('ada', 'Good morning! Please look at page 12.');
  await say('ben', 'Good morning. The one with the pizza?');
  await say('ada', 'Exactly. If you eat two of eight slices, which fraction is left?');
  await say('ben', 'Six eighths, so three quarters.');
  await drawPizza(page, frame('ada'));
  await frame('ben').getByRole('textbox').pressSequentially('And if I eat');
  await frame('ada').getByText('Ben is typing').waitFor();
  await page.screenshot({ path: join(folder, 'classroom.png') });
  await page.close();
}

/** Eight slices of which two are eaten. */
async function drawPizza(page: Page, ada: FrameLocator): Promise<void> {
  const box = await ada.locator('[data-board-canvas]').boundingBox();
  if (!box) throw new Error('there is no board on the page');
  const [x, y, radius] = [box.x + box.width / 2, box.y + box.height * 0.42, 120];
  const drag = async (from: readonly [number, number], to: readonly [number, number]): Promise<void> => {
    await page.mouse.move(...from);
    await page.mouse.down();
    await page.mouse.move(...to, { steps: 8 });
    await page.mouse.up();
  };
  const key = (name: string) => ada.locator('[data-board-canvas]').press(name);
  await key('o');
  await drag([x - radius, y - radius], [x + radius, y + radius]);
  await key('l');
  for (let slice = 0; slice < 4; slice++) {
    const angle = (slice * Math.PI) / 4;
    const [dx, dy] = [radius * Math.cos(angle), radius * Math.sin(angle)];
    await drag([x - dx, y - dy], [x + dx, y + dy]);
  }
  await key('m');
  await drag([x + 45, y - 18], [x + 85, y - 36]);
  await drag([x + 18, y - 45], [x + 36, y - 85]);
  await key('p');
}
