import { afterEach } from 'vitest';
import type { StoreLimits } from '../store-limits.ts';
import { describeChat } from './contract-chat.ts';
import { describeChunks } from './contract-chunks.ts';
import { describeControl } from './contract-control.ts';
import { describeDocuments } from './contract-documents.ts';
import { describeLeaving } from './contract-leaving.ts';
import { describeLimits } from './contract-limits.ts';
import { describePublishing } from './contract-publishing.ts';
import { describeSeats } from './contract-seats.ts';
import { describeState } from './contract-state.ts';
import { describeStrikes } from './contract-strikes.ts';
import { Lesson, type MakeStore } from './lesson.ts';

/** Begins a lesson on an empty store; the store is closed after the test. */
export type BeginLesson = (limits?: Partial<StoreLimits>) => Promise<Lesson>;

/** What every `ClassroomStore` does, whatever it is made of: run on each adapter. */
export function describeStore(name: string, makeStore: MakeStore): void {
  const lessons: Lesson[] = [];
  const begin: BeginLesson = async (limits) => {
    const lesson = await Lesson.begin(makeStore, limits);
    lessons.push(lesson);
    return lesson;
  };
  afterEach(async () => {
    await Promise.all(lessons.splice(0).map(({ store }) => store.close()));
  });

  describeSeats(name, begin);
  describeLeaving(name, begin);
  describePublishing(name, begin);
  describeChat(name, begin);
  describeState(name, begin);
  describeDocuments(name, begin);
  describeControl(name, begin);
  describeLimits(name, begin);
  describeStrikes(name, begin);
  describeChunks(name, begin);
}
