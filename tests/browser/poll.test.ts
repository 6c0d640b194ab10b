import { messages, state } from '@chalkline/demo/own-types';
import { startDevServer } from '@chalkline/server';
import { useClassroomState, useMessages } from '@chalkline/vue-components';
import { expect, expectTypeOf, it } from 'vitest';
import { SECRET } from '../harness/sdk-client.ts';
import { useDemo } from '../harness/use-demo.ts';

const demo = useDemo(() => startDevServer({ secret: SECRET, port: 0, messages, state }));

/** Never called: the demo registers its client, so its own keys and types are known, and no others. */
export function compiled(): void {
  expectTypeOf(useClassroomState('poll').value.value?.options).toEqualTypeOf<string[] | undefined>();
  expectTypeOf(useClassroomState('spotlight').value.value).toEqualTypeOf<{ userId: string } | undefined>();
  const { send, newest } = useMessages('poll.vote');
  expectTypeOf(newest.value[0]!.data).toEqualTypeOf<{ pollId: string; choice: number }>();
  // @ts-expect-error -- a choice is a number
  void send({ pollId: 'one', choice: 'two' });
  // @ts-expect-error -- there is no such key
  useClassroomState('weather');
  // @ts-expect-error -- there is no such type
  useMessages('poll.close');
}

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
