import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import type { Page } from 'playwright-core';
import { samplesOf } from '../docs/samples.ts';
import { addressOf, startBackendProcess } from '../harness/backend-process.ts';
import { ClassroomPages, say } from '../harness/classroom-pages.ts';
import { freePort } from '../harness/redis.ts';
import { ensurePrograms } from '../harness/requirements.ts';
import { SECRET } from '../harness/sdk-client.ts';
import { FreshApp } from './fresh-app.ts';

/**
 * The samples of docs/embedding.md as a Nuxt app outside the workspace: `pnpm nuxt`, or `pnpm nuxt 4.5.2` for one that is not the
 * newest. It is compiled, built and started, what its server sends is read, and two browsers talk in it.
 */
const [version = 'latest'] = process.argv.slice(2);
const told = (line: string): void => void process.stdout.write(`${line}\n`);
const stops: (() => Promise<unknown>)[] = [];

try {
  ensurePrograms(told);
  told(`packing the packages, installing Nuxt (${version}) …`);
  const app = await freshNuxtApp();
  told('comparing types …');
  await nuxt(app, 'typecheck');
  told('building …');
  await nuxt(app, 'build');
  told('starting the server …');
  const backend = await startBackendProcess({
    secret: SECRET,
    bin: app.bin('@chalkline/server', 'dist/bin.js'),
  });
  stops.push(() => backend.kill());
  const server = await startServer(app, backend.url);
  await readPage(server.url);
  told('opening two browsers …');
  await talk(server.url);
  assert.equal(server.said().replace(/^Listening on .*\n/, ''), '', 'what the server said besides');
  const { version: installed } = JSON.parse(await app.read('node_modules/nuxt/package.json')) as {
    version: string;
  };
  told(
    `Nuxt ${installed}: rendered by the server, taken over without a difference, and two browsers talk and draw`,
  );
} catch (error) {
  told(`Nuxt (${version}) FAILED: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
} finally {
  for (const stop of stops.reverse()) await stop();
}

/** What `npm create nuxt` gives and the page names, on a Node that Nuxt runs on: it asks for a newer one than we do. */
async function freshNuxtApp(): Promise<FreshApp> {
  const app = await FreshApp.create([
    `nuxt@${version}`,
    'node@24',
    ...['vue', 'vue-router', 'pinia', '@pinia/nuxt', 'jose', 'yjs', 'y-protocols', 'typescript', 'vue-tsc'],
  ]);
  stops.push(() => app.remove());
  const parts = ['app', 'server', 'shared', 'node'];
  await app.write({
    ...Object.fromEntries(await samplesOf('docs/embedding.md')),
    'tsconfig.json': JSON.stringify({
      files: [],
      references: parts.map((part) => ({ path: `./.nuxt/tsconfig.${part}.json` })),
    }),
  });
  return app;
}

function nuxt(app: FreshApp, command: string): Promise<string> {
  return app.run(app.bin('node', 'bin/node'), app.bin('nuxt', 'bin/nuxt.mjs'), command);
}

async function startServer(
  app: FreshApp,
  chalklineUrl: string,
): Promise<{ url: string; said: () => string }> {
  const child = spawn(app.bin('node', 'bin/node'), ['.output/server/index.mjs'], {
    cwd: app.folder,
    env: {
      HOST: '127.0.0.1',
      PORT: String(await freePort()),
      CHALKLINE_SECRET: SECRET,
      NUXT_PUBLIC_CHALKLINE_URL: chalklineUrl,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  stops.push(() => Promise.resolve(child.kill('SIGKILL')));
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
  return { url: await addressOf(child, /http:\S+/), said: () => output };
}

/** What the server sends to somebody who is signed in: the shape of the classroom, and no token. */
async function readPage(url: string): Promise<void> {
  const response = await fetch(url, { headers: { cookie: 'user=Ada' } });
  const html = await response.text();
  assert.equal(response.status, 200, html);
  assert.match(html, /role="status"[^>]*>Opening the classroom</);
  // `eyJ` begins every JWT.
  assert.doesNotMatch(html, new RegExp(`eyJ|${SECRET}`));
}

async function talk(url: string): Promise<void> {
  const pages = await ClassroomPages.start();
  stops.push(() => pages.stop());
  const complaints: string[] = [];
  const enter = async (user: string): Promise<Page> => {
    const page = await pages.open();
    // A page that differs from what the server sent is told of here. Seen red: a random number in app.vue.
    page.on('console', (message) => {
      if (['warning', 'error'].includes(message.type())) complaints.push(`${user}: ${message.text()}`);
    });
    await page.context().addCookies([{ name: 'user', value: user, url }]);
    await page.goto(url);
    await page.getByRole('log').waitFor();
    return page;
  };
  const [ada, ben] = [await enter('Ada'), await enter('Ben')];
  await say(ada, 'Good morning');
  await ben.getByRole('log').getByText('Good morning').waitFor();
  await ben
    .getByRole('list', { name: /members/i })
    .getByText('Ada')
    .waitFor();

  const nothingYet = ben.getByText('Nothing here yet');
  await nothingYet.waitFor();
  await ada.mouse.move(300, 300);
  await ada.mouse.down();
  await ada.mouse.move(500, 400, { steps: 5 });
  await ada.mouse.up();
  await nothingYet.waitFor({ state: 'detached' });

  // What the server has rendered keeps its looks. Seen red: no `vue` among the dependencies, so that the server had two.
  const heights = await ada
    .locator('.chalkline.root, .session')
    .evaluateAll((all) => all.map((one) => one.clientHeight));
  assert.deepEqual(heights, [780, 780], 'the heights of the classroom and of what is in it');
  assert.deepEqual([...complaints, ...(await pages.closeAll())], [], 'what the browsers said');
}
