import { createClient } from '@chalkline/client-sdk';
import { createManualClock, createTestServer } from '@chalkline/client-sdk/testing';
import { ClassroomRoot, createChalkline } from '@chalkline/vue-components';
import * as locales from '@chalkline/vue-components/locales';
import { createPinia } from 'pinia';
import { createApp, h, nextTick } from 'vue';
import type { ComponentStates, GalleryState, Stage } from './gallery-state.ts';
import { linesOf } from './lines.ts';

const ada = { userId: 'ada', name: 'Ada', role: 'teacher' } as const;
const ben = { userId: 'ben', name: 'Ben', role: 'student' } as const;
const chen = { userId: 'chen', name: 'Chen', role: 'observer' } as const;

/** Shows a state in `root`, as an app of its own; returns what ends it, once nothing moves any more. */
export async function openStage(
  root: HTMLElement,
  { content, width, height }: ComponentStates,
  state: GalleryState,
  locale: keyof typeof locales,
): Promise<() => void> {
  // Ten in the morning, so that pictures of another day are the same.
  const clock = createManualClock(new Date().setHours(10, 0, 0, 0));
  const server = createTestServer({ clock, privateMessages: true });
  const { role = 'teacher' } = state;
  const client = createClient({
    url: server.url,
    token: server.token({ teacher: ada, student: ben, observer: chen }[role]),
    env: server.env,
  });
  const other = server.join('math-101', role === 'teacher' ? ben : ada);
  const classroom = client.classroom('math-101');
  const stage: Stage = { server, clock, client, classroom, other, root, lines: linesOf(locale) };

  await state.before?.(stage);
  const style = { inlineSize: `min(${width}px, 100vw)`, blockSize: `min(${height}px, 100dvh)` };
  const app = createApp({
    render: () =>
      h('main', { style }, [
        h('h1', { class: 'chalkline-heard' }, 'Chalkline gallery'),
        h(ClassroomRoot, { classroomId: 'math-101' }, state.content ?? content),
      ]),
  });
  app
    .use(createPinia())
    .use(createChalkline({ client, locale: locales[locale] }))
    .mount(root);
  await server.settled();
  await state.play?.(stage);
  await server.settled();
  await nextTick();
  return () => {
    app.unmount();
    client.close();
  };
}
