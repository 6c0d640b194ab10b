import type { ChatMessage } from '@chalkline/client-sdk';
import { mount } from '@vue/test-utils';
import { expect, it } from 'vitest';
import { nextTick } from 'vue';
import { allByRole, byRole } from '../testing/by-role.ts';
import { ada, ben, messageOf } from '../testing/mount-classroom.ts';
import MessageList from './MessageList.vue';

const VIEW = 300;
const LINE = 100;

/** Gives the list what happy-dom lacks: each message is 100 px tall, and the view shows 300 px of them. */
function mountList(messages: readonly ChatMessage[]) {
  const wrapper = mount(MessageList, {
    props: { messages, hasOlder: false, olderStatus: 'idle' },
    attachTo: document.body,
  });
  const view = byRole(wrapper, 'log').element as HTMLElement;
  const elements = () => [...view.querySelectorAll<HTMLElement>('[data-message-id]')];
  Object.defineProperties(view, {
    clientHeight: { get: () => VIEW },
    scrollHeight: { get: () => elements().length * LINE },
  });
  const rect = (top: number, height: number) => ({ top, bottom: top + height }) as DOMRect;
  view.getBoundingClientRect = () => rect(0, VIEW);
  const measure = () =>
    elements().forEach((element, index) => {
      element.getBoundingClientRect = () => rect(elements().indexOf(element) * LINE - view.scrollTop, LINE);
      element.dataset.index = String(index);
    });
  const observer = new MutationObserver(measure);
  observer.observe(view, { childList: true, subtree: true });
  measure();

  /** A browser would stop at the last full view; assigning more is how one scrolls to the end. */
  let top = 0;
  Object.defineProperty(view, 'scrollTop', {
    get: () => top,
    set: (value: number) => (top = Math.max(0, Math.min(value, view.scrollHeight - VIEW))),
  });
  const scrollTo = async (value: number) => {
    view.scrollTop = value;
    await wrapper.get('[role=log]').trigger('scroll');
  };
  const show = async (now: readonly ChatMessage[]) => {
    await wrapper.setProps({ messages: now });
    await nextTick();
  };
  const firstSeen = () =>
    elements().find((element) => element.getBoundingClientRect().bottom > 0)?.dataset.messageId;
  return { wrapper, view, scrollTo, show, firstSeen };
}

const history = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => messageOf(ada, from + index));

it('stays at the end for who is at the end', async () => {
  const { view, scrollTo, show } = mountList(history(1, 10));
  await scrollTo(700);
  await show(history(1, 12));
  expect(view.scrollTop).toBe(900);
});

it('leaves who reads further up where they are, and offers the way to the new messages', async () => {
  const { wrapper, view, scrollTo, show } = mountList(history(1, 10));
  await scrollTo(250);
  await show(history(1, 12));
  expect(view.scrollTop).toBe(250);
  await byRole(wrapper, 'button', '2 new messages').trigger('click');
  expect(view.scrollTop).toBe(900);
  expect(document.activeElement).toBe(view);
  expect(allByRole(wrapper, 'button', /new message/)).toEqual([]);
});

it('takes the offer back when the reader has scrolled there', async () => {
  const { wrapper, scrollTo, show } = mountList(history(1, 10));
  await scrollTo(250);
  await show(history(1, 11));
  expect(allByRole(wrapper, 'button', '1 new message')).toHaveLength(1);
  await scrollTo(800);
  expect(allByRole(wrapper, 'button', /new message/)).toEqual([]);
});

// Seen red without `restore`: the page above pushed the reader's line out of sight.
it('keeps the line under the eyes where it is when older messages come in above', async () => {
  const { wrapper, view, scrollTo, show, firstSeen } = mountList(history(21, 30));
  await scrollTo(250);
  expect(firstSeen()).toBe('m23');
  await show(history(1, 30));
  expect(firstSeen()).toBe('m23');
  expect(view.scrollTop).toBe(2250);
  expect(allByRole(wrapper, 'button', /new message/)).toEqual([]);
});

it('brings us to the end with a message of our own', async () => {
  const { view, scrollTo, show } = mountList(history(1, 10));
  await scrollTo(250);
  await show([...history(1, 10), messageOf(ben, 11, { status: 'pending', seq: undefined as never })]);
  expect(view.scrollTop).toBe(800);
});

it('does not take an old message of our own, in an older page, for a new one', async () => {
  const { view, scrollTo, show } = mountList(history(21, 30));
  await scrollTo(250);
  await show([messageOf(ben, 19), messageOf(ada, 20), ...history(21, 30)]);
  expect(view.scrollTop).toBe(450);
});
