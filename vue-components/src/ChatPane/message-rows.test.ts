import type { ChatMessage } from '@chalkline/client-sdk';
import { expect, it } from 'vitest';
import { ada, ben, messageOf } from '../testing/mount-classroom.ts';
import { messageRows } from './message-rows.ts';

/** The ids, those that begin a group in brackets. */
const shape = (messages: readonly ChatMessage[], firstUnreadId?: string) =>
  messageRows(messages, firstUnreadId).map(({ message, isFirstOfGroup }) =>
    isFirstOfGroup ? `[${message.id}]` : message.id,
  );

it('puts what one author writes within a minute into one group', () => {
  expect(
    shape([
      messageOf(ada, 1, { minute: 0 }),
      messageOf(ada, 2, { minute: 0.9 }),
      messageOf(ada, 3, { minute: 1.1 }),
    ]),
  ).toEqual(['[m1]', 'm2', '[m3]']);
});

it('begins a group with each change of author', () => {
  const messages = [ada, ben, ada].map((author, index) => messageOf(author, index + 1, { minute: 0 }));
  expect(shape(messages)).toEqual(['[m1]', '[m2]', '[m3]']);
});

it('begins a group where the unread begins, so that its author stands below the divider', () => {
  const messages = [1, 2, 3].map((seq) => messageOf(ada, seq, { minute: 0 }));
  expect(shape(messages, 'm2')).toEqual(['[m1]', '[m2]', 'm3']);
  expect(messageRows(messages, 'm2').map(({ isFirstUnread }) => isFirstUnread)).toEqual([false, true, false]);
});

it('marks the first message of each day', () => {
  const day = 24 * 60;
  const rows = messageRows([
    messageOf(ada, 1),
    messageOf(ben, 2),
    messageOf(ada, 3, { minute: day }),
    messageOf(ben, 4, { minute: day }),
  ]);
  expect(rows.map(({ isFirstOfDay }) => isFirstOfDay)).toEqual([true, false, true, false]);
});
