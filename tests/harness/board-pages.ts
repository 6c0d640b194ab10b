import type { Locator, Page } from 'playwright-core';

export type Spot = readonly [x: number, y: number];

const canvasOf = (page: Page): Locator => page.locator('[data-board-canvas]');

/** Chooses a tool of the bar, or one of the shapes. */
export async function choose(page: Page, tool: string): Promise<void> {
  const button = page
    .getByRole('toolbar', { name: 'Tools' })
    .getByRole('button', { name: tool, exact: true });
  if (await button.isVisible()) {
    await button.click();
    return;
  }
  await choose(page, 'Shapes');
  // The radio itself is for the keyboard; what is pressed is its sign.
  await page
    .locator('label.option')
    .filter({ has: page.getByRole('radio', { name: tool }) })
    .click();
}

/** Presses at the first spot, goes over the others and lets go; from the canvas's corner. */
export async function drag(page: Page, [first = [0, 0], ...others]: readonly Spot[]): Promise<void> {
  const box = await canvasOf(page).boundingBox();
  if (!box) throw new Error('there is no board on the page');
  const at = ([x, y]: Spot): [number, number] => [box.x + x, box.y + y];
  await page.mouse.move(...at(first));
  await page.mouse.down();
  for (const spot of others) await page.mouse.move(...at(spot), { steps: 6 });
  await page.mouse.up();
}

/** What a screen reader finds on the page, each line as often as it stands there. */
export async function outline(page: Page): Promise<string[]> {
  return page.getByRole('region', { name: 'What is on this page' }).getByRole('listitem').allInnerTexts();
}

/** Resolves once the text list is `lines`, in any order. */
export async function untilOutline(page: Page, lines: readonly string[]): Promise<void> {
  await page.waitForFunction(
    (wanted) => {
      const items = document.querySelectorAll('section[aria-label="What is on this page"] li');
      const found = [...items].map((item) => item.textContent.trim());
      return found.sort().join('\n') === wanted;
    },
    lines.toSorted().join('\n'),
    { timeout: 15_000 },
  );
}

/** The board as it is seen, without what lives above it and is each page's own: bars, cursors, selection. */
export async function picture(page: Page): Promise<Buffer> {
  await page.getByRole('button', { name: 'Show everything' }).click();
  const style = await page.addStyleTag({
    content: `.whiteboard > :not([data-board-canvas]), [data-board-canvas] canvas:last-of-type { visibility: hidden !important }`,
  });
  const shot = await canvasOf(page).screenshot({ animations: 'disabled' });
  await style.evaluate((element) => (element as unknown as Element).remove());
  return shot;
}

/** Resolves with the picture once it is the same on all pages, pixel for pixel. @throws Error after some tries */
export async function samePicture(pages: readonly Page[]): Promise<Buffer> {
  for (let tries = 0; tries < 30; tries++) {
    const shots: Buffer[] = [];
    for (const page of pages) shots.push(await picture(page));
    const [first] = shots;
    if (first && shots.every((shot) => shot.equals(first))) return first;
    // A view sharpens when it has rested for a few frames.
    for (const page of pages) await page.evaluate(() => new Promise((done) => requestAnimationFrame(done)));
  }
  throw new Error('the boards do not come to the same pixels');
}
