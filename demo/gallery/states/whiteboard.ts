import { useBoardStore, Whiteboard } from '@chalkline/vue-components/whiteboard';
import { defineComponent, h, watch } from 'vue';
import type { ComponentStates } from '../gallery-state.ts';

/** A board on which something is drawn once it is here. */
const Drawn = defineComponent(() => {
  const store = useBoardStore();
  watch(
    () => store.hasLoaded,
    (hasLoaded) => {
      if (!hasLoaded) return;
      store.change((board) => {
        const at = (x: number, y: number) =>
          ({
            pageId: store.pageId,
            style: { color: 'blue', width: 4 },
            transform: { x, y, scaleX: 1, scaleY: 1 },
          }) as const;
        board.add({ ...at(-120, -120), kind: 'ellipse', width: 240, height: 240 });
        board.add({ ...at(-120, 0), kind: 'line', width: 240, height: 0 });
        board.add({ ...at(0, -120), kind: 'line', width: 0, height: 240 });
        board.add({
          ...at(180, -60),
          kind: 'note',
          width: 180,
          height: 120,
          fontSize: 28,
          text: '6/8 = 3/4',
        });
      });
    },
    { immediate: true },
  );
  return () => h(Whiteboard);
});

export const states: ComponentStates = {
  component: 'Whiteboard',
  width: 900,
  height: 600,
  content: () => h(Whiteboard),
  states: {
    empty: { shows: '.whiteboard[data-state="open"] .empty p' },
    drawn: { shows: '.whiteboard[data-state="open"]', content: () => h(Drawn) },
    loading: {
      shows: '.whiteboard[data-state="loading"]',
      before: ({ server }) => (server.loses = ({ frame }) => frame.action === 'document'),
    },
    locked: {
      shows: '.whiteboard[data-state="read-only"]',
      role: 'student',
      before: ({ other }) => other.publish('state.set', { key: 'access.board', value: { isOpen: false } }),
    },
    observer: { shows: '.whiteboard[data-state="read-only"]', role: 'observer' },
    offline: {
      shows: '.whiteboard[data-state="open"] .line',
      play: ({ server }) => {
        server.isReachable = false;
        server.drop();
      },
    },
    failed: {
      shows: '.whiteboard[data-state="loading"] .line',
      before: ({ server }) => server.refuse('load', 'forbidden'),
    },
  },
};
