import { ChalklineError } from '@chalkline/client-sdk';
import { flushPromises } from '@vue/test-utils';
import { afterEach, describe, expect, it } from 'vitest';
import { h, nextTick } from 'vue';
import { axeViolations } from '../testing/axe-violations.ts';
import { allByRole, byRole } from '../testing/by-role.ts';
import { ada, ben, chen, memberOf, messageOf, mountClassroom } from '../testing/mount-classroom.ts';
import ChatPane from './ChatPane.vue';

afterEach(() => {
  document.body.innerHTML = '';
  sessionStorage.clear();
});

const failed = (code: ConstructorParameters<typeof ChalklineError>[0]) =>
  messageOf(ben, 9, {
    seq: undefined as never,
    status: 'failed',
    error: new ChalklineError(code, 'unable to publish; a test'),
  });

describe('the messages', () => {
  it('stand under their author, own ones told apart', async () => {
    const { wrapper, chat } = mountClassroom(ChatPane);
    chat.set([
      messageOf(ada, 1, { minute: 0, text: 'Good morning' }),
      messageOf(ada, 2, { minute: 0.5, text: 'Open page 42' }),
      messageOf(ben, 3, { minute: 0.6, text: 'Done' }),
    ]);
    await nextTick();
    const log = byRole(wrapper, 'log', 'Messages');
    expect(log.findAll('bdi').map((name) => name.text())).toEqual(['Ada']);
    expect(log.findAll('[data-message-id]').map((message) => message.attributes('data-own'))).toEqual([
      undefined,
      undefined,
      'true',
    ]);
    expect(log.text()).toContain('You');
  });

  it('say their time to a screen reader always, and to the eye when tapped', async () => {
    const { wrapper, chat } = mountClassroom(ChatPane);
    chat.set([messageOf(ada, 1)]);
    await nextTick();
    const message = wrapper.get('[data-message-id="m1"]');
    expect(message.get('time').attributes('datetime')).toBe('2026-09-14T12:01:00.000Z');
    expect(message.attributes('data-time')).toBeUndefined();
    await message.get('.line').trigger('click');
    expect(message.attributes('data-time')).toBe('shown');
  });

  // Seen red with `v-html` in the bubble.
  it('are text and never markup', async () => {
    const { wrapper, chat } = mountClassroom(ChatPane);
    const text = '<img src=x onerror=alert(1)> <b>bold</b> &amp;';
    chat.set([messageOf(ada, 1, { text })]);
    await nextTick();
    expect(wrapper.get('.bubble').text()).toBe(text);
    expect(wrapper.findAll('.bubble :not(.text, p)')).toEqual([]);
  });

  it('keep a direction of their own, so that an override in one cannot turn its neighbours', async () => {
    const { wrapper, chat } = mountClassroom(ChatPane);
    chat.set([messageOf({ ...ada, name: '\u202Eada' }, 1, { text: 'a \u202E b' })]);
    await nextTick();
    expect(wrapper.get('.bubble .text').attributes('dir')).toBe('auto');
    expect(wrapper.get('.bubble').text()).toBe('a  b');
    expect(wrapper.get('bdi').text()).toBe('ada');
  });

  it('carry a quiet mark while they are on their way', async () => {
    const { wrapper, chat } = mountClassroom(ChatPane);
    chat.set([messageOf(ben, 1, { status: 'pending' })]);
    await nextTick();
    expect(wrapper.get('[data-state="pending"]').text()).toContain('Sending');
    chat.set([messageOf(ben, 1)]);
    await nextTick();
    expect(wrapper.text()).not.toContain('Sending');
  });

  it('that failed say why, and can be sent again or taken away', async () => {
    const { wrapper, chat } = mountClassroom(ChatPane);
    chat.set([failed('rate-limited')]);
    await nextTick();
    expect(wrapper.get('[data-state="failed"]').text()).toContain('too many messages at once');
    await byRole(wrapper, 'button', 'Retry').trigger('click');
    await byRole(wrapper, 'button', 'Discard').trigger('click');
    expect([chat.retried, chat.discarded]).toEqual([['m9'], ['m9']]);
  });

  it('invite the first one where there is none', async () => {
    const { wrapper, classroom } = mountClassroom(ChatPane);
    expect(byRole(wrapper, 'log').text()).toBe('No messages yet. Write the first one below.');
    classroom.admit('observer');
    await nextTick();
    expect(byRole(wrapper, 'log').text()).not.toContain('below');
  });
});

// Live, the log would read out every change in it: older pages, the time, each of our own messages.
it('has a log that is silent by itself and a status that speaks for it', async () => {
  const { wrapper, chat } = mountClassroom(ChatPane);
  expect(byRole(wrapper, 'log').attributes('aria-live')).toBe('off');
  chat.set([messageOf(ada, 1, { text: 'Open page 42' })]);
  await flushPromises();
  expect(allByRole(wrapper, 'status').map((status) => status.text())).toContain('Ada: Open page 42');
});

describe('older messages', () => {
  it('come when asked for, and say that they are coming', async () => {
    const { wrapper, chat } = mountClassroom(ChatPane);
    chat.set([messageOf(ada, 5)], true);
    await nextTick();
    await byRole(wrapper, 'button', 'Show older messages').trigger('click');
    expect(byRole(wrapper, 'log').text()).toContain('Loading older messages');
    chat.set([messageOf(ada, 4), messageOf(ada, 5)], false);
    chat.loading?.resolve();
    await flushPromises();
    expect(allByRole(wrapper, 'button', /older/)).toEqual([]);
  });

  it('can be asked for again when they did not come', async () => {
    const { wrapper, chat } = mountClassroom(ChatPane);
    chat.set([messageOf(ada, 5)], true);
    await nextTick();
    await byRole(wrapper, 'button', 'Show older messages').trigger('click');
    chat.loading?.reject(new ChalklineError('timeout', 'unable to load; no answer'));
    await flushPromises();
    expect(byRole(wrapper, 'log').text()).toContain('Older messages did not load.');
    const before = chat.loading;
    await byRole(wrapper, 'button', 'Try again').trigger('click');
    expect(chat.loading).not.toBe(before);
  });

  // Seen red with `olderStatus !== 'loading'` as the condition.
  it('are not asked for by the wheel after a failure', async () => {
    const { wrapper, chat } = mountClassroom(ChatPane);
    chat.set([messageOf(ada, 5)], true);
    await nextTick();
    await byRole(wrapper, 'log').trigger('scroll');
    const first = chat.loading;
    expect(first).toBeDefined();
    first?.reject(new ChalklineError('timeout', 'unable to load; no answer'));
    await flushPromises();
    await byRole(wrapper, 'log').trigger('scroll');
    expect(chat.loading).toBe(first);
  });
});

describe('writing', () => {
  it('sends what is written and tells the app what became of it', async () => {
    const { wrapper, chat } = mountClassroom(ChatPane);
    const pane = wrapper.getComponent({ name: 'ChatPane' });
    await byRole(wrapper, 'textbox', 'Message').setValue('Hello');
    await wrapper.get('form').trigger('submit');
    expect(chat.sent).toEqual(['Hello']);
    chat.sending?.resolve(messageOf(ben, 1));
    await flushPromises();
    expect(pane.emitted('sent')).toEqual([[messageOf(ben, 1)]]);

    await byRole(wrapper, 'textbox', 'Message').setValue('Again');
    await wrapper.get('form').trigger('submit');
    const error = new ChalklineError('rate-limited', 'unable to publish; too many');
    chat.sending?.reject(error);
    await flushPromises();
    expect(pane.emitted('failed')).toEqual([[error]]);
  });

  it('says so while there is no connection, and goes on', async () => {
    const { wrapper, client, chat } = mountClassroom(ChatPane);
    client.set('reconnecting');
    await nextTick();
    expect(wrapper.get('form').text()).toContain('No connection.');
    await byRole(wrapper, 'textbox', 'Message').setValue('Hello');
    await wrapper.get('form').trigger('submit');
    expect(chat.sent).toEqual(['Hello']);
  });

  it('is not offered to an observer, nor to who may not write, and each is told why', async () => {
    const { wrapper, classroom } = mountClassroom(ChatPane, { role: 'observer' });
    expect(allByRole(wrapper, 'textbox')).toEqual([]);
    expect(wrapper.text()).toContain('You are here as an observer');
    classroom.can = () => false;
    classroom.admit('student');
    await nextTick();
    expect(wrapper.text()).toContain('You cannot write in this classroom right now.');
  });

  it('tells the others that we type, and that we stopped', async () => {
    const { wrapper, classroom } = mountClassroom(ChatPane);
    const field = byRole(wrapper, 'textbox', 'Message');
    await field.setValue('H');
    await field.setValue('');
    await field.setValue('Hi');
    await field.trigger('blur');
    expect(classroom.typing.said).toEqual(['start', 'stop', 'start', 'stop']);
  });
});

it('lets the app fill any piece of it', async () => {
  const pieces = {
    header: () => 'a header',
    text: ({ message }: { message: { text: string } }) => h('em', `«${message.text}»`),
    avatar: ({ name }: { name: string }) => h('i', `the face of ${name}`),
    meta: () => 'a meta',
    readOnly: ({ reason }: { reason: string }) => `no, ${reason}`,
  };
  const { wrapper, chat } = mountClassroom(() => h(ChatPane, null, pieces), { role: 'observer' });
  chat.set([messageOf(ada, 1)]);
  await nextTick();
  for (const piece of ['a header', '«Message 1»', 'the face of Ada', 'a meta', 'no, observer'])
    expect(wrapper.text()).toContain(piece);
});

describe('who is typing', () => {
  it.each([
    [[ada], 'Ada is typing'],
    [[ada, chen], 'Ada and Chen are typing'],
    [[ada, chen, ben], 'Several people are typing'],
    [[{ ...ada, name: '\u200B' }], 'Unnamed member is typing'],
  ])('is said in one sentence', async (members, sentence) => {
    const { wrapper, classroom } = mountClassroom(ChatPane);
    classroom.typing.set(members);
    await nextTick();
    expect(wrapper.get('.typing').text().replace(/\s+/g, ' ')).toBe(sentence);
    classroom.typing.set([]);
    await nextTick();
    expect(wrapper.get('.typing').text()).toBe('');
  });
});

it('has nothing that axe objects to, with all that it can show', async () => {
  const { wrapper, chat, classroom } = mountClassroom(ChatPane);
  classroom.presence.set([memberOf(ada), memberOf(ben)]);
  const reactions = [{ emoji: '🎉', userIds: ['ada', 'ben'], isOwn: true }];
  chat.set(
    [
      messageOf(ada, 1, { isAnnouncement: true, reactions }),
      messageOf(ben, 2, { replyTo: 'm1', editedAt: 1, isPrivate: true }),
      messageOf(chen, 3, { text: '', deletedAt: 1, deletedBy: ada }),
      messageOf(ben, 4, { status: 'pending' }),
      failed('forbidden'),
    ],
    true,
  );
  classroom.typing.set([ada]);
  await nextTick();
  const field = byRole(wrapper, 'textbox', 'Message');
  await field.setValue('@A');
  await field.trigger('keyup');
  expect(allByRole(wrapper, 'option')).toHaveLength(1);
  expect(await axeViolations(wrapper.element as Element)).toEqual([]);
}, 30_000);
