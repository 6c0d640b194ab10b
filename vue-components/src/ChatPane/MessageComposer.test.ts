import { CHAT_TEXT_LENGTH } from '@chalkline/client-sdk/protocol';
import { mount } from '@vue/test-utils';
import { expect, it } from 'vitest';
import { byRole } from '../testing/by-role.ts';
import MessageComposer from './MessageComposer.vue';

function mountComposer() {
  const wrapper = mount(MessageComposer, { attachTo: document.body });
  const field = byRole(wrapper, 'textbox', 'Message');
  const send = byRole(wrapper, 'button', 'Send');
  const isDisabled = () => (send.element as HTMLButtonElement).disabled;
  const text = () => (field.element as HTMLTextAreaElement).value;
  return { wrapper, field, send, isDisabled, text };
}

it('sends on Enter, without the space around, and is empty and focused after', async () => {
  const { wrapper, field, text } = mountComposer();
  await field.setValue('  Hello\nthere \n');
  await field.trigger('keydown', { key: 'Enter' });
  expect(wrapper.emitted('send')).toEqual([['Hello\nthere']]);
  expect(text()).toBe('');
  expect(document.activeElement).toBe(field.element);
});

it('leaves Shift and Enter to the browser, which starts a new line', async () => {
  const { wrapper, field } = mountComposer();
  await field.setValue('Hello');
  const event = new KeyboardEvent('keydown', { key: 'Enter', shiftKey: true, cancelable: true });
  field.element.dispatchEvent(event);
  expect(event.defaultPrevented).toBe(false);
  expect(wrapper.emitted('send')).toBeUndefined();
});

// Seen red without each half of the condition.
it.each([
  ['while a word is composed', { key: 'Enter', isComposing: true }],
  ['with the Enter that ends a composition in Safari', { key: 'Enter', keyCode: 229 }],
])('does not send %s', async (_, key) => {
  const { wrapper, field, text } = mountComposer();
  await field.setValue('にほん');
  const event = new KeyboardEvent('keydown', { cancelable: true, ...key });
  // happy-dom takes neither from the constructor.
  for (const [name, value] of Object.entries(key)) Object.defineProperty(event, name, { value });
  field.element.dispatchEvent(event);
  expect(wrapper.emitted('send')).toBeUndefined();
  expect(event.defaultPrevented).toBe(false);
  expect(text()).toBe('にほん');
});

it.each(['', '   \n', '\u200B\u200B', '\u202E'])('does not send what shows nothing: %j', async (blank) => {
  const { wrapper, field, isDisabled } = mountComposer();
  await field.setValue(blank);
  expect(isDisabled()).toBe(true);
  await field.trigger('keydown', { key: 'Enter' });
  expect(wrapper.emitted('send')).toBeUndefined();
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
  const { wrapper, field, isDisabled, text } = mountComposer();
  const paste = 'x'.repeat(CHAT_TEXT_LENGTH + 12);
  await field.setValue(paste);
  expect(field.attributes('maxlength')).toBeUndefined();
  expect(text()).toBe(paste);
  expect(wrapper.text()).toContain('12 characters too many');
  expect(field.attributes('aria-invalid')).toBe('true');
  expect(isDisabled()).toBe(true);
  await field.trigger('keydown', { key: 'Enter' });
  expect(wrapper.emitted('send')).toBeUndefined();
});

it('sends exactly what fits, emoji counted as the server counts them', async () => {
  const { wrapper, field } = mountComposer();
  const full = '👍'.repeat(CHAT_TEXT_LENGTH / 2);
  await field.setValue(full);
  expect(wrapper.text()).toContain('0 characters left');
  await field.trigger('keydown', { key: 'Enter' });
  expect(wrapper.emitted('send')).toEqual([[full]]);
});

it('takes a draft from outside and gives it back', async () => {
  const { wrapper, field, text } = mountComposer();
  await wrapper.setProps({ draft: 'A thought' });
  expect(text()).toBe('A thought');
  await field.setValue('Another');
  expect(wrapper.emitted('update:draft')?.at(-1)).toEqual(['Another']);
});
