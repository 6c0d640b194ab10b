import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { startDemoServer } from '@chalkline/demo/demo-server';
import { startDevServer } from '@chalkline/server';
import { startBrowser } from '../harness/browser.ts';
import { SECRET } from '../harness/sdk-client.ts';
import { photographMetrics } from './metrics-screenshot.ts';

/** Takes the pictures of the docs anew: `pnpm screenshots`. */
const folder = join(import.meta.dirname, '../../docs/images');
mkdirSync(folder, { recursive: true });

const backend = await startDevServer({ secret: SECRET, port: 0 });
const demo = await startDemoServer({ backendUrl: backend.url, secret: SECRET });
const browser = await startBrowser();
try {
  const page = await browser.newPage({ viewport: { width: 1200, height: 560 }, colorScheme: 'light' });
  // Served by the demo, so that the frames share its origin.
  await page.goto(`${demo.url}/people.ts`);
  await page.setContent(`
    <style>
      body { margin: 0; padding: 24px; display: grid; grid-template-columns: 1.75fr 1fr; gap: 24px; background: #d9d6cf; }
      iframe { width: 100%; height: 512px; border: 0; border-radius: 12px; box-shadow: 0 6px 24px #0003; }
    </style>
    <iframe name="ada" src="${demo.url}/?user=ada"></iframe>
    <iframe name="ben" src="${demo.url}/?user=ben"></iframe>`);
  const frame = (user: string) => page.frameLocator(`iframe[name=${user}]`);
  const say = async (user: string, text: string): Promise<void> => {
    const composer = frame(user).getByRole('textbox');
    await composer.fill(text);
    await composer.press('Enter');
    for (const reader of ['ada', 'ben']) await frame(reader).getByRole('log').getByText(text).waitFor();
  };
  await frame('ben').getByRole('textbox').waitFor();
  await say('ada', 'Good morning! Please look at page 12.');
  await say('ben', 'Good morning. The one with the pizza?');
  await say('ada', 'Exactly. If you eat two of eight slices, which fraction is left?');
  await say('ben', 'Six eighths, so three quarters.');
  await frame('ben').getByRole('textbox').pressSequentially('And if I eat');
  await frame('ada').getByText('Ben is typing').waitFor();
  await page.screenshot({ path: join(folder, 'classroom.png') });
  await photographMetrics(browser, folder);
} finally {
  await browser.close();
  await demo.close();
  await backend.close();
}
