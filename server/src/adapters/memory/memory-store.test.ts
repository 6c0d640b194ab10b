import { expect, it } from 'vitest';
import { describeStore } from '../contract.ts';
import { Lesson } from '../lesson.ts';
import { createMemoryStore } from './memory-store.ts';

describeStore('memory store', createMemoryStore);

it('forgets a classroom some time after its last change', async () => {
  const lesson = await Lesson.begin(createMemoryStore, { retentionMs: 1000, leaseMs: 5000 });
  const { head } = await lesson.join('ada');
  lesson.now += 999;
  await lesson.store.touch('ada', ['maths']);
  lesson.now += 999;
  expect((await lesson.store.touch('ada', ['maths'])).heads).toEqual({ maths: head });
  lesson.now += 1000;
  await expect(lesson.say('ada', 'late')).rejects.toMatchObject({ code: 'not-joined' });
  const again = await lesson.join('ada', {}, { position: head });
  expect(again).toMatchObject({ recovered: false, head: { seq: 1 } });
  expect(again.head.epoch).not.toBe(head.epoch);
});

it('gives out copies: what a caller does to an event changes nothing that is stored', async () => {
  const lesson = await Lesson.begin(createMemoryStore);
  await lesson.join('ada');
  const { announcement } = await lesson.say('ada', 'a');
  for (const event of announcement.events) event.data = 'changed';
  expect((await lesson.join('ben')).chat).toMatchObject([{ data: { text: 'a' } }]);
});
