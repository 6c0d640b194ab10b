import { createClient } from '@chalkline/client-sdk';
import { createManualClock, createTestServer } from '@chalkline/client-sdk/testing';
import { flushPromises, mount } from '@vue/test-utils';
import { createPinia } from 'pinia';
import { afterEach, expect, it } from 'vitest';
import { h } from 'vue';
import {
  ChatPane,
  ClassroomLayout,
  ClassroomRoot,
  ConnectionBadge,
  createChalkline,
  MemberList,
} from './index.ts';
import { allByRole, byRole } from './testing/by-role.ts';

afterEach(() => {
  document.body.innerHTML = '';
});

/** The classroom of Ben, a student, as an app embeds it: the real SDK against the backend in memory. */
function open(user: { role?: 'student' | 'observer'; classrooms?: string[] } = {}) {
  const clock = createManualClock();
  const server = createTestServer({ clock });
  const client = createClient({
    url: server.url,
    token: server.token({ userId: 'ben', name: 'Ben', ...user }),
    env: server.env,
  });
  const ada = server.join('math-101', { userId: 'ada', name: 'Ada', role: 'teacher' });
  const wrapper = mount(ClassroomRoot, {
    props: { classroomId: 'math-101' },
    slots: {
      default: () =>
        h(ClassroomLayout, null, {
          header: () => h(ConnectionBadge),
          chat: () => h(ChatPane),
          members: () => h(MemberList),
        }),
    },
    global: { plugins: [createPinia(), createChalkline({ client })] },
    attachTo: document.body,
  });
  const pass = async (ms = 0) => {
    await clock.advance(ms);
    await flushPromises();
  };
  const write = async (text: string) => {
    await byRole(wrapper, 'textbox', 'Message').setValue(text);
    await wrapper.get('form').trigger('submit');
  };
  const messages = () =>
    wrapper.findAll('[data-message-id]').map((message) => {
      return [message.get('.bubble').text(), message.attributes('data-state')];
    });
  const badge = () => wrapper.get('.badge .label').text();
  return { server, clock, client, ada, wrapper, pass, write, messages, badge };
}

it('lets one in, shows who is here, and carries messages both ways', async () => {
  const { ada, wrapper, pass, write, messages, badge } = open();
  ada.say('Good morning');
  await pass(1000);
  expect(badge()).toBe('Connected');
  expect(allByRole(wrapper, 'listitem').map((member) => member.get('.name').text())).toEqual([
    'Ada',
    'BenYou',
  ]);

  await write('Good morning, Ada');
  expect(messages()).toEqual([
    ['Good morning', 'sent'],
    ['Good morning, Ada', 'pending'],
  ]);
  await pass(1000);
  expect(messages().at(-1)).toEqual(['Good morning, Ada', 'sent']);
});

it('comes back by itself after a lost link, with everything once and in order', async () => {
  const { server, ada, wrapper, pass, write, messages, badge } = open();
  await pass(1000);
  server.isReachable = false;
  server.drop();
  await pass();
  expect(badge()).toBe('Reconnecting');
  expect(wrapper.get('form').text()).toContain('No connection.');
  ada.say('Is anybody there?');
  await write('I am');
  expect(messages()).toEqual([['I am', 'pending']]);

  server.isReachable = true;
  await pass(60_000);
  expect(badge()).toBe('Connected');
  expect(messages()).toEqual([
    ['Is anybody there?', 'sent'],
    ['I am', 'sent'],
  ]);
});

it('shows when another member is typing, loses their link, or leaves', async () => {
  const { server, ada, wrapper, pass } = open();
  const chen = server.join('math-101', { userId: 'chen', name: 'Chen' });
  await pass(1000);
  ada.signal('chat.typing', true);
  await pass();
  expect(wrapper.get('.typing').text()).toBe('Ada is typing');
  ada.drop();
  await pass();
  expect(allByRole(wrapper, 'listitem')[0]?.text()).toContain('Reconnecting');
  chen.leave();
  await pass();
  expect(allByRole(wrapper, 'listitem').map((member) => member.get('bdi').text())).toEqual(['Ada', 'Ben']);
});

it('tells who is not on the list so, and opens nothing', async () => {
  const { wrapper, pass } = open({ classrooms: ['art-7'] });
  await pass(1000);
  expect(byRole(wrapper, 'alert').text()).toContain('You are not on the list for this classroom.');
  expect(wrapper.find('[data-code="forbidden"]').exists()).toBe(true);
});

it('shows a refused message with its reason, and sends it again when asked to', async () => {
  const { server, wrapper, pass, write, messages } = open();
  await pass(1000);
  server.refuse('publish', 'forbidden');
  await write('May I?');
  await pass(1000);
  expect(messages()).toEqual([['May I?', 'failed']]);
  expect(wrapper.get('.failure').text()).toContain('You cannot write here right now.');
  await byRole(wrapper, 'button', 'Retry').trigger('click');
  await pass(1000);
  expect(messages()).toEqual([['May I?', 'sent']]);
});

it('takes a refused message away when asked to', async () => {
  const { server, wrapper, pass, write, messages } = open();
  await pass(1000);
  server.refuse('publish', 'forbidden');
  await write('May I?');
  await pass(1000);
  await byRole(wrapper, 'button', 'Discard').trigger('click');
  expect(messages()).toEqual([]);
});

it('keeps the lesson readable when the sign-in runs out, and connects again when asked to', async () => {
  const { server, ada, wrapper, pass, messages, badge } = open();
  ada.say('Good morning');
  await pass(1000);
  server.dismiss('unauthorized');
  await pass(1000);
  expect(badge()).toBe('Disconnected');
  expect(messages()).toEqual([['Good morning', 'sent']]);
  await byRole(wrapper, 'button', 'Connect again').trigger('click');
  ada.say('Welcome back');
  await pass(1000);
  expect(badge()).toBe('Connected');
  expect(messages().at(-1)).toEqual(['Welcome back', 'sent']);
});

it('lets an observer read and not write', async () => {
  const { ada, wrapper, pass, messages } = open({ role: 'observer' });
  ada.say('Good morning');
  await pass(1000);
  expect(messages()).toEqual([['Good morning', 'sent']]);
  expect(allByRole(wrapper, 'textbox')).toEqual([]);
});

it('says that there is no connection when the first one does not come, and opens when it does', async () => {
  const opened = open();
  opened.server.isReachable = false;
  await opened.pass(1000);
  // Seen red: the shape of a chat for six seconds, though the first try had failed at once.
  expect(opened.wrapper.get('.session').attributes('data-state')).toBe('offline');
  expect(opened.wrapper.text()).toContain('cannot be reached right now');
  opened.server.isReachable = true;
  await opened.pass(60_000);
  expect(opened.badge()).toBe('Connected');
});

it('leaves no timer behind once the page is gone and the client closed', async () => {
  const { client, clock, wrapper, pass } = open();
  await pass(1000);
  wrapper.unmount();
  await pass(1000);
  client.close();
  await pass();
  expect(clock.pending).toBe(0);
});
