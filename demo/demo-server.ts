import vue from '@vitejs/plugin-vue';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, preview } from 'vite';
import { sessionEndpoint } from './session-endpoint.ts';

export interface DemoServerOptions {
  /** Where the page connects to: `ws://…`. */
  backendUrl: string;
  /** What the backend's tokens are signed with. */
  secret: string;
  /** The first port to try. @default 5173 */
  port?: number;
  /** A folder that `buildPages` has filled. @default built for this server alone */
  pages?: string;
}

const config = { configFile: false, root: import.meta.dirname, logLevel: 'warn' } as const;

/** Builds the demo's pages into a folder, as a platform would, in a few files. */
export async function buildPages(outDir: string): Promise<void> {
  await build({
    ...config,
    plugins: [vue()],
    build: {
      outDir,
      emptyOutDir: true,
      reportCompressedSize: false,
      // It comes from this machine, and a busy one is no defect.
      chunkSizeWarningLimit: 2000,
      rolldownOptions: {
        input: ['index.html', 'gallery/index.html'].map((page) => join(import.meta.dirname, page)),
        checks: { bundlerTimings: false },
      },
    },
  });
}

/** Serves the demo's pages, which stand in a folder already or are built; a port that is taken is passed over. */
export async function startDemoServer({ backendUrl, secret, port = 5173, pages }: DemoServerOptions) {
  const outDir = pages ?? (await mkdtemp(join(tmpdir(), 'chalkline-demo-')));
  if (pages === undefined) await buildPages(outDir);
  const server = await preview({
    ...config,
    plugins: [sessionEndpoint(backendUrl, secret)],
    build: { outDir },
    preview: { port, host: '127.0.0.1' },
  });
  const address = server.httpServer.address();
  const actual = address !== null && typeof address === 'object' ? address.port : port;
  return {
    url: `http://127.0.0.1:${actual}`,
    async close() {
      await server.close();
      if (pages === undefined) await rm(outDir, { recursive: true, force: true });
    },
  };
}
