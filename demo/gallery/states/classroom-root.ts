import type { ErrorCode } from '@chalkline/client-sdk';
import { ChatPane } from '@chalkline/vue-components';
import { h } from 'vue';
import type { ComponentStates, GalleryState } from '../gallery-state.ts';

/** What the backend answers to the join. */
const refused = (code: ErrorCode): GalleryState => ({
  shows: `.session[data-state="refused"][data-code="${code}"]`,
  before: async ({ client, server }) => {
    client.connect();
    await server.settled();
    server.refuse('join', code);
  },
});

export const states: ComponentStates = {
  component: 'ClassroomRoot',
  width: 420,
  height: 640,
  content: () => h(ChatPane),
  states: {
    loading: { shows: '.session[data-state="loading"]', before: ({ server }) => server.pause() },
    offline: {
      shows: '.session[data-state="offline"]',
      before: async ({ client, server }) => {
        client.connect();
        await server.settled();
        server.isReachable = false;
        server.drop();
      },
    },
    'refused-forbidden': refused('forbidden'),
    removed: refused('removed'),
    'refused-not-found': refused('not-found'),
    'refused-out-of-date': refused('unsupported-version'),
    'refused-unauthorized': {
      shows: '.session[data-code="unauthorized"]',
      before: ({ server }) => (server.loses = ({ frame }) => frame.action === 'welcome'),
      play: ({ server }) => server.dismiss('unauthorized'),
    },
    left: { shows: '.session[data-state="left"]', play: ({ classroom }) => classroom.leave() },
    ended: { shows: '.session[data-state="ended"]', play: ({ classroom }) => classroom.end() },
    disconnected: {
      shows: '.session > .notice',
      play: ({ server, other, lines }) => {
        for (const line of lines) other.say(line);
        server.dismiss('unauthorized');
      },
    },
  },
};
