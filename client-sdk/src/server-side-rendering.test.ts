import { execFile } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { expect, test } from 'vitest';

const source = dirname(fileURLToPath(import.meta.url));

/** What the page's server would do with the SDK, whose code is given. */
const script = (sdk: string): string => `
  for (const name of ['WebSocket', 'document', 'window', 'navigator', 'addEventListener']) delete globalThis[name];
  const { createClient } = await import('data:text/javascript,' + encodeURIComponent(${JSON.stringify(sdk)}));
  const client = createClient({ url: 'wss://rt.example.com', token: () => 'token' });
  const classroom = client.classroom('math-101');
  const seen = { status: client.status, messages: classroom.chat.messages, members: classroom.presence.members };
  let refusal;
  try { client.connect(); } catch (error) { refusal = error.message; }
  console.log(JSON.stringify({ ...seen, refusal, after: client.status }));
`;

/** Runs a module in a Node of its own; resolves with what it printed. */
function run(module: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      process.execPath,
      ['--input-type=module', '-'],
      { timeout: 20_000 },
      (error, stdout) => {
        if (error) reject(new Error('the script failed', { cause: error }));
        else resolve(stdout);
      },
    );
    child.stdin?.end(module);
  });
}

// Seen red: a WebSocket that was read when the module was imported.
test('a server that renders a page may import the SDK, make a client and read it, with no WebSocket and no document', async () => {
  const [output] = [
    await build({
      configFile: false,
      logLevel: 'silent',
      root: source,
      build: { write: false, lib: { entry: join(source, 'index.ts'), formats: ['es'] } },
    }),
  ].flat();
  if (!output || !('output' in output)) throw new Error('the SDK was not built');
  const stdout = await run(script(output.output[0].code));
  expect(JSON.parse(stdout)).toEqual({
    status: 'idle',
    messages: [],
    members: [],
    refusal: 'unable to connect; there is no WebSocket here, so give one in `env`',
    after: 'idle',
  });
}, 30_000);
