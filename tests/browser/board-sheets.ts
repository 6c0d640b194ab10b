import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { choose, drag, type Spot } from '../harness/board-pages.ts';

/** One picture of a sheet. */
interface Tile {
  caption: string;
  picture: Buffer;
}

interface Sheet {
  name: string;
  width: number;
  height: number;
  colorScheme: 'light' | 'dark';
  isPhone: boolean;
}

const sheets: readonly Sheet[] = [
  { name: 'light', width: 1100, height: 680, colorScheme: 'light', isPhone: false },
  { name: 'dark', width: 1100, height: 680, colorScheme: 'dark', isPhone: false },
  { name: 'phone', width: 390, height: 720, colorScheme: 'light', isPhone: true },
];
const TILES_ACROSS = { wide: 3, phone: 6 };

/** Takes the pictures of the board: every tool and state, on one sheet for each look. */
export async function takeBoardSheets(browser: Browser, demoUrl: string, folder: string): Promise<void> {
  for (const sheet of sheets) {
    const { width, height, colorScheme, isPhone } = sheet;
    const context = await browser.newContext({
      viewport: { width, height },
      colorScheme,
      ...(isPhone && { hasTouch: true, isMobile: true, deviceScaleFactor: 2 }),
    });
    const enter = async (user: string): Promise<Page> => {
      const page = await context.newPage();
      await page.goto(`${demoUrl}/?user=${user}`);
      await page.locator('.whiteboard:not([data-state="loading"])').waitFor();
      return page;
    };
    const loading = await context.newPage();
    await loading.goto(`${demoUrl}/gallery/?state=Whiteboard/loading&theme=${colorScheme}&locale=en`);
    await loading.locator('.whiteboard[data-state="loading"]').waitFor();
    const picture = await loading.locator('main').screenshot({ animations: 'disabled' });
    const drawn = await takeTiles(await enter('ada'), await enter('ben'), await enter('chen'));
    const tiles = [{ caption: 'Loading', picture }, ...drawn];
    await context.close();
    await lay(browser, sheet, tiles, join(folder, `whiteboard-${sheet.name}.png`));
  }
}

async function takeTiles(ada: Page, ben: Page, chen: Page): Promise<Tile[]> {
  const tiles: Tile[] = [];
  const take = async (caption: string, page = ada): Promise<void> => {
    await page.bringToFront();
    tiles.push({ caption, picture: await page.screenshot({ animations: 'disabled' }) });
  };
  const press = (name: string, page = ada) => page.getByRole('button', { name, exact: true }).click();
  /** A tool of the bar or, on a phone, of its panel. */
  const pick = async (tool: string): Promise<void> => {
    const more = ada.getByRole('button', { name: /^More tools/ });
    if (
      ['Sticky note', 'Image', 'Laser pointer', 'Move the view'].includes(tool) &&
      (await more.isVisible())
    ) {
      await more.click();
      await press(tool);
    } else await choose(ada, tool);
  };
  const at = (x: number, y: number): Spot[] => [
    [x, y],
    [x + 110, y + 70],
  ];

  await ada.bringToFront();
  // The sheet before has left a board.
  const leading = ada.getByRole('button', { name: 'You lead' });
  if (await leading.isVisible()) await leading.click();
  await press('Board menu');
  await ada.getByRole('radio', { name: 'Blank' }).check({ force: true });
  await press('Clear this page');
  await take('Empty');
  await drag(ada, [
    [40, 120],
    [90, 95],
    [130, 150],
    [200, 110],
  ]);
  await take('Pen');
  await pick('Highlighter');
  await drag(ada, [
    [40, 180],
    [210, 185],
  ]);
  await take('Highlighter');
  for (const [index, shape] of ['Line', 'Arrow', 'Rectangle', 'Ellipse'].entries()) {
    await pick(shape);
    await drag(ada, at(230 - (index % 2) * 190, 100 + Math.floor(index / 2) * 100 + (index % 2) * 110));
    await take(shape);
  }
  await pick('Sticky note');
  await drag(ada, [[290, 375]]);
  await ada.keyboard.type('Homework: page 12');
  await take('Sticky note');
  await ada.keyboard.press('Escape');
  await pick('Text');
  await drag(ada, [[225, 76]]);
  await ada.keyboard.type('Three quarters');
  await take('Text');
  await ada.keyboard.press('Escape');
  await take('Selected');
  await pick('Eraser');
  await ada
    .locator('label.option')
    .filter({ has: ada.getByRole('radio', { name: 'Part' }) })
    .click();
  await drag(ada, [
    [85, 90],
    [85, 190],
  ]);
  await take('Eraser');
  await pick('Laser pointer');
  await drag(ada, at(60, 240));
  await take('Laser pointer');
  await pick('Image');
  await drag(ada, [[200, 200]]);
  await take('Image');
  await press('Cancel');
  await pick('Move the view');
  await take('Move the view');
  for (const panel of ['Board menu', 'Who may draw']) {
    await press(panel);
    await take(panel);
    if (panel === 'Board menu') await ada.getByRole('radio', { name: 'Grid' }).check({ force: true });
    await ada.keyboard.press('Escape');
  }
  await take('Grid');
  await press('Lead the view');
  await ben.getByRole('button', { name: 'Following Ada' }).waitFor();
  await take('Following', ben);
  await ben.bringToFront();
  await ben.locator('[data-board-canvas]').press('-');
  await ben.getByRole('button', { name: 'Follow Ada' }).waitFor();
  await take('Looking elsewhere', ben);
  await take('Observer', chen);
  await press('Add a page');
  await press('Pages: 2 / 2');
  await take('Pages');
  await press('Delete this page');
  await press('Who may draw');
  await ada.getByRole('switch', { name: 'All students' }).click();
  await ben.getByText('The teacher has locked the board.').waitFor();
  await take('Locked', ben);
  await ada.getByRole('switch', { name: 'All students' }).click();
  await pick('Image');
  await drag(ada, [[200, 200]]);
  await ada.getByLabel('Address of the picture').fill('https://ada@school.example/half.png');
  await press('Add');
  await take('Refused');
  await press('Dismiss');
  await ada.context().setOffline(true);
  await ada.evaluate(() => dispatchEvent(new Event('offline')));
  await ada.keyboard.press('Escape');
  await ada.getByText('No connection. Go on').waitFor({ timeout: 40_000 });
  await take('Offline');
  return tiles;
}

async function lay(browser: Browser, sheet: Sheet, tiles: readonly Tile[], path: string): Promise<void> {
  const across = sheet.isPhone ? TILES_ACROSS.phone : TILES_ACROSS.wide;
  const page = await browser.newPage({ viewport: { width: 1500, height: 600 } });
  await page.setContent(`
    <style>
      body { margin: 0; padding: 16px; display: grid; grid-template-columns: repeat(${across}, 1fr); gap: 16px;
        background: #d9d6cf; font: 600 13px system-ui, sans-serif; }
      figure { margin: 0 } img { width: 100%; border-radius: 8px; display: block; margin-top: 4px }
    </style>
    ${tiles
      .map(
        ({ caption, picture }) =>
          `<figure>${caption}<img src="data:image/png;base64,${picture.toString('base64')}"></figure>`,
      )
      .join('')}`);
  await page.screenshot({ path, fullPage: true });
  await page.close();
}
