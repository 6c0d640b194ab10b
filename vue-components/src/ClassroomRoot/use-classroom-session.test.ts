import { ChalklineError } from '@chalkline/client-sdk';
import { mount } from '@vue/test-utils';
import { createPinia } from 'pinia';
import { expect, it } from 'vitest';
import { defineComponent, h, nextTick } from 'vue';
import { useConnectionBadge } from '../ConnectionBadge/use-connection-badge.ts';
import { createChalkline } from '../plugin.ts';
import { useChatStore } from '../stores/chat.ts';
import { messageOf, ben } from '../testing/mount-classroom.ts';
import { ScriptedClient } from '../testing/scripted-client.ts';
import { useClassroomSession } from './use-classroom-session.ts';

const Chat = defineComponent(() => {
  const chat = useChatStore();
  return () => chat.messages.map(({ text }) => h('p', text));
});
const Root = defineComponent(() => {
  const { view, refusal } = useClassroomSession('math-101');
  const { words, press } = useConnectionBadge();
  return () => [
    h('button', { onClick: press }, words.value.label),
    view.value === 'ready' ? h(Chat) : h('p', `${view.value} ${refusal.value}`),
  ];
});

it('is all that a classroom without our looks needs', async () => {
  const client = new ScriptedClient();
  const classroom = client.classroom('math-101');
  classroom.chat.set([messageOf(ben, 1, { text: 'Good morning' })]);
  const wrapper = mount(Root, { global: { plugins: [createPinia(), createChalkline({ client })] } });
  expect([client.said, classroom.said]).toEqual([['connect'], ['join']]);
  expect(wrapper.get('p').text()).toContain('loading');

  client.set('connected');
  classroom.admit('student');
  await nextTick();
  expect(wrapper.get('p').text()).toBe('Good morning');

  client.set('reconnecting');
  await nextTick();
  await wrapper.get('button').trigger('click');
  expect([wrapper.get('button').text(), client.said.at(-1)]).toEqual(['Reconnecting', 'reconnect']);

  classroom.set('failed', new ChalklineError('forbidden', 'unable to stay; removed'));
  await nextTick();
  expect(wrapper.get('p').text()).toContain('refused You are not on the list');

  wrapper.unmount();
  await Promise.resolve();
  // Seen red: the session without its stay.
  expect(classroom.said.at(-1)).toBe('leave');
});
