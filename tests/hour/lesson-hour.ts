import { TrafficRecorder, type Recording } from '@chalkline/server';
import type { ManualClock } from '@chalkline/server/emulator';
import { startStillLesson } from '../harness/still-lesson.ts';
import { Hand } from './hand.ts';

const members = { ada: 'teacher', ben: 'student', chen: 'student', dina: 'student' } as const;

export interface HourOptions {
  seed: number;
  /** @default one hour */
  durationMs?: number;
  progress?: (minute: number) => void;
}

/** One hour of a class of four. Resolves with what was billed, by kind. */
export async function recordHour(options: HourOptions): Promise<Recording> {
  const { seed, durationMs = 3_600_000, progress = () => undefined } = options;
  let recorder: TrafficRecorder | undefined;
  const lesson = await startStillLesson({
    seed,
    classroomId: 'math-101',
    members,
    observe: (event, { now }) => (recorder ??= new TrafficRecorder(now)).observe(event),
  });
  try {
    const { classrooms, clock, random } = lesson;
    // Finer than the whiteboard's previews: it is the board that sets the pace.
    for (const { signals } of classrooms) signals.quality = 'smooth';
    const hands = classrooms.map((classroom) => new Hand(classroom, clock, random));
    plan(hands, clock, random, durationMs);
    await lesson.play(durationMs, (at) => {
      if (at % 60_000 === 0) progress(at / 60_000);
    });
    return (recorder ?? new TrafficRecorder(clock.now)).recording();
  } finally {
    await lesson.close();
  }
}

/** Who does what when: two chat messages a minute each, one who draws for 30 % of the time, pointers that move for 10 %. */
function plan(hands: readonly Hand[], clock: ManualClock, random: () => number, durationMs: number): void {
  const within = (from: number, to: number): number => from + random() * (to - from);
  for (let minute = 0; minute < durationMs; minute += 60_000) {
    const drawer = Math.floor(random() * hands.length);
    for (const [index, hand] of hands.entries()) {
      for (const half of [0, 30_000]) clock.setTimeout(() => hand.chat(), minute + half + within(0, 25_000));
      // 18 s of drawing and 6 s of pointing a minute.
      if (index === drawer) clock.setTimeout(() => hand.draw(18_000), minute + within(0, 20_000));
      clock.setTimeout(() => hand.point(6_000), minute + within(40_000, 52_000));
    }
  }
}
