import { messages, state } from '@chalkline/demo/own-types';
import { startDevServer } from '@chalkline/server';
import { expect, it } from 'vitest';
import { SECRET } from '../harness/sdk-client.ts';
import { useDemo } from '../harness/use-demo.ts';

const demo = useDemo(() => startDevServer({ secret: SECRET, port: 0, messages, state }));

it('a poll goes to everyone, counts the newest vote of each, and is there again after a reload', async () => {
  const ada = await demo.enter('ada');
  const ben = await demo.enter('ben');
  await ada.getByText('Ask a question').click();
  await ada.getByLabel('Question').fill('Which is more?');
  await ada.getByLabel('Answers').fill('2/3\n3/4');
  await ada.getByRole('button', { name: 'Start the poll' }).click();
  const poll = ben.getByRole('region', { name: 'Poll' });
  await poll.getByRole('button', { name: '2/3 0' }).click();
  await ada.getByRole('button', { name: '2/3 1' }).waitFor();
  await poll.getByRole('button', { name: '3/4 0' }).click();
  await ada.getByRole('button', { name: '3/4 1' }).click();
  await poll.getByRole('button', { name: '3/4 2' }).waitFor();
  await ada.reload();
  await ada.getByRole('button', { name: '3/4 2' }).waitFor();
  expect(await ada.getByRole('button', { name: '3/4 2' }).getAttribute('aria-pressed')).toBe('true');
  await ada.getByRole('button', { name: 'Close the poll' }).click();
  await poll.waitFor({ state: 'detached' });
});
