import vue from '@vitejs/plugin-vue';
import { createServer } from 'vite';
import { sessionEndpoint } from './session-endpoint.ts';

export interface DemoServerOptions {
  /** Where the page connects to: `ws://…`. */
  backendUrl: string;
  /** What the backend's tokens are signed with. */
  secret: string;
  /** The first port to try. @default 5173 */
  port?: number;
}

/** Serves the demo's page; a port that is taken is passed over. */
export async function startDemoServer({ backendUrl, secret, port = 5173 }: DemoServerOptions) {
  const server = await createServer({
    configFile: false,
    root: import.meta.dirname,
    logLevel: 'warn',
    plugins: [vue(), sessionEndpoint(backendUrl, secret)],
    // Nobody edits the demo while it is shown, and a page that lost its network must not be reloaded under its user.
    server: { port, host: '127.0.0.1', hmr: false },
  });
  await server.listen();
  const address = server.httpServer?.address();
  const actual = address !== null && typeof address === 'object' ? address.port : port;
  return { url: `http://127.0.0.1:${actual}`, close: () => server.close() };
}
