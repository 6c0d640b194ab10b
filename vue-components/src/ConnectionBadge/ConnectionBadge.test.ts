import { ChalklineError } from '@chalkline/client-sdk';
import { afterEach, expect, it } from 'vitest';
import { nextTick } from 'vue';
import { axeViolations } from '../testing/axe-violations.ts';
import { byRole } from '../testing/by-role.ts';
import { mountClassroom } from '../testing/mount-classroom.ts';
import ConnectionBadge from './ConnectionBadge.vue';

afterEach(() => {
  document.body.innerHTML = '';
});

function mountBadge() {
  const { wrapper, client } = mountClassroom(ConnectionBadge);
  const badge = wrapper.get('.badge');
  const tooltip = byRole(wrapper, 'tooltip');
  return { wrapper, client, badge, tooltip };
}

it('has three looks, each with a word', async () => {
  const { wrapper, client, badge } = mountBadge();
  const look = () => [badge.attributes('data-state'), badge.get('.label').text()];
  expect(look()).toEqual(['fine', 'Connected']);
  client.set('reconnecting');
  await nextTick();
  expect(look()).toEqual(['returning', 'Reconnecting']);
  expect(byRole(wrapper, 'status').text()).toBe('Reconnecting');
  client.set('closed', new ChalklineError('internal', 'unable to go on; a test'));
  await nextTick();
  expect(look()).toEqual(['needs-you', 'Disconnected']);
});

// Seen red: nothing but "the connection is being made", however often it had failed.
it('says that the classroom cannot be reached when the first try has failed', async () => {
  const { client, badge, tooltip } = mountBadge();
  client.set('connecting');
  await nextTick();
  expect(tooltip.text()).toBe('The connection is being made.');
  client.set('connecting', new ChalklineError('connection-lost', 'unable to connect; a test'));
  await nextTick();
  expect(badge.get('.label').text()).toBe('Connecting');
  expect(tooltip.text()).toContain('cannot be reached right now');
});

it('says a plain sentence on hover and on focus, until left or dismissed', async () => {
  const { badge, tooltip } = mountBadge();
  const isOpen = () => tooltip.attributes('data-state') === 'open';
  const button = badge.get('button');
  expect(button.attributes('aria-describedby')).toBe(tooltip.attributes('id'));
  expect(isOpen()).toBe(false);
  await badge.trigger('mouseenter');
  expect(isOpen()).toBe(true);
  await badge.trigger('mouseleave');
  expect(isOpen()).toBe(false);
  await button.trigger('focus');
  expect(isOpen()).toBe(true);
  await button.trigger('keydown', { key: 'Escape' });
  expect(isOpen()).toBe(false);
  expect(tooltip.text()).toBe('Everything you send arrives at once.');
});

it('tries now when pressed while the connection comes back, and anew when it was closed', async () => {
  const { client, badge } = mountBadge();
  await badge.get('button').trigger('click');
  expect(client.said).toEqual([]);
  client.set('reconnecting');
  await badge.get('button').trigger('click');
  client.set('closed', new ChalklineError('unauthorized', 'unable to go on; a test'));
  await badge.get('button').trigger('click');
  expect(client.said).toEqual(['reconnect', 'connect']);
});

it('says what to do when the sign-in has run out', async () => {
  const { client, tooltip } = mountBadge();
  client.set('closed', new ChalklineError('unauthorized', 'unable to go on; a test'));
  await nextTick();
  expect(tooltip.text()).toContain('Sign in again');
});

it('has nothing that axe objects to', async () => {
  const { wrapper } = mountBadge();
  expect(await axeViolations(wrapper.element as Element)).toEqual([]);
});
