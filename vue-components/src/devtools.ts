import { setupDevToolsPlugin } from '@vue/devtools-api';
import { inject, onScopeDispose, type App, type InjectionKey } from 'vue';
import type { AnyClassroom, AnyClient } from './any-client.ts';

type Api = Parameters<Parameters<typeof setupDevToolsPlugin>[1]>[0];
type Show = (client: AnyClient, classroom: AnyClassroom) => () => void;

/** The inspector and the layer of the timeline. */
const ID = 'chalkline';
const showKey: InjectionKey<Show> = Symbol('chalkline devtools');

/** Puts what happens in classrooms on a timeline of Vue's devtools, and their state and the connection's into an inspector. */
export function provideDevtools(app: App): void {
  const shown = new Map<string, readonly [AnyClient, AnyClassroom]>();
  let devtools: Api | undefined;
  setupDevToolsPlugin(
    { id: ID, label: 'Chalkline', packageName: '@chalkline/vue-components', app },
    (api) => {
      devtools = api;
      api.addTimelineLayer({ id: ID, label: 'Chalkline', color: 0x265c88 });
      api.addInspector({ id: ID, label: 'Chalkline', icon: 'forum' });
      api.on.getInspectorTree((payload) => {
        if (payload.inspectorId !== ID) return;
        payload.rootNodes = [...shown].map(([id, [, classroom]]) => ({ id, label: classroom.id }));
      });
      api.on.getInspectorState((payload) => {
        const subject = payload.inspectorId === ID ? shown.get(payload.nodeId) : undefined;
        if (subject) payload.state = stateOf(...subject);
      });
    },
  );

  let count = 0;
  app.provide(showKey, (client, classroom) => {
    const id = String((count += 1));
    shown.set(id, [client, classroom]);
    const tell = (title: string, data: unknown): void => {
      devtools?.addTimelineEvent({
        layerId: ID,
        event: { time: devtools.now(), title, subtitle: classroom.id, data, groupId: id },
      });
      devtools?.sendInspectorState(ID);
    };
    devtools?.sendInspectorTree(ID);
    const subscriptions = [
      client.on('status', ({ status, cause }) => tell(`connection ${status}`, { cause })),
      classroom.on('status', () => tell(`classroom ${classroom.status}`, { cause: classroom.cause })),
      classroom.on('event', (event) => tell((event as { type: string }).type, event)),
    ];
    return () => {
      for (const unsubscribe of subscriptions) unsubscribe();
      shown.delete(id);
      devtools?.sendInspectorTree(ID);
    };
  });
}

/** Shows a classroom in the devtools, where there are any, until the current scope ends. */
export function useDevtools(client: AnyClient, classroom: AnyClassroom): void {
  const show = inject(showKey, undefined);
  if (show) onScopeDispose(show(client, classroom));
}

function stateOf({ status, cause, user }: AnyClient, classroom: AnyClassroom) {
  const entries = (values: object) =>
    Object.entries(values).map(([key, value]) => ({ key, value: value as unknown }));
  return {
    connection: entries({ status, cause: cause?.message, user }),
    classroom: entries({
      status: classroom.status,
      cause: classroom.cause?.message,
      role: classroom.role,
      members: classroom.presence.members,
      messages: classroom.chat.messages,
      typing: classroom.typing.members,
    }),
  };
}
