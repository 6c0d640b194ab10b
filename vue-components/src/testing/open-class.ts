import { createClient, type Role } from '@chalkline/client-sdk';
import { createManualClock, createTestServer, type TestServerOptions } from '@chalkline/client-sdk/testing';
import { flushPromises, mount } from '@vue/test-utils';
import { createPinia } from 'pinia';
import { h, type Component } from 'vue';
import ClassroomRoot from '../ClassroomRoot/ClassroomRoot.vue';
import type { Locale } from '../locales/locale.ts';
import { createChalkline } from '../plugin.ts';

/** `content` in Ada's classroom: the real SDK against the backend in memory, with Ben and Chen, who are moved by hand. */
export async function openClass(
  content: Component,
  {
    role = 'teacher',
    locale,
    server: options,
  }: { role?: Role; locale?: Locale; server?: TestServerOptions } = {},
) {
  const clock = createManualClock();
  const server = createTestServer({ clock, ...options });
  const token = server.token({ userId: 'ada', name: 'Ada', role });
  const client = createClient({ url: server.url, token, env: server.env, ...options });
  const classroom = client.classroom('math-101');
  const teacher = server.join('math-101', { userId: 'tom', name: 'Tom', role: 'teacher' });
  const ben = server.join('math-101', { userId: 'ben', name: 'Ben' });
  const chen = server.join('math-101', { userId: 'chen', name: 'Chen' });
  const wrapper = mount(ClassroomRoot, {
    props: { classroomId: 'math-101' },
    slots: { default: () => h(content) },
    global: { plugins: [createPinia(), createChalkline({ client, locale })] },
    attachTo: document.body,
  });
  const pass = async (ms = 0) => {
    await clock.advance(ms);
    await flushPromises();
  };
  await pass(1000);
  // What is on its way there takes turns of its own, however many.
  for (let turn = 0; turn < 100 && classroom.status !== 'joined'; turn++) await pass();
  await pass();
  return { clock, server, client, classroom, wrapper, pass, teacher, ben, chen };
}
