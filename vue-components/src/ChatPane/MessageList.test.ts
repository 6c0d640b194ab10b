import { flushPromises } from '@vue/test-utils';
import { afterEach, describe, expect, it } from 'vitest';
import { nextTick } from 'vue';
import { allByRole, byRole } from '../testing/by-role.ts';
import { ada, ben, chen, messageOf, mountClassroom } from '../testing/mount-classroom.ts';
import ChatPane from './ChatPane.vue';

afterEach(() => {
  document.body.innerHTML = '';
});

const point = (wrapper: ReturnType<typeof mountClassroom>['wrapper'], id: string) =>
  wrapper.get(`[data-message-id=${id}]`).trigger('pointerover', { pointerType: 'mouse' });

describe('what can be done with a message', () => {
  it('is offered for the one that is pointed at or has the focus, by the rights that we have', async () => {
    const { wrapper, chat, classroom } = mountClassroom(ChatPane);
    chat.set([messageOf(ada, 1), messageOf(ben, 2)]);
    await nextTick();
    const offered = () =>
      byRole(wrapper, 'group', 'Actions for this message')
        .findAll('button')
        .map((button) => button.attributes('aria-label'));
    await point(wrapper, 'm1');
    expect(offered()).toEqual(['React', 'Reply', 'Copy']);
    await point(wrapper, 'm2');
    expect(offered()).toEqual(['React', 'Reply', 'Copy', 'Edit', 'Delete']);
    classroom.admit('teacher');
    await point(wrapper, 'm1');
    expect(offered()).toEqual(['React', 'Reply', 'Copy', 'Delete']);
    classroom.admit('observer');
    await nextTick();
    expect(offered()).toEqual(['Copy']);
  });

  it('is reached with the keys: Up from the log, then Tab', async () => {
    const { wrapper, chat } = mountClassroom(ChatPane);
    chat.set([messageOf(ada, 1), messageOf(ben, 2, { text: 'Done' })]);
    await nextTick();
    const log = byRole(wrapper, 'log');
    const focused = () => document.activeElement?.getAttribute('aria-label');
    (log.element as HTMLElement).focus();
    await log.trigger('keydown', { key: 'ArrowUp' });
    await flushPromises();
    expect(focused()).toBe('You: Done');
    await byRole(wrapper, 'article', 'You: Done').trigger('keydown', { key: 'ArrowUp' });
    await flushPromises();
    expect(focused()).toBe('Ada: Message 1');
    expect(allByRole(wrapper, 'group', 'Actions for this message')).toHaveLength(1);
    await byRole(wrapper, 'article', 'Ada: Message 1').trigger('keydown', { key: 'Escape' });
    expect(focused()).toBe('Messages');
  });

  it('deletes only when asked twice, and tells the app', async () => {
    const { wrapper, chat } = mountClassroom(ChatPane);
    chat.set([messageOf(ben, 1)]);
    await nextTick();
    await point(wrapper, 'm1');
    await byRole(wrapper, 'button', 'Delete').trigger('click');
    await nextTick();
    expect(document.activeElement?.textContent.trim()).toBe('Keep it');
    expect(chat.changes).toEqual([]);
    await byRole(wrapper, 'button', 'Delete').trigger('click');
    expect(chat.changes).toEqual([['delete', 'm1']]);
    chat.changing?.resolve({ id: 'change', seq: 2, at: 0 });
    await flushPromises();
    expect(wrapper.getComponent({ name: 'ChatPane' }).emitted('deleted')).toEqual([['m1']]);
  });

  it('reacts with one of a dozen emoji or any other, and takes it back', async () => {
    const { wrapper, chat } = mountClassroom(ChatPane);
    const reactions = [{ emoji: '🎉', userIds: ['ada', 'ben'], isOwn: true }];
    chat.set([messageOf(ada, 1, { reactions })]);
    await nextTick();
    await point(wrapper, 'm1');
    await byRole(wrapper, 'button', 'React').trigger('click');
    const picker = byRole(wrapper, 'group', 'Choose an emoji');
    expect(picker.findAll('button')).toHaveLength(12);
    await byRole(wrapper, 'textbox', 'Another emoji').setValue('not one');
    await byRole(wrapper, 'textbox', 'Another emoji').setValue('🦉');
    await byRole(wrapper, 'button', '🎉 2 Ada and You').trigger('click');
    expect(chat.changes).toEqual([
      ['react', 'm1', '🦉'],
      ['unreact', 'm1', '🎉'],
    ]);
  });
});

describe('the marks of a message', () => {
  it('say what it answers, that it was edited, and for whom it is', async () => {
    const { wrapper, chat } = mountClassroom(ChatPane);
    chat.set([
      messageOf(ada, 1, { text: 'Which fraction is left?' }),
      messageOf(chen, 2, { replyTo: 'm1', editedAt: Date.UTC(2026, 8, 14, 12, 5) }),
      messageOf(ben, 3, { replyTo: 'm0', isPrivate: true }),
      messageOf(ada, 4, { isAnnouncement: true }),
    ]);
    await nextTick();
    const marks = (id: string) => wrapper.get(`[data-message-id=${id}]`).text();
    expect(marks('m2')).toMatch(/In answer to\s*Ada\s*Which fraction is left\?/);
    expect(marks('m2')).toContain('edited');
    expect(marks('m3')).toContain('Only you and the teacher see this');
    expect(marks('m3')).toContain('An earlier message');
    expect(marks('m4')).toContain('Announcement');
  });

  it('leave of a deleted one who deleted it, and nothing that it said', async () => {
    const { wrapper, chat } = mountClassroom(ChatPane);
    const gone = { text: '', deletedAt: 1 };
    chat.set([
      messageOf(chen, 1, { ...gone, deletedBy: ada }),
      messageOf(chen, 2, { ...gone, deletedBy: chen }),
      messageOf(ben, 3, { ...gone, deletedBy: ben }),
    ]);
    await nextTick();
    expect(wrapper.findAll('[data-state=deleted]').map((each) => each.text().replace(/\s+/g, ' '))).toEqual([
      'Ada deleted this message',
      'This message was deleted',
      'You deleted this message',
    ]);
  });

  it('lead to what is answered, loading older pages until it is there', async () => {
    const { wrapper, chat } = mountClassroom(ChatPane);
    const answer = messageOf(chen, 5, { replyTo: 'm1' });
    chat.set([answer], true);
    await nextTick();
    await byRole(wrapper, 'button', /An earlier message/).trigger('click');
    chat.set([messageOf(ada, 3), answer], true);
    chat.loading?.resolve();
    await flushPromises();
    chat.set([messageOf(ada, 1), messageOf(ada, 3), answer], false);
    chat.loading?.resolve();
    await flushPromises();
    expect(document.activeElement?.getAttribute('aria-label')).toBe('Ada: Message 1');
  });
});

describe('what is unread', () => {
  it('is read at once by who watches, and no divider comes', async () => {
    const { wrapper, chat } = mountClassroom(ChatPane);
    chat.readSeq = 0;
    chat.set([messageOf(ada, 1)]);
    await nextTick();
    expect(chat.unread.count).toBe(0);
    expect(wrapper.text()).not.toContain('New from here');
    expect(wrapper.getComponent({ name: 'ChatPane' }).emitted('read')).toHaveLength(1);
  });

  it('stands below a divider for who comes back to the page, until they write', async () => {
    const { wrapper, chat } = mountClassroom(ChatPane);
    chat.set([messageOf(ada, 1)]);
    chat.readSeq = 1;
    let isVisible = false;
    Object.defineProperty(document, 'visibilityState', {
      configurable: true,
      get: () => (isVisible ? 'visible' : 'hidden'),
    });
    document.dispatchEvent(new Event('visibilitychange'));
    await nextTick();
    chat.set([messageOf(ada, 1), messageOf(ada, 2), messageOf(ada, 3)]);
    await nextTick();
    expect(chat.unread.count).toBe(2);
    isVisible = true;
    document.dispatchEvent(new Event('visibilitychange'));
    await nextTick();
    expect(chat.unread.count).toBe(0);
    const divided = () => wrapper.findAll('[data-tone=accent].divider').length;
    expect(divided()).toBe(1);
    await byRole(wrapper, 'textbox', 'Message').setValue('Hello');
    await wrapper.get('form').trigger('submit');
    await nextTick();
    expect(divided()).toBe(0);
  });
});
