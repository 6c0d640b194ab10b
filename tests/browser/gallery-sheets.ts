import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { openGallery, showState } from '../harness/gallery.ts';

const sizes = {
  desktop: { viewport: { width: 1280, height: 800 } },
  phone: { viewport: { width: 390, height: 720 }, hasTouch: true, isMobile: true },
};

/** All sheets: a size of the screen, a theme and a language. */
export const sheetNames = Object.keys(sizes).flatMap((size) =>
  ['light', 'dark', 'host'].flatMap((theme) => ['en', 'ar'].map((locale) => `${size}-${theme}-${locale}`)),
);

/** Takes a picture of every state in the gallery, on one sheet for each of `names`. */
export async function takeGallerySheets(
  browser: Browser,
  demoUrl: string,
  folder: string,
  names: readonly string[] = sheetNames,
): Promise<void> {
  for (const name of names) {
    const [size = '', theme = '', locale = ''] = name.split('-');
    const page = await browser.newPage(size === 'phone' ? sizes.phone : sizes.desktop);
    const tiles: string[] = [];
    for (const state of await openGallery(page, demoUrl)) {
      await showState(page, state, `theme=${theme}&locale=${locale}`);
      // A dialog stands in the middle of the window, not of the stage.
      const isModal = await page.locator('dialog[open]').isVisible();
      const picture = await (isModal ? page : page.locator('main')).screenshot({ animations: 'disabled' });
      const source = `data:image/png;base64,${picture.toString('base64')}`;
      tiles.push(`<figure>${state.state}<img src="${source}"></figure>`);
    }
    await page.close();
    await lay(browser, tiles, join(folder, `gallery-${name}.jpg`));
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
