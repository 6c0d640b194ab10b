import { ConnectionBadge } from '@chalkline/vue-components';
import { h } from 'vue';
import type { ComponentStates, GalleryState } from '../gallery-state.ts';

const badge = '.badge > .button';

const opened = ({ shows, ...state }: GalleryState): GalleryState => ({
  ...state,
  shows: `${shows} > .text[data-state="open"]`,
  play: async (stage) => {
    await state.play?.(stage);
    stage.root.querySelector<HTMLElement>(badge)?.focus();
  },
});
const connected: GalleryState = { shows: '.badge[data-state="fine"]' };
const reconnecting: GalleryState = {
  shows: '.badge[data-state="returning"]',
  play: ({ server }) => {
    server.isReachable = false;
    server.drop();
  },
};
const closed: GalleryState = {
  shows: '.badge[data-state="needs-you"]',
  play: ({ server }) => server.dismiss('unauthorized'),
};

export const states: ComponentStates = {
  component: 'ConnectionBadge',
  width: 360,
  height: 160,
  content: () => h('div', { style: 'display: flex; justify-content: end' }, h(ConnectionBadge)),
  states: {
    connected,
    reconnecting,
    closed,
    'connected-explained': opened(connected),
    'reconnecting-explained': opened(reconnecting),
    'closed-explained': opened(closed),
  },
};
