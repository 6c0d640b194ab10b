import { ChatPane, ClassroomLayout, ConnectionBadge, MemberList } from '@chalkline/vue-components';
import { Whiteboard } from '@chalkline/vue-components/whiteboard';
import { h } from 'vue';
import type { ComponentStates } from '../gallery-state.ts';

const slots = {
  header: () => [h('span', 'Fractions, lesson 4'), h(ConnectionBadge)],
  chat: () => h(ChatPane),
  members: () => h(MemberList),
};

export const states: ComponentStates = {
  component: 'ClassroomLayout',
  width: 1180,
  height: 720,
  content: () => h(ClassroomLayout, null, { ...slots, main: () => h(Whiteboard) }),
  states: {
    'with-board': { shows: '.pane[data-pane="main"] .whiteboard[data-state="open"]' },
    'chat-and-members': { shows: '.layout .members', content: () => h(ClassroomLayout, null, slots) },
    'pane-chosen': {
      shows: '.layout .pane[data-pane="members"][data-state="shown"]',
      content: () => h(ClassroomLayout, { pane: 'members' }, slots),
    },
    reconnecting: {
      shows: '.badge[data-state="returning"]',
      play: ({ server, other, lines }) => {
        for (const line of lines) other.say(line);
        server.isReachable = false;
        server.drop();
      },
    },
  },
};
