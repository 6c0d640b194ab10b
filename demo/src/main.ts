import { createClient } from '@chalkline/client-sdk';
import { indexedDbStorage } from '@chalkline/client-sdk/storage';
import { createChalkline } from '@chalkline/vue-components';
import '@chalkline/vue-components/style.css';
import { createPinia } from 'pinia';
import { createApp } from 'vue';
import { messages, state } from '../own-types.ts';
import { people } from '../people.ts';
import ClassroomPage from './ClassroomPage.vue';
import EntrancePage from './EntrancePage.vue';
import './page.css';

const user = new URLSearchParams(location.search).get('user') ?? '';

async function fetchSession(): Promise<{ url: string; token: string }> {
  const response = await fetch(`/session?user=${encodeURIComponent(user)}`, { method: 'POST' });
  if (!response.ok) throw new Error(`the session could not be fetched: ${response.status}`);
  return (await response.json()) as { url: string; token: string };
}

const openClient = (url: string) =>
  createClient({
    url,
    token: async () => (await fetchSession()).token,
    messages,
    state,
    outboxStorage: indexedDbStorage(),
  });

declare module '@chalkline/vue-components' {
  interface Register {
    client: ReturnType<typeof openClient>;
  }
}

async function enter(): Promise<void> {
  const client = openClient((await fetchSession()).url);
  createApp(ClassroomPage).use(createPinia()).use(createChalkline({ client })).mount('#app');
}

if (Object.hasOwn(people, user)) await enter();
else createApp(EntrancePage).mount('#app');
