import { existsSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { buildPages, startDemoServer } from '@chalkline/demo/demo-server';
import { inject } from 'vitest';
import { poll } from './poll.ts';
import { SECRET } from './sdk-client.ts';

export type DemoServer = Awaited<ReturnType<typeof startDemo>>;

/** Serves the demo on a backend. Its pages are built once for all test files, by the first that asks. */
export async function startDemo(backendUrl: string) {
  return startDemoServer({ backendUrl, secret: SECRET, pages: await pages() });
}

async function pages(): Promise<string> {
  const folder = join(inject('sharedFolder'), 'demo');
  const built = join(folder, 'built');
  const isFirst = (await mkdir(folder, { recursive: true })) !== undefined;
  if (isFirst) {
    await buildPages(join(folder, 'building'));
    await rename(join(folder, 'building'), built);
  }
  await poll('the demo is built', () => existsSync(built), 50_000);
  return built;
}
