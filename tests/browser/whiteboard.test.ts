import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { startDemo, type DemoServer } from '../harness/demo.ts';
import { startDevServer, type DevServer } from '@chalkline/server';
import { strFromU8, unzipSync } from 'fflate';
import type { Download, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { choose, drag, outline, samePicture, untilOutline, type Spot } from '../harness/board-pages.ts';
import { ClassroomPages, say } from '../harness/classroom-pages.ts';
import { SECRET } from '../harness/sdk-client.ts';

let backend: DevServer;
let demo: DemoServer;
let pages: ClassroomPages;

vi.setConfig({ testTimeout: 90_000 });

beforeAll(async () => {
  backend = await startDevServer({ secret: SECRET, port: 0 });
  demo = await startDemo(backend.url);
  pages = await ClassroomPages.start();
});
afterEach(async () => {
  expect(await pages.closeAll()).toEqual([]);
  // A server that keeps nothing, started anew where the page looks for it: an empty board for each test.
  const port = Number(new URL(backend.url).port);
  await backend.close();
  backend = await startDevServer({ secret: SECRET, port });
});
afterAll(async () => {
  await pages.stop();
  await demo.close();
  await backend.close();
});

async function enter(user: string): Promise<Page> {
  const page = await pages.enter(demo.url, user);
  await page.locator('.whiteboard:not([data-state="loading"])').waitFor();
  return page;
}

const wave = (y: number): Spot[] => [
  [120, y],
  [220, y - 30],
  [320, y + 30],
  [420, y],
];
const percent = (page: Page) => page.getByRole('button', { name: /^\d+ %/ }).innerText();

it('is drawn on by two at once, and is the same to the pixel for both and for one who comes late', async () => {
  const [ada, ben] = [await enter('ada'), await enter('ben')];
  await Promise.all([
    (async () => {
      for (const y of [100, 140, 180]) await drag(ada, wave(y));
      await choose(ada, 'Highlighter');
      await drag(ada, wave(160));
    })(),
    (async () => {
      await choose(ben, 'Rectangle');
      for (const x of [150, 300]) {
        await drag(ben, [
          [x, 220],
          [x + 120, 300],
        ]);
      }
      await choose(ben, 'Pen');
      await drag(ben, wave(280));
    })(),
  ]);
  const all = ['4 strokes, by Ada', 'Rectangle, by Ben', 'Rectangle, by Ben', '1 stroke, by Ben'];
  for (const page of [ada, ben]) await untilOutline(page, all);
  const late = await enter('chen');
  await untilOutline(late, all);
  await samePicture([ada, ben]);
  // The observer has the same room: no bar of theirs changes the size of the canvas.
  await samePicture([ada, ben, late]);
});

it('is drawn on without a connection, says so, and is whole for all once that is back', async () => {
  const ada = await enter('ada');
  const others = backend.gateway.connections;
  const ben = await enter('ben');
  const [bens = ''] = backend.gateway.connections.filter((id) => !others.includes(id));
  await drag(ada, wave(100));
  await untilOutline(ben, ['1 stroke, by Ada']);

  backend.gateway.cut(bens, 'half-open');
  await ben.context().setOffline(true);
  await ben.getByText('No connection. Go on').waitFor();
  await drag(ben, wave(200));
  await drag(ada, wave(300));
  await ben.context().setOffline(false);

  const all = ['2 strokes, by Ada', '1 stroke, by Ben'];
  for (const page of [ada, ben]) await untilOutline(page, all);
  backend.gateway.cut('all', 'drop');
  await drag(ben, wave(240));
  for (const page of [ada, ben]) await untilOutline(page, ['2 strokes, by Ada', '2 strokes, by Ben']);
  await samePicture([ada, ben, await enter('chen')]);
});

describe('every tool', () => {
  it('draws, writes and erases with a real pointer', async () => {
    const ada = await enter('ada');
    const box: Spot[] = [
      [200, 150],
      [300, 230],
    ];
    await drag(ada, wave(100));
    await choose(ada, 'Highlighter');
    await drag(ada, wave(120));
    for (const shape of ['Line', 'Arrow', 'Rectangle', 'Ellipse']) {
      await choose(ada, shape);
      await drag(
        ada,
        box.map(([x, y]): Spot => [x, y + 20]),
      );
    }
    await choose(ada, 'Sticky note');
    await drag(ada, [[560, 180]]);
    await ada.keyboard.type('Homework');
    await ada.keyboard.press('Escape');
    await choose(ada, 'Text');
    await drag(ada, [[200, 330]]);
    await ada.keyboard.type('Three quarters');
    await ada.keyboard.press('Escape');
    const drawn = ['Line', 'Arrow', 'Rectangle', 'Ellipse', 'Sticky note: Homework', 'Text: Three quarters'];
    await untilOutline(ada, [...drawn.map((what) => `${what}, by Ada`), '2 strokes, by Ada']);

    await choose(ada, 'Laser pointer');
    await drag(ada, box);
    await choose(ada, 'Eraser');
    await drag(ada, [
      [150, 60],
      [150, 140],
    ]);
    await untilOutline(
      ada,
      drawn.map((what) => `${what}, by Ada`),
    );
    await ada.getByRole('button', { name: 'Undo' }).click();
    await untilOutline(ada, [...drawn.map((what) => `${what}, by Ada`), '2 strokes, by Ada']);
  });

  it('selects, moves, duplicates and deletes, and leaves the work of others to them', async () => {
    const [ada, ben] = [await enter('ada'), await enter('ben')];
    await drag(ben, wave(320));
    await choose(ada, 'Rectangle');
    await drag(ada, [
      [200, 150],
      [300, 230],
    ]);
    await untilOutline(ada, ['Rectangle, by Ada', '1 stroke, by Ben']);
    await choose(ada, 'Select');
    await drag(ada, [
      [150, 100],
      [350, 280],
    ]);
    await ada.getByRole('button', { name: 'Duplicate' }).click();
    await untilOutline(ben, ['Rectangle, by Ada', 'Rectangle, by Ada', '1 stroke, by Ben']);
    await ada.keyboard.press('Delete');
    await untilOutline(ben, ['Rectangle, by Ada', '1 stroke, by Ben']);
    for (let step = 0; step < 4; step++) await ada.keyboard.press('Control+z');
    await untilOutline(ben, ['1 stroke, by Ben']);
  });

  it('erases a part of a stroke if so chosen', async () => {
    const ada = await enter('ada');
    await drag(ada, wave(200));
    await choose(ada, 'Eraser');
    await ada
      .locator('label.option')
      .filter({ has: ada.getByRole('radio', { name: 'Part' }) })
      .click();
    await drag(ada, [
      [270, 120],
      [270, 300],
    ]);
    await untilOutline(ada, ['2 strokes, by Ada']);
  });
});

// Seen red: what a student was drawing stayed before everyone's eyes for as long as the preview of who falls silent.
it('is locked for all and opened for one by the teacher, who alone may clear it', async () => {
  const [ada, ben] = [await enter('ada'), await enter('ben')];
  const paper = () => ada.screenshot({ clip: { x: 60, y: 130, width: 480, height: 240 } });
  const blank = await paper();
  const isBlank = async (wanted: boolean) =>
    vi.waitFor(async () => expect((await paper()).equals(blank)).toBe(wanted), { timeout: 10_000 });
  await ben.mouse.move(150, 200);
  await ben.mouse.down();
  for (const x of [250, 350, 450]) await ben.mouse.move(x, 250, { steps: 8 });
  await isBlank(false);
  await ada.getByRole('button', { name: 'Who may draw' }).click();
  await ada.getByRole('switch', { name: 'All students' }).click();
  await ben.getByText('The teacher has locked the board.').waitFor();
  await isBlank(true);
  await ben.mouse.up();
  await ben.getByRole('toolbar', { name: 'Tools' }).waitFor({ state: 'detached' });
  await ada.getByRole('switch', { name: 'Ben may draw' }).click();
  await ben.getByRole('toolbar', { name: 'Tools' }).waitFor();
  await drag(ben, wave(200));
  await untilOutline(ada, ['1 stroke, by Ben']);
  await ben.getByRole('button', { name: 'Board menu' }).click();
  expect(await ben.getByRole('button', { name: 'Clear this page' }).count()).toBe(0);
  await ada.getByRole('button', { name: 'Board menu' }).click();
  await ada.getByRole('button', { name: 'Clear this page' }).click();
  await untilOutline(ben, []);
});

it('takes everyone to the page and the view of the teacher who leads, until they look elsewhere', async () => {
  const [ada, ben] = [await enter('ada'), await enter('ben')];
  await ada.getByRole('button', { name: 'Add a page' }).click();
  await ben.getByRole('button', { name: 'Pages: 2 / 2' }).waitFor();
  await ada.getByRole('button', { name: 'Lead the view' }).click();
  await ben.getByRole('button', { name: 'Following Ada' }).waitFor();
  await ada.getByRole('button', { name: 'Zoom in' }).click();
  await ben.getByRole('button', { name: '125 %' }).waitFor();
  await ben.getByRole('button', { name: 'Zoom out' }).click();
  await ben.getByRole('button', { name: 'Follow Ada' }).click();
  await ben.getByRole('button', { name: '125 %' }).waitFor();
});

describe('by touch', () => {
  it('zooms with two fingers and leaves no ink of them; a palm beside a pen leaves none either', async () => {
    const ada = await enter('ada');
    const touch = await ada.context().newCDPSession(ada);
    const points = (...places: Spot[]) => places.map(([x, y], id) => ({ x, y, id }));
    const send = (type: 'touchStart' | 'touchMove' | 'touchEnd', ...places: Spot[]) =>
      touch.send('Input.dispatchTouchEvent', { type, touchPoints: points(...places) });
    await send('touchStart', [300, 300]);
    await send('touchStart', [300, 300], [400, 300]);
    for (const x of [450, 500]) await send('touchMove', [300, 300], [x, 300]);
    await send('touchEnd');
    expect(await percent(ada)).toBe('200 %');
    expect(await outline(ada)).toEqual([]);

    const pen = { button: 'left', pointerType: 'pen', clickCount: 1 } as const;
    await touch.send('Input.dispatchMouseEvent', { ...pen, type: 'mousePressed', x: 300, y: 300 });
    for (const x of [330, 360]) {
      await touch.send('Input.dispatchMouseEvent', { ...pen, type: 'mouseMoved', x, y: 310 });
    }
    await touch.send('Input.dispatchMouseEvent', { ...pen, type: 'mouseReleased', x: 360, y: 310 });
    await untilOutline(ada, ['1 stroke, by Ada']);
    await send('touchStart', [200, 400]);
    for (const x of [240, 280]) await send('touchMove', [x, 400]);
    await send('touchEnd');
    await choose(ada, 'Rectangle');
    await drag(ada, [
      [200, 150],
      [300, 230],
    ]);
    await untilOutline(ada, ['1 stroke, by Ada', 'Rectangle, by Ada']);
  });
});

it('has nothing that axe complains of, with each of its panels open', async () => {
  const ada = await enter('ada');
  await drag(ada, wave(200));
  await ada.addScriptTag({ path: createRequire(import.meta.url).resolve('axe-core/axe.min.js') });
  const violations = () =>
    ada.evaluate(async () => {
      const { axe } = globalThis as unknown as {
        axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
      };
      return (await axe.run()).violations.map(
        ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`,
      );
    });
  for (const tool of ['Pen', 'Eraser', 'Shapes', 'Sticky note']) {
    await choose(ada, tool);
    expect(await violations()).toEqual([]);
  }
  for (const panel of ['Who may draw', 'Board menu', 'Pages: 1 / 1']) {
    await ada.getByRole('button', { name: panel }).click();
    expect(await violations()).toEqual([]);
  }
  await ada.getByRole('button', { name: 'Board menu' }).click();
  await ada.getByRole('button', { name: 'Keyboard shortcuts' }).click();
  expect(await violations()).toEqual([]);
});

describe('what is brought from elsewhere', () => {
  // Words that stay marked in the chat would get the paste that is meant for the board; and a choice, such as that of a
  // shape, would keep the keys as if one wrote in it. Both seen red, and so was a cut that leaves what it copied.
  it('is copied, cut and pasted, from page to page and from the chat', async () => {
    const ada = await enter('ada');
    await say(ada, 'Three quarters');
    await choose(ada, 'Rectangle');
    await drag(ada, [
      [200, 150],
      [300, 230],
    ]);
    await choose(ada, 'Ellipse');
    await ada.keyboard.press('p');
    await drag(ada, wave(320));
    await untilOutline(ada, ['Rectangle, by Ada', '1 stroke, by Ada']);
    await ada.keyboard.press('Control+a');
    await ada.keyboard.press('Control+x');
    await untilOutline(ada, []);
    await ada.getByRole('button', { name: 'Add a page' }).click();
    await ada.keyboard.press('Control+v');
    await untilOutline(ada, ['Rectangle, by Ada', '1 stroke, by Ada']);
    await ada.keyboard.press('Control+c');
    await ada.keyboard.press('Control+v');
    const twice = ['Rectangle, by Ada', 'Rectangle, by Ada', '2 strokes, by Ada'];
    await untilOutline(ada, twice);

    await ada.getByRole('log').getByText('Three quarters').click({ clickCount: 3 });
    await ada.keyboard.press('Control+c');
    await drag(ada, [[700, 120]]);
    await ada.keyboard.press('Control+v');
    await untilOutline(ada, [...twice, 'Text: Three quarters, by Ada']);
  });

  // Seen red: pages by a number of one digit, so that the tenth came second.
  it('is saved as one file: a picture or, of several pages, an archive of them in order', async () => {
    const ada = await enter('ada');
    const saved = async (format: 'PNG' | 'SVG') => {
      const downloads: Download[] = [];
      ada.on('download', (download) => downloads.push(download));
      await ada.getByRole('button', { name: 'Board menu' }).click();
      await ada.getByRole('button', { name: `Save all pages as ${format}` }).click();
      await vi.waitFor(() => expect(downloads).toHaveLength(1), { timeout: 15_000 });
      ada.removeAllListeners('download');
      const [file] = downloads;
      return { name: file!.suggestedFilename(), bytes: new Uint8Array(await readFile(await file!.path())) };
    };
    const isPng = (bytes: Uint8Array) => strFromU8(bytes.subarray(1, 4)) === 'PNG';
    await drag(ada, wave(200));
    const one = await saved('PNG');
    expect([one.name, isPng(one.bytes)]).toEqual(['Whiteboard.png', true]);
    for (let page = 2; page <= 10; page++) await ada.getByRole('button', { name: 'Add a page' }).click();
    const svg = await saved('SVG');
    expect(svg.name).toBe('Whiteboard.zip');
    const pages = Object.entries(unzipSync(svg.bytes)).map(
      ([name, bytes]) => [name, strFromU8(bytes)] as const,
    );
    expect(pages.map(([name]) => name)).toEqual(
      Array.from({ length: 10 }, (_, index) => `${index + 1}.svg`.padStart(6, '0')),
    );
    expect(pages.map(([, text]) => text.includes('<path'))).toEqual([true, ...Array<boolean>(9).fill(false)]);
    expect(Object.values(unzipSync((await saved('PNG')).bytes)).map(isPng)).toEqual(Array(10).fill(true));
  });

  // Seen red: the photo as it is, which the board refuses.
  it('is dropped: a photo that is too large for the board is made smaller where the app keeps none', async () => {
    const ada = await enter('ada');
    const bytes = await ada.evaluate(async () => {
      const canvas = new OffscreenCanvas(1600, 1200);
      const context = canvas.getContext('2d')!;
      const noise = context.createImageData(1600, 1200);
      for (let at = 0; at < noise.data.length; at++) noise.data[at] = (at * 2_654_435_761) >>> 24;
      context.putImageData(noise, 0, 0);
      const photo = new File([await canvas.convertToBlob()], 'photo.png', { type: 'image/png' });
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(photo);
      const place = { bubbles: true, cancelable: true, clientX: 400, clientY: 300 };
      document
        .querySelector('[data-board-canvas]')!
        .dispatchEvent(new DragEvent('drop', { ...place, dataTransfer }));
      return photo.size;
    });
    expect(bytes).toBeGreaterThan(300_000);
    await untilOutline(ada, ['Image, by Ada']);
  });
});
