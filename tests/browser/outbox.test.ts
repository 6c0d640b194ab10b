import { startDemoServer } from '@chalkline/demo/demo-server';
import { startDevServer, type DevServer } from '@chalkline/server';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { ClassroomPages, say, shownTexts } from '../harness/classroom-pages.ts';
import { SECRET } from '../harness/sdk-client.ts';

let backend: DevServer;
let demo: Awaited<ReturnType<typeof startDemoServer>>;
let pages: ClassroomPages;

beforeAll(async () => {
  backend = await startDevServer({ secret: SECRET, port: 0 });
  demo = await startDemoServer({ backendUrl: backend.url, secret: SECRET });
  pages = await ClassroomPages.start();
});
afterEach(async () => {
  expect(await pages.closeAll()).toEqual([]);
});
afterAll(async () => {
  await pages.stop();
  await demo.close();
  await backend.close();
});

// Seen red: the demo without its storage.
it('a message typed while the network is dead outlives a reload of the page', async () => {
  const ben = await pages.enter(demo.url, 'ben');
  const others = backend.gateway.connections;
  const ada = await pages.enter(demo.url, 'ada');
  await say(ada, 'before');
  await ben.getByRole('log').getByText('before', { exact: true }).waitFor();

  for (const id of backend.gateway.connections)
    if (!others.includes(id)) backend.gateway.cut(id, 'half-open');
  await ada.context().setOffline(true);
  for (const text of ['typed one', 'typed two']) await say(ada, text);
  await ada.getByRole('log').getByText('typed two', { exact: true }).waitFor();
  // A database writes when it likes: the page is left once both are in it.
  await ada.waitForFunction(
    () =>
      new Promise<boolean>((resolve) => {
        const request = indexedDB.open('chalkline');
        request.onsuccess = () => {
          const count = request.result.transaction('outbox').objectStore('outbox').count();
          count.onsuccess = () => {
            request.result.close();
            resolve(count.result === 2);
          };
        };
      }),
  );

  await ada.context().setOffline(false);
  await ada.reload();
  const order = ['before', 'typed one', 'typed two'];
  for (const page of [ben, ada]) {
    await page.getByRole('log').getByText('typed two', { exact: true }).waitFor();
    expect(await shownTexts(page, 4)).toEqual(order);
  }

  // Once acked, they are sent no more: not after another reload either.
  await say(ada, 'after');
  await ben.getByRole('log').getByText('after', { exact: true }).waitFor();
  await ada.reload();
  await ada.getByRole('log').getByText('after', { exact: true }).waitFor();
  expect(await shownTexts(ada, 5)).toEqual([...order, 'after']);
  expect(await shownTexts(ben, 5)).toEqual([...order, 'after']);
});
