import { createRequire } from 'node:module';
import { expect, it } from 'vitest';
import { startBackendProcess, type BackendProcess } from '../harness/backend-process.ts';
import { chatAndLeave, say, shownTexts } from '../harness/classroom-pages.ts';
import { startRedis, type RedisProcess } from '../harness/redis.ts';
import { SECRET } from '../harness/sdk-client.ts';
import { useDemo } from '../harness/use-demo.ts';

let redis: RedisProcess;
let backend: BackendProcess;
const demo = useDemo(async () => {
  redis = await startRedis();
  backend = await startBackendProcess({ secret: SECRET, redisUrl: redis.url });
  return {
    url: backend.url,
    close: async () => {
      await backend.kill();
      await redis.stop();
    },
  };
});
const { enter } = demo;

it('lets two pages chat live and see each other come, type and leave', async () => {
  await chatAndLeave(enter);
});

it('comes back by itself when the backend is killed; what is typed meanwhile arrives once and in order', async () => {
  const ada = await enter('ada');
  const ben = await enter('ben');
  await say(ada, 'before');
  await ben.getByRole('log').getByText('before', { exact: true }).waitFor();

  await backend.kill();
  for (const page of [ada, ben])
    await page
      .getByText(/reconnecting/i)
      .first()
      .waitFor();
  for (const text of ['one', 'two', 'three']) await say(ada, text);
  await say(ben, 'four');
  backend = await startBackendProcess({ secret: SECRET, redisUrl: redis.url, port: backend.port });

  await ada.getByRole('log').getByText('four', { exact: true }).waitFor();
  await ben.getByRole('log').getByText('three', { exact: true }).waitFor();
  await ada.locator('[data-message-id][data-state="pending"]').first().waitFor({ state: 'detached' });
  const texts = await shownTexts(ada, 5);
  expect(texts.toSorted()).toEqual(['before', 'four', 'one', 'three', 'two']);
  expect(texts.filter((text) => text !== 'four')).toEqual(['before', 'one', 'two', 'three']);
  expect(await shownTexts(ben, 5)).toEqual(texts);
});

it.each([
  { width: 1280, colorScheme: 'light' },
  { width: 390, colorScheme: 'dark' },
] as const)('has nothing that axe complains of at $width px, $colorScheme', async (look) => {
  const ada = await enter('ada', look);
  await say(ada, 'for the eyes');
  await ada.addScriptTag({ path: createRequire(import.meta.url).resolve('axe-core/axe.min.js') });
  const violations = await ada.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
    };
    return (await axe.run()).violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`,
    );
  });
  expect(violations).toEqual([]);
});

it('never puts the token into an address', async () => {
  const page = await demo.open();
  const addresses: string[] = [];
  page.on('request', (request) => addresses.push(request.url()));
  page.on('websocket', (socket) => addresses.push(socket.url()));
  await page.goto(`${demo.url}/?user=ada`);
  await page.getByRole('log').waitFor();
  expect(addresses.some((address) => address.startsWith('ws://'))).toBe(true);
  expect(addresses.filter((address) => address.includes('eyJ'))).toEqual([]);
});
