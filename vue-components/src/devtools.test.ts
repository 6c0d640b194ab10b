import type { setupDevToolsPlugin } from '@vue/devtools-api';
import { mount } from '@vue/test-utils';
import { createPinia } from 'pinia';
import { afterAll, expect, it, vi } from 'vitest';

type Read = (payload: Payload) => void;
type Setup = Parameters<typeof setupDevToolsPlugin>[1];

/** What the devtools' own page would get. */
const seen = {
  titles: [] as unknown[],
  readTree: undefined as Read | undefined,
  readState: undefined as Read | undefined,
};
const devtools = {
  addTimelineLayer: () => {},
  addInspector: () => {},
  sendInspectorTree: () => {},
  sendInspectorState: () => {},
  now: () => 0,
  addTimelineEvent: ({ event }: { event: { title: string } }) => seen.titles.push(event.title),
  on: {
    getInspectorTree: (read: Read) => (seen.readTree = read),
    getInspectorState: (read: Read) => (seen.readState = read),
  },
};

// Files share a process: what stands on the module that is replaced is loaded anew, here and after.
vi.doMock('@vue/devtools-api', () => ({
  setupDevToolsPlugin: (_: unknown, setup: Setup) => {
    setup(devtools as unknown as Parameters<Setup>[0]);
  },
}));
vi.resetModules();
const { default: ClassroomRoot } = await import('./ClassroomRoot/ClassroomRoot.vue');
const { createChalkline } = await import('./plugin.ts');
const { ScriptedClient } = await import('./testing/scripted-client.ts');
afterAll(() => {
  vi.doUnmock('@vue/devtools-api');
  vi.resetModules();
});

interface Payload {
  inspectorId: string;
  nodeId: string;
  rootNodes?: { id: string; label: string }[];
  state?: Record<string, { key: string; value: unknown }[]>;
}

function ask(read: Read | undefined, nodeId = ''): Payload {
  const payload: Payload = { inspectorId: 'chalkline', nodeId };
  read?.(payload);
  return payload;
}

it('tells the devtools what happens in a classroom and how it is, for as long as it is on the page', () => {
  const client = new ScriptedClient();
  const classroom = client.classroom('math-101');
  const wrapper = mount(ClassroomRoot, {
    props: { classroomId: 'math-101' },
    global: { plugins: [createPinia(), createChalkline({ client })] },
  });
  client.set('connected');
  classroom.admit('student');
  classroom.hear({ type: 'chat.send' });
  expect(seen.titles).toEqual([
    'connection connecting',
    'classroom joining',
    'connection connected',
    'classroom joined',
    'chat.send',
  ]);

  const tree = () => ask(seen.readTree).rootNodes;
  expect(tree()).toEqual([{ id: '1', label: 'math-101' }]);
  const { state } = ask(seen.readState, '1');
  expect(state?.connection).toContainEqual({ key: 'status', value: 'connected' });
  expect(state?.classroom).toContainEqual({ key: 'role', value: 'student' });

  wrapper.unmount();
  expect(tree()).toEqual([]);
});
