import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { openGallery, showState } from '../harness/gallery.ts';

const sizes = {
  desktop: { viewport: { width: 1280, height: 800 } },
  phone: { viewport: { width: 390, height: 720 }, hasTouch: true, isMobile: true },
};

/** Takes a picture of every state in the gallery: a sheet for each theme, language and size of screen. */
export async function takeGallerySheets(browser: Browser, demoUrl: string, folder: string): Promise<void> {
  for (const [size, screen] of Object.entries(sizes)) {
    const page = await browser.newPage(screen);
    const states = await openGallery(page, demoUrl);
    for (const theme of ['light', 'dark', 'host']) {
      for (const locale of ['en', 'ar']) {
        const tiles: string[] = [];
        for (const state of states) {
          await showState(page, state, `theme=${theme}&locale=${locale}`);
          const picture = await page.locator('main').screenshot({ animations: 'disabled' });
          tiles.push(
            `<figure>${state.state}<img src="data:image/png;base64,${picture.toString('base64')}"></figure>`,
          );
        }
        await lay(browser, tiles, join(folder, `gallery-${size}-${theme}-${locale}.jpg`));
      }
    }
    await page.close();
  }
}

async function lay(browser: Browser, tiles: readonly string[], path: string): Promise<void> {
  const page = await browser.newPage({ viewport: { width: 1800, height: 600 } });
  await page.setContent(`
    <style>
      body { margin: 0; padding: 16px; display: flex; flex-wrap: wrap; gap: 16px; background: #d9d6cf;
        font: 600 12px system-ui, sans-serif; }
      figure { margin: 0 } img { zoom: 0.6; display: block; margin-top: 4px; border-radius: 8px }
    </style>${tiles.join('')}`);
  await page.screenshot({ path, fullPage: true, type: 'jpeg', quality: 70 });
  await page.close();
}
