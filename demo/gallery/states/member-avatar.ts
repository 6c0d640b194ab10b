import { MemberAvatar } from '@chalkline/vue-components';
import { h } from 'vue';
import type { ComponentStates } from '../gallery-state.ts';

const names = [
  'Ada',
  'Ben',
  'Chen',
  'Dana',
  'Emil',
  'Fatma',
  'Göran',
  'Hana',
  'Ivan',
  'Jun',
  'Kofi',
  'علي',
  '👩‍🏫',
  ' ',
];

export const states: ComponentStates = {
  component: 'MemberAvatar',
  width: 320,
  height: 120,
  content: () =>
    h(
      'div',
      { style: 'display: flex; flex-wrap: wrap; gap: 8px; padding: 16px' },
      names.map((name) => h(MemberAvatar, { userId: name, name })),
    ),
  states: { colours: { shows: '.avatar:nth-child(14)' } },
};
