import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Which of the heavy packages a process has loaded once it has imported `modules`. */
async function loadedBy(...modules: string[]): Promise<string[]> {
  const script = `
    import { createRequire } from 'node:module';
    for (const file of ${JSON.stringify(modules.map(here))}) await import(file);
    const loaded = Object.keys(createRequire(${JSON.stringify(here('./x.js'))}).cache);
    const heavy = ['ioredis', '@smithy'];
    const found = heavy.filter((name) => loaded.some((file) => file.includes('/node_modules/' + name + '/')));
    // Yjs is in no such cache, but leaves a mark by which it would find a second copy of itself.
    if (globalThis['__ $YJS$ __']) found.push('yjs');
    console.log(JSON.stringify(found));
  `;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '--eval', script],
    { cwd: here('../..') },
  );
  return JSON.parse(stdout) as string[];
}

// Seen red: the Redis client imported by `claims-context.ts`.
it('keeps Redis and the AWS client out of the authorizer, which every cold start waits for', async () => {
  expect(await loadedBy('./authorizer.ts', '../adapters/jwt.ts')).toEqual([]);
}, 20_000);

// Seen red: `yjs-updates.ts` imported at the top of `publish.ts`.
it('keeps Yjs out of the message handler until somebody draws', async () => {
  expect(await loadedBy('./message.ts')).toEqual([]);
  expect(await loadedBy('../yjs-updates.ts')).toEqual(['yjs']);
}, 20_000);

it('would notice them, since the adapters do load them', async () => {
  const adapters = ['../adapters/api-gateway.ts', '../adapters/redis/connect-redis.ts'];
  expect(await loadedBy(...adapters)).toEqual(['ioredis', '@smithy']);
}, 20_000);
