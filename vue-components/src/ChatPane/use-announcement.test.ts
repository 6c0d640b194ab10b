import type { ChatMessage } from '@chalkline/client-sdk';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { computed, effectScope, nextTick, shallowRef } from 'vue';
import { en } from '../locales/en.ts';
import { ada, ben, chen, messageOf } from '../testing/mount-classroom.ts';
import { ANNOUNCE_EVERY_MS, useAnnouncement } from './use-announcement.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function announce(first: readonly ChatMessage[] = []) {
  const messages = shallowRef(first);
  const scope = effectScope(true);
  const announcement = scope.run(() =>
    useAnnouncement(
      () => messages.value,
      computed(() => en),
    ),
  )!;
  const show = async (...now: ChatMessage[]) => {
    messages.value = now;
    await nextTick();
  };
  return { announcement, show, scope };
}

it('says one new message as it is', async () => {
  const { announcement, show } = announce();
  await show(messageOf(ada, 1, { text: 'Open page 42' }));
  expect(announcement.value).toBe('Ada: Open page 42');
});

it('counts those that come close together', async () => {
  const { announcement, show } = announce();
  const [one, two, three] = [messageOf(ada, 1), messageOf(chen, 2), messageOf(ada, 3)];
  await show(one);
  await show(one, two);
  await show(one, two, three);
  expect(announcement.value).toBe('Ada: Message 1');
  vi.advanceTimersByTime(ANNOUNCE_EVERY_MS);
  expect(announcement.value).toBe('2 new messages');
});

it('is silent about what was there, older pages, our own messages and their way to sent', async () => {
  const { announcement, show } = announce([messageOf(ada, 5)]);
  await show(messageOf(ada, 4), messageOf(ada, 5));
  await show(messageOf(ada, 5), messageOf(ben, 6, { status: 'pending', seq: undefined as never }));
  await show(messageOf(ada, 5), messageOf(ben, 6));
  vi.advanceTimersByTime(2 * ANNOUNCE_EVERY_MS);
  expect(announcement.value).toBe('');
});

// Seen red without the emptying: a screen reader hears a change, and there was none.
it('says the same words again when they are written again', async () => {
  const { announcement, show } = announce();
  const one = messageOf(ada, 1, { text: 'Yes' });
  await show(one);
  vi.advanceTimersByTime(ANNOUNCE_EVERY_MS);
  expect(announcement.value).toBe('');
  await show(one, messageOf(ada, 2, { text: 'Yes' }));
  expect(announcement.value).toBe('Ada: Yes');
});

it('cuts a long message short', async () => {
  const { announcement, show } = announce();
  await show(messageOf(ada, 1, { text: 'x'.repeat(4000) }));
  expect(announcement.value.length).toBeLessThan(250);
});

it('leaves no timer behind', async () => {
  const { show, scope } = announce();
  await show(messageOf(ada, 1));
  expect(vi.getTimerCount()).toBe(1);
  scope.stop();
  expect(vi.getTimerCount()).toBe(0);
});
