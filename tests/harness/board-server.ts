import { join } from 'node:path';
import vue from '@vitejs/plugin-vue';
import type { Page } from 'playwright-core';
import { createServer } from 'vite';
import { startBrowser } from './browser.ts';

/** Serves a page with nothing but the board's engine on it: see `board-page/board-page.ts`. */
export async function startBoardServer(folder = join(import.meta.dirname, 'board-page')) {
  const server = await createServer({
    configFile: false,
    root: folder,
    logLevel: 'warn',
    // The engine shares its entry with the component.
    plugins: [vue()],
    server: { port: 5373, host: '127.0.0.1', hmr: false },
  });
  await server.listen();
  const address = server.httpServer?.address();
  const port = address !== null && typeof address === 'object' ? address.port : 5373;
  return { url: `http://127.0.0.1:${port}`, close: () => server.close() };
}

/** That page in a browser; `stop` resolves with the errors that it did not catch. */
export async function openBoardPage(
  deviceScaleFactor = 1,
): Promise<{ page: Page; stop: () => Promise<string[]> }> {
  const [server, browser] = await Promise.all([startBoardServer(), startBrowser()]);
  const page = await browser.newPage({ viewport: { width: 1100, height: 1400 }, deviceScaleFactor });
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  await page.goto(server.url);
  await page.waitForFunction(() => 'openBoard' in globalThis);
  const stop = async () => {
    await browser.close();
    await server.close();
    return errors;
  };
  return { page, stop };
}
