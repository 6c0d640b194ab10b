import { CHAT_TEXT_LENGTH } from '@chalkline/client-sdk/protocol';
import { ChalklineError } from '@chalkline/client-sdk';
import { flushPromises } from '@vue/test-utils';
import { afterEach, describe, expect, it } from 'vitest';
import { nextTick } from 'vue';
import { allByRole, byRole } from '../testing/by-role.ts';
import { ada, ben, chen, memberOf, messageOf, mountClassroom } from '../testing/mount-classroom.ts';
import ChatPane from './ChatPane.vue';

afterEach(() => {
  document.body.innerHTML = '';
  sessionStorage.clear();
});

function mountComposer(props?: Parameters<typeof mountClassroom>[1]) {
  const mounted = mountClassroom(ChatPane, props);
  const { wrapper, classroom } = mounted;
  classroom.presence.set([memberOf(ada), memberOf(ben), memberOf(chen)]);
  const field = byRole(wrapper, 'textbox', 'Message');
  const send = byRole(wrapper, 'button', 'Send');
  const isDisabled = () => (send.element as HTMLButtonElement).disabled;
  const text = () => (field.element as HTMLTextAreaElement).value;
  /** Writes with the caret at the end, as one does. */
  const write = async (written: string) => {
    await field.setValue(written);
    await field.trigger('keyup');
  };
  const press = (key: string) => field.trigger('keydown', { key });
  const audiences = () => wrapper.findAll('select option').map((option) => option.text());
  /** Says for whom the message is. */
  const choose = (key: string) => byRole(wrapper, 'combobox', 'For').setValue(key);
  return { ...mounted, field, send, isDisabled, text, write, press, audiences, choose };
}

it('sends on Enter, without the space around, and is empty and focused after', async () => {
  const { chat, field, text } = mountComposer();
  await field.setValue('  Hello\nthere \n');
  await field.trigger('keydown', { key: 'Enter' });
  expect(chat.sent).toEqual(['Hello\nthere']);
  expect(text()).toBe('');
  expect(document.activeElement).toBe(field.element);
});

it('leaves Shift and Enter to the browser, which starts a new line', async () => {
  const { chat, field } = mountComposer();
  await field.setValue('Hello');
  const event = new KeyboardEvent('keydown', { key: 'Enter', shiftKey: true, cancelable: true });
  field.element.dispatchEvent(event);
  expect(event.defaultPrevented).toBe(false);
  expect(chat.sent).toEqual([]);
});

// Seen red without each half of the condition.
it.each([
  ['while a word is composed', { key: 'Enter', isComposing: true }],
  ['with the Enter that ends a composition in Safari', { key: 'Enter', keyCode: 229 }],
])('does not send %s', async (_, key) => {
  const { chat, field, text } = mountComposer();
  await field.setValue('にほん');
  const event = new KeyboardEvent('keydown', { cancelable: true, ...key });
  // happy-dom takes neither from the constructor.
  for (const [name, value] of Object.entries(key)) Object.defineProperty(event, name, { value });
  field.element.dispatchEvent(event);
  expect(chat.sent).toEqual([]);
  expect(event.defaultPrevented).toBe(false);
  expect(text()).toBe('にほん');
});

it.each(['', '   \n', '\u200B\u200B', '\u202E'])('does not send what shows nothing: %j', async (blank) => {
  const { chat, field, isDisabled } = mountComposer();
  await field.setValue(blank);
  expect(isDisabled()).toBe(true);
  await field.trigger('keydown', { key: 'Enter' });
  expect(chat.sent).toEqual([]);
});

it('counts down near the limit', async () => {
  const { wrapper, field } = mountComposer();
  await field.setValue('x'.repeat(CHAT_TEXT_LENGTH - 201));
  expect(wrapper.text()).not.toContain('characters left');
  await field.setValue('x'.repeat(CHAT_TEXT_LENGTH - 200));
  expect(wrapper.text()).toContain('200 characters left');
});

// Seen red with a `maxlength` on the field, which cuts a paste without a word.
it('keeps a paste that is too long, says by how much, and does not send it', async () => {
  const { wrapper, chat, field, isDisabled, text } = mountComposer();
  const paste = 'x'.repeat(CHAT_TEXT_LENGTH + 12);
  await field.setValue(paste);
  expect(field.attributes('maxlength')).toBeUndefined();
  expect(text()).toBe(paste);
  expect(wrapper.text()).toContain('12 characters too many');
  expect(field.attributes('aria-invalid')).toBe('true');
  expect(isDisabled()).toBe(true);
  await field.trigger('keydown', { key: 'Enter' });
  expect(chat.sent).toEqual([]);
});

it('sends exactly what fits, emoji counted as the server counts them', async () => {
  const { wrapper, chat, field } = mountComposer();
  const full = '👍'.repeat(CHAT_TEXT_LENGTH);
  await field.setValue(full);
  expect(wrapper.text()).toContain('0 characters left');
  await field.trigger('keydown', { key: 'Enter' });
  expect(chat.sent).toEqual([full]);
});

describe('a draft', () => {
  it('is kept through a reload, for its classroom and member, and is gone once it is sent', async () => {
    const first = mountComposer();
    await first.write('A thought');
    first.wrapper.unmount();
    const second = mountComposer();
    await nextTick();
    expect(second.text()).toBe('A thought');
    await second.press('Enter');
    second.wrapper.unmount();
    const third = mountComposer();
    await nextTick();
    expect(third.text()).toBe('');
  });

  // Seen red with the text alone in the storage: what was private came back as a message for everybody.
  it('comes back with the audience that it is for', async () => {
    const first = mountComposer();
    await first.choose('teacher');
    await first.write('I am lost');
    first.wrapper.unmount();
    const { chat, press } = mountComposer();
    await nextTick();
    await press('Enter');
    expect([chat.sent, chat.sentOptions]).toEqual([['I am lost'], [{ isPrivate: true }]]);
  });

  it('that is not what was written there is none', async () => {
    sessionStorage.setItem('chalkline/draft/ben/math-101', '{"text":7}');
    const { text } = mountComposer();
    await nextTick();
    expect(text()).toBe('');
  });
});

describe('names after an @', () => {
  it('are offered, chosen with the keys and sent as mentions', async () => {
    const { wrapper, chat, field, write, press, text } = mountComposer();
    await write('Ask @');
    const options = () => allByRole(wrapper, 'option').map((option) => option.get('bdi').text());
    // Not oneself.
    expect(options()).toEqual(['Ada', 'Chen']);
    await press('ArrowDown');
    const active = byRole(wrapper, 'listbox').get('[aria-selected=true]');
    expect(field.attributes('aria-activedescendant')).toBe(active.attributes('id'));
    await press('Enter');
    expect(text()).toBe('Ask @Chen ');
    expect(allByRole(wrapper, 'listbox')).toEqual([]);
    await press('Enter');
    expect([chat.sent, chat.sentOptions]).toEqual([['Ask @Chen'], [{ mentions: ['chen'] }]]);
  });

  it('are taken back with the text that named them', async () => {
    const { chat, write, press } = mountComposer();
    await write('@Ch');
    await press('Tab');
    await write('Never mind');
    await press('Enter');
    expect(chat.sentOptions).toEqual([{}]);
  });

  it('are put away by Escape, and not offered inside a word', async () => {
    const { wrapper, write, press } = mountComposer();
    await write('ben@');
    expect(allByRole(wrapper, 'option')).toEqual([]);
    await write('@c');
    expect(allByRole(wrapper, 'option')).toHaveLength(1);
    await press('Escape');
    expect(allByRole(wrapper, 'option')).toEqual([]);
  });
});

describe('editing', () => {
  it('begins with Up in an empty field, saves, and gives back what stood there', async () => {
    const { wrapper, chat, write, press, text } = mountComposer();
    chat.set([messageOf(ben, 1, { text: 'Tree quarters' }), messageOf(ada, 2)]);
    await press('ArrowUp');
    await nextTick();
    expect(text()).toBe('Tree quarters');
    await write('Three quarters');
    await byRole(wrapper, 'button', 'Save').trigger('click');
    expect(chat.changes).toEqual([['edit', 'm1', 'Three quarters']]);
    expect(text()).toBe('');
  });

  it('that is refused stands in the field again, with a sentence', async () => {
    const { wrapper, chat, write, press, text } = mountComposer();
    chat.set([messageOf(ben, 1, { text: 'Tree quarters' })]);
    await press('ArrowUp');
    await write('Three quarters');
    await press('Enter');
    chat.changing?.reject(new ChalklineError('forbidden', 'unable to publish; too late'));
    await flushPromises();
    expect(text()).toBe('Three quarters');
    expect(byRole(wrapper, 'alert').text()).toContain('You cannot do this here right now');
  });

  it('is left by Escape, and the draft is there again', async () => {
    const { wrapper, chat, write, press, text } = mountComposer();
    chat.set([messageOf(ben, 1)]);
    await write('A thought');
    await nextTick();
    await wrapper.get('[data-message-id=m1]').trigger('pointerover', { pointerType: 'mouse' });
    await byRole(wrapper, 'button', 'Edit').trigger('click');
    expect(text()).toBe('Message 1');
    await press('Escape');
    expect(text()).toBe('A thought');
  });
});

it('answers a message, and a private one in private only', async () => {
  const { wrapper, chat, write, press } = mountComposer({ role: 'teacher' });
  chat.set([messageOf(chen, 1), messageOf(chen, 2, { isPrivate: true })]);
  await nextTick();
  for (const id of ['m1', 'm2']) {
    await wrapper.get(`[data-message-id=${id}]`).trigger('pointerover', { pointerType: 'mouse' });
    await byRole(wrapper, 'button', 'Reply').trigger('click');
    expect(wrapper.get('form').text()).toContain(`In answer toChen`);
    await write(`To ${id}`);
    await press('Enter');
  }
  expect(chat.sentOptions).toEqual([{ replyTo: 'm1' }, { replyTo: 'm2', isPrivate: true, to: 'chen' }]);
});

describe('what a teacher writes in private', () => {
  const teacher = { ...ben, role: 'teacher' } as const;
  const dan = { userId: 'dan', name: 'Dan', role: 'student' } as const;

  // Seen red: without `to`, and with the choice of who has left put back to everyone.
  it('is for the member whom they choose, also when that one has left', async () => {
    const { chat, classroom, choose, audiences, write, press } = mountComposer({ role: 'teacher' });
    classroom.presence.set([memberOf(teacher), memberOf(chen), memberOf(dan)]);
    await nextTick();
    expect(audiences()).toEqual(['For everyone', 'Only for Chen', 'Only for Dan', 'As an announcement']);
    await choose('teacher dan');
    classroom.presence.set([memberOf(teacher), memberOf(ada)]);
    await write('Shall we talk after class?');
    expect(audiences()).toEqual([
      'For everyone',
      'Only for Dan',
      'Only for the teachers',
      'As an announcement',
    ]);
    await press('Enter');
    expect(chat.sentOptions).toEqual([{ isPrivate: true, to: 'dan' }]);
  });

  // Seen red with the answered one in the place of the other teachers.
  it('for the other teachers stays theirs when it answers a student', async () => {
    const { wrapper, chat, classroom, choose, write, press } = mountComposer({ role: 'teacher' });
    classroom.presence.set([memberOf(teacher), memberOf(ada), memberOf(chen)]);
    chat.set([messageOf(chen, 1)]);
    await nextTick();
    await choose('teacher');
    await wrapper.get('[data-message-id=m1]').trigger('pointerover', { pointerType: 'mouse' });
    await byRole(wrapper, 'button', 'Reply').trigger('click');
    await write('He is right');
    await press('Enter');
    expect(chat.sentOptions).toEqual([{ isPrivate: true, replyTo: 'm1' }]);
  });

  // Seen red: sent to nobody, with nothing chosen, once the answer was given up or the answered one was not loaded any more.
  it.each([
    ['given up', ({ press }: ReturnType<typeof mountComposer>) => void press('Escape')],
    [
      'of what is not loaded',
      ({ chat }: ReturnType<typeof mountComposer>) => {
        chat.set([messageOf(ada, 90)]);
      },
    ],
  ])('as an answer that is %s stays for whom it was', async (_, happen) => {
    const mounted = mountComposer({ role: 'teacher' });
    const { wrapper, chat, classroom, write, press } = mounted;
    classroom.presence.set([memberOf(teacher), memberOf(chen)]);
    chat.set([messageOf(chen, 1, { isPrivate: true })]);
    await nextTick();
    await wrapper.get('[data-message-id=m1]').trigger('pointerover', { pointerType: 'mouse' });
    await byRole(wrapper, 'button', 'Reply').trigger('click');
    happen(mounted);
    await nextTick();
    await write('For Chen');
    expect((byRole(wrapper, 'combobox', 'For').element as HTMLSelectElement).value).toBe('teacher chen');
    await press('Enter');
    expect(chat.sentOptions).toEqual([{ isPrivate: true, to: 'chen' }]);
  });

  // Seen red: nothing was chosen.
  it('for the other teachers can still be chosen when the last of them has left', async () => {
    const { classroom, choose, audiences } = mountComposer({ role: 'teacher' });
    classroom.presence.set([memberOf(teacher), memberOf(ada)]);
    await nextTick();
    await choose('teacher');
    classroom.presence.set([memberOf(teacher)]);
    await nextTick();
    expect(audiences()).toContain('Only for the teachers');
  });

  it('says for whom it was', async () => {
    const { wrapper, chat } = mountComposer({ role: 'teacher' });
    chat.set([
      messageOf(ben, 1, { isPrivate: true, to: 'chen' }),
      messageOf(ben, 2, { isPrivate: true }),
      messageOf(chen, 3, { isPrivate: true }),
    ]);
    await nextTick();
    const marks = wrapper.findAll('.mark').map((mark) => mark.text());
    expect(marks).toEqual(['Only for Chen', 'Only for the teachers', 'Private, not for the class']);
  });
});

it('lets a teacher announce, and nobody whom the classroom does not let', async () => {
  const { wrapper, chat, classroom, choose, write, press } = mountComposer({ role: 'teacher' });
  await choose('announcement');
  await write('Five minutes left');
  await press('Enter');
  expect(chat.sentOptions).toEqual([{ isAnnouncement: true }]);
  classroom.can = (type) => type === 'chat.send';
  classroom.admit('student');
  await nextTick();
  expect(allByRole(wrapper, 'combobox')).toEqual([]);
});
