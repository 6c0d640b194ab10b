import { startDevServer } from '@chalkline/server';
import { expect, it } from 'vitest';
import { say, shownTexts } from '../harness/classroom-pages.ts';
import { SECRET } from '../harness/sdk-client.ts';
import { useDemo } from '../harness/use-demo.ts';

const demo = useDemo(() => startDevServer({ secret: SECRET, port: 0 }));

// Seen red: the demo without its storage.
it('a message typed while the network is dead outlives a reload of the page', async () => {
  const ben = await demo.enter('ben');
  const { gateway } = demo.backend;
  const others = gateway.connections;
  const ada = await demo.enter('ada');
  await say(ada, 'before');
  await ben.getByRole('log').getByText('before', { exact: true }).waitFor();

  for (const id of gateway.connections) if (!others.includes(id)) gateway.cut(id, 'half-open');
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
