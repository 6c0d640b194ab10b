import { createPinia } from 'pinia';
import { expect, it, vi } from 'vitest';
import { createSSRApp, h, nextTick } from 'vue';
import { renderToString } from 'vue/server-renderer';
import {
  ChatPane,
  ClassroomLayout,
  ClassroomRoot,
  ConnectionBadge,
  createChalkline,
  MemberList,
} from './index.ts';
import { ScriptedClient } from './testing/scripted-client.ts';

const parts = {
  header: () => h(ConnectionBadge),
  chat: () => h(ChatPane),
  members: () => h(MemberList),
};
const app = (client: ScriptedClient) =>
  createSSRApp({
    render: () => h(ClassroomRoot, { classroomId: 'math-101' }, () => h(ClassroomLayout, null, parts)),
  })
    .use(createPinia())
    .use(createChalkline({ client }));
const clientIn = (isJoined: boolean): ScriptedClient => {
  const client = new ScriptedClient();
  if (isJoined) {
    client.set('connected');
    client.classroom('math-101').admit('student');
  }
  return client;
};

it.each([false, true])(
  'takes over what a server has rendered (joined: %s), and nothing differs',
  async (isJoined) => {
    const words = [vi.spyOn(console, 'warn'), vi.spyOn(console, 'error')];
    document.body.innerHTML = `<div id="app">${await renderToString(app(clientIn(isJoined)))}</div>`;
    const before = document.body.textContent;
    const client = clientIn(isJoined);
    const mounted = app(client);
    mounted.mount('#app');
    await nextTick();
    // Seen red: a random id in ConnectionBadge.vue in place of Vue's.
    for (const said of words) expect(said.mock.calls).toEqual([]);
    expect(document.body.textContent).toBe(before);
    expect(client.said).toEqual(isJoined ? [] : ['connect']);
    mounted.unmount();
  },
);
