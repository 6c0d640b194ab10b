import { ChatPane, ClassroomRoot, createChalkline, type AnyClient } from '@chalkline/vue-components';
import '@chalkline/vue-components/style.css';
import { createPinia } from 'pinia';
import { createApp, h } from 'vue';
import { classroomOf, LongChat } from './long-chat.ts';

/** Ben's chat with ten thousand messages, all but some of them loaded. */
const chat = new LongChat(10_000, 120);
const classroom = classroomOf(chat);
const client: AnyClient = {
  status: 'connected',
  cause: undefined,
  user: { userId: 'ben', name: 'Ben' },
  connect: () => undefined,
  reconnect: () => undefined,
  on: () => () => undefined,
  classroom: () => classroom,
};
createApp(() => h(ClassroomRoot, { classroomId: 'math-101' }, () => h(ChatPane)))
  .use(createPinia())
  .use(createChalkline({ client }))
  .mount('main');

const page = { chat };
Object.assign(globalThis, page);
export type ChatPage = typeof page;
