import { ClassControls } from '@chalkline/vue-components';
import { h } from 'vue';
import type { ComponentStates, Stage } from '../gallery-state.ts';

const set = ({ other }: Stage, key: string, value: unknown, userId?: string) =>
  other.publish('state.set', { key, value, userId });
const press = async ({ root, server }: Stage, selector: string) => {
  root.querySelector<HTMLElement>(selector)?.click();
  await server.settled();
};

export const states: ComponentStates = {
  component: 'ClassControls',
  width: 860,
  height: 320,
  // As in a header, not as high as the stage.
  content: () => h('div', { style: { flex: 'none', padding: '12px 16px' } }, h(ClassControls)),
  states: {
    teacher: { shows: '.controls .end' },
    student: { shows: '.controls .button', role: 'student' },
    observer: { shows: '.controls', role: 'observer' },
    'hand-raised': {
      shows: '.controls .button[data-active]',
      role: 'student',
      play: (stage) => press(stage, '.controls .button'),
    },
    hands: {
      shows: '.panel .row',
      play: async (stage) => {
        set(stage, 'hand', { raisedAt: 1 }, 'ben');
        await stage.server.settled();
        await press(stage, '.popup .opener');
      },
    },
    'timer-menu': { shows: '.panel .minutes', play: (stage) => press(stage, '.popup:last-of-type .opener') },
    timer: {
      shows: '.timer[data-state="running"]',
      role: 'student',
      play: (stage) => set(stage, 'timer', { endsAt: stage.clock.now() + 245_000, label: '12 b' }),
    },
    'time-is-up': {
      shows: '.timer[data-state="over"]',
      role: 'student',
      play: (stage) => set(stage, 'timer', { endsAt: stage.clock.now() - 1000 }),
    },
    closed: {
      shows: '.notice[data-state="closed"]',
      role: 'student',
      play: (stage) => {
        set(stage, 'access.chat', { isOpen: false });
        set(stage, 'access.board', { isOpen: false }, 'ben');
      },
    },
    spotlight: {
      shows: '.controls .notice',
      role: 'student',
      play: (stage) => set(stage, 'spotlight', { userId: 'ben' }),
    },
    'co-teacher': {
      shows: '.controls .end',
      role: 'student',
      play: (stage) => set(stage, 'role', { role: 'teacher' }, 'ben'),
    },
    refused: {
      shows: '.controls .failure',
      play: async (stage) => {
        stage.server.refuse('publish', 'forbidden');
        await press(stage, '.controls .button');
      },
    },
    'ending-the-class': {
      shows: '.dialog[open]',
      play: (stage) => press(stage, '.controls .end'),
    },
  },
};
