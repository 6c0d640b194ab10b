import { startDevServer } from '@chalkline/server';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { say, shownTexts } from '../harness/classroom-pages.ts';
import { SECRET } from '../harness/sdk-client.ts';
import { useDemo } from '../harness/use-demo.ts';

const demo = useDemo(() => startDevServer({ secret: SECRET, port: 0 }));

/** Ada, whose page runs on a clock that the test turns, and Ben; and the id of Ada's connection. */
async function enterBoth(): Promise<{ ada: Page; ben: Page; connectionId: string }> {
  const others = demo.backend.gateway.connections;
  const ada = await demo.open();
  await ada.clock.install();
  await ada.goto(`${demo.url}/?user=ada`);
  await ada.getByRole('log').waitFor();
  const [connectionId = ''] = demo.backend.gateway.connections.filter((id) => !others.includes(id));
  await ada.evaluate(keepBadge);
  return { ada, ben: await demo.enter('ben'), connectionId };
}

/** Notes in the page every word that the badge shows from now on. */
function keepBadge(): void {
  const said: string[] = [];
  (globalThis as unknown as { said: string[] }).said = said;
  const look = () => {
    const words = /Connected|Reconnecting|Connecting|Disconnected/.exec(
      document.querySelector('header')?.innerText ?? '',
    );
    if (words && said.at(-1) !== words[0]) said.push(words[0]);
  };
  look();
  new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true });
}

const badgeOf = (page: Page) => page.evaluate(() => (globalThis as unknown as { said: string[] }).said);
const badge = (page: Page, word: string) => page.locator('header .label').getByText(word, { exact: true });

// Seen red: without the probe on `offline` the badge says Connected for the half minute that Ada is cut off.
it('is offline for 30 s in mid chat: nothing lost, nothing doubled, and the badge tells the truth', async () => {
  const { ada, ben, connectionId } = await enterBoth();
  await say(ada, 'before');
  await ben.getByRole('log').getByText('before', { exact: true }).waitFor();

  // What a dead network is: no close, no answer, and no new connection.
  demo.backend.gateway.cut(connectionId, 'half-open');
  await ada.context().setOffline(true);
  await ada.clock.runFor(5_000);
  await badge(ada, 'Reconnecting').waitFor();
  for (const text of ['typed one', 'typed two']) await say(ada, text);
  await say(ben, 'meanwhile');
  await ada.clock.runFor(25_000);
  expect(await shownTexts(ada, 3)).toEqual(['before', 'typed one', 'typed two']);

  await ada.context().setOffline(false);
  await ada.clock.runFor(1_000);
  await badge(ada, 'Connected').waitFor();
  await ben.getByRole('log').getByText('typed two', { exact: true }).waitFor();
  const order = ['before', 'meanwhile', 'typed one', 'typed two'];
  await ada.getByRole('log').getByText('meanwhile', { exact: true }).waitFor();
  expect(await shownTexts(ada, 4)).toEqual(order);
  expect(await shownTexts(ben, 4)).toEqual(order);
  expect(await badgeOf(ada)).toEqual(['Connected', 'Reconnecting', 'Connected']);
});

// Seen red: without the probe on waking, nothing happens until the next ping half a minute later.
it('sleeps with its timers frozen while the socket dies, and is whole again seconds after it wakes', async () => {
  const { ada, ben, connectionId } = await enterBoth();
  await say(ada, 'before the nap');
  await ben.getByRole('log').getByText('before the nap').waitFor();
  await ada.clock.pauseAt(Date.now() + 60_000);
  demo.backend.gateway.cut(connectionId, 'half-open');
  for (const text of ['slept one', 'slept two']) await say(ben, text);

  // The lid opens: what Chrome tells a page then.
  await ada.evaluate(() => document.dispatchEvent(new Event('resume')));
  await ada.clock.runFor(5_000);
  await badge(ada, 'Reconnecting').or(badge(ada, 'Connected')).waitFor();
  await ada.clock.runFor(2_000);
  await ada.getByRole('log').getByText('slept two').waitFor();
  await badge(ada, 'Connected').waitFor();
  expect(await shownTexts(ada, 3)).toEqual(['before the nap', 'slept one', 'slept two']);
  expect(await badgeOf(ada)).toEqual(['Connected', 'Reconnecting', 'Connected']);
});
