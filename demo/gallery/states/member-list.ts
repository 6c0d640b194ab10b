import { MemberList } from '@chalkline/vue-components';
import { h } from 'vue';
import type { ComponentStates } from '../gallery-state.ts';

const CLASSROOM = 'math-101';

export const states: ComponentStates = {
  component: 'MemberList',
  width: 320,
  height: 420,
  content: () => h(MemberList),
  states: {
    few: { shows: '.members .item[data-state="good"]' },
    'hands-and-roles': {
      shows: '.members .hand',
      play: async ({ server, classroom, other }) => {
        server.join(CLASSROOM, { userId: 'chen', name: 'Chen' });
        server.join(CLASSROOM, { userId: 'dana', name: 'Dana' });
        server.join(CLASSROOM, { userId: 'olga', name: 'Olga', role: 'observer' });
        server.join(CLASSROOM, { userId: 'eli', name: 'Eli' });
        await server.settled();
        other.publish('state.set', { key: 'hand', userId: 'ben', value: { raisedAt: 1 } });
        await classroom.access.set('chat', false, 'ben');
        await classroom.setRole('chen', 'teacher');
        await classroom.state.set('spotlight', { userId: 'dana' });
        await classroom.remove('eli');
      },
    },
    devices: {
      shows: '.members .item[data-state="good"]',
      play: ({ server }) => {
        server.join(CLASSROOM, { userId: 'ben', name: 'Ben' });
        server.join(CLASSROOM, { userId: 'ada', name: 'Ada', role: 'teacher' });
        server.join(CLASSROOM, { userId: 'ada', name: 'Ada', role: 'teacher' });
      },
    },
    menu: {
      shows: '.panel .item',
      play: async ({ root, server }) => {
        root.querySelectorAll<HTMLElement>('.opener')[1]?.click();
        await server.settled();
      },
    },
    'link-health': {
      shows: '.members .item[data-state="slow"]',
      play: async ({ server, clock, other }) => {
        const chen = server.join(CLASSROOM, { userId: 'chen', name: 'Chen' });
        chen.drop();
        other.ping(2_400);
        // The next ping brings it.
        await clock.advance(60_000);
        chen.join();
        chen.drop();
      },
    },
    'long-names': {
      shows: '.members .item',
      play: ({ server }) => {
        const names = [
          'Ada-Wilhelmina Maximiliane von der Hohenberg-Lichtenfels',
          'Pneumonoultramicroscopicsilicovolcanoconiosis',
          'Ḿ̷̡a̵̢͝r̶̛̠k̸̰̈s̷̨͝ above',
          '\u202Egnirts desrever',
          '\u200B\u200B',
          'عبد الرحمن بن محمد بن عبد الله',
        ];
        for (const [index, name] of names.entries())
          server.join(CLASSROOM, { userId: `long-${index}`, name });
      },
    },
    many: {
      shows: '.members li:nth-child(32)',
      play: ({ server }) => {
        for (let n = 1; n <= 30; n++)
          server.join(CLASSROOM, { userId: `student-${n}`, name: `Student ${n}` });
      },
    },
  },
};
