import { expect, it } from 'vitest';
import { ada, ben, messageOf } from '../testing/mount-classroom.ts';
import { groupMessages } from './message-groups.ts';

const shape = (messages: Parameters<typeof groupMessages>[0]) =>
  groupMessages(messages).map((group) => group.messages.map(({ id }) => id).join());

it('puts what one author writes within a minute into one group', () => {
  expect(
    shape([
      messageOf(ada, 1, { minute: 0 }),
      messageOf(ada, 2, { minute: 0.9 }),
      messageOf(ada, 3, { minute: 1.1 }),
    ]),
  ).toEqual(['m1,m2', 'm3']);
});

it('begins a group with each change of author', () => {
  expect(
    shape([
      messageOf(ada, 1, { minute: 0 }),
      messageOf(ben, 2, { minute: 0 }),
      messageOf(ada, 3, { minute: 0 }),
    ]),
  ).toEqual(['m1', 'm2', 'm3']);
});

it('marks the first group of each day', () => {
  const day = 24 * 60;
  const groups = groupMessages([
    messageOf(ada, 1),
    messageOf(ben, 2),
    messageOf(ada, 3, { minute: day }),
    messageOf(ben, 4, { minute: day }),
  ]);
  expect(groups.map((group) => group.isFirstOfDay)).toEqual([true, false, true, false]);
});

it('gives each group a key of its own, also when authors alternate', () => {
  const groups = groupMessages([messageOf(ada, 1), messageOf(ben, 2), messageOf(ada, 3)]);
  expect(new Set(groups.map((group) => group.key)).size).toBe(3);
});
