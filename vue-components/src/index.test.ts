// @vitest-environment node
import { createPinia } from 'pinia';
import { afterEach, expect, it, vi } from 'vitest';
import { createSSRApp, h } from 'vue';
import { renderToString } from 'vue/server-renderer';
import {
  ChatPane,
  ClassControls,
  ClassroomLayout,
  ClassroomRoot,
  ConnectionBadge,
  createChalkline,
  MemberList,
} from './index.ts';
import { ScriptedClient } from './testing/scripted-client.ts';

const parts = () =>
  h(ClassroomLayout, null, {
    header: () => [h(ClassControls), h(ConnectionBadge)],
    chat: () => h(ChatPane),
    members: () => h(MemberList),
  });

afterEach(() => {
  vi.useRealTimers();
});

async function render(client: ScriptedClient): Promise<string> {
  const app = createSSRApp({ render: () => h(ClassroomRoot, { classroomId: 'math-101' }, parts) });
  return renderToString(app.use(createPinia()).use(createChalkline({ client })));
}

it('is imported and rendered on a server, where there is no window, and joins nothing there', async () => {
  expect(typeof window).toBe('undefined');
  const client = new ScriptedClient();
  expect(await render(client)).toContain('Opening the classroom');
  expect([client.said, client.classroom('math-101').said]).toEqual([[], []]);
});

it('leaves no timer behind on a server, where nothing would end it', async () => {
  vi.useFakeTimers();
  const client = new ScriptedClient();
  client.classroom('math-101').set('joining');
  await render(client);
  expect(vi.getTimerCount()).toBe(0);
});

it('renders each part on a server', async () => {
  const client = new ScriptedClient();
  client.set('connected');
  client.classroom('math-101').admit('student');
  const html = await render(client);
  for (const role of ['log', 'tooltip']) expect(html).toContain(`role="${role}"`);
  expect(html).toContain('No one is here yet.');
});
