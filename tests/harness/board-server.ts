import { join } from 'node:path';
import { createServer } from 'vite';

/** Serves a page with nothing but the board's engine on it: see `board-page/board-page.ts`. */
export async function startBoardServer(folder = join(import.meta.dirname, 'board-page')) {
  const server = await createServer({
    configFile: false,
    root: folder,
    logLevel: 'warn',
    server: { port: 5373, host: '127.0.0.1', hmr: false },
  });
  await server.listen();
  const address = server.httpServer?.address();
  const port = address !== null && typeof address === 'object' ? address.port : 5373;
  return { url: `http://127.0.0.1:${port}`, close: () => server.close() };
}
