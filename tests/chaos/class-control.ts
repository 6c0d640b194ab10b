import type { View } from '../harness/recorder.ts';
import type { Stage } from './operations.ts';

type Control = (stage: Stage, view: View) => void;

/** What a teacher does to the class. Whoever is none tries it, too, and is refused. */
export const classControl = {
  mute: (stage, view) => {
    const { random } = stage;
    const whom = random.chance(0.6) ? someone(stage) : undefined;
    const topic = random.pick(['chat', 'chat', 'board']);
    note(stage, view, view.classroom.access.set(topic, random.chance(0.6), whom));
  },
  raiseHand: (stage, view) => {
    const { random } = stage;
    const hand = random.chance(0.7) ? { raisedAt: random.int(1, 1_000) } : null;
    // That of another only a teacher lowers.
    const { state } = view.classroom;
    note(stage, view, random.chance(0.8) ? state.set('hand', hand) : state.set('hand', null, someone(stage)));
  },
  setState: (stage, view) => {
    const { random } = stage;
    const { state } = view.classroom;
    const timer = random.chance(0.7) ? { endsAt: random.int(1, 1_000) } : null;
    note(
      stage,
      view,
      random.chance(0.5)
        ? state.set('board.page', { pageId: `page-${random.int(1, 9)}` })
        : state.set('timer', timer),
    );
  },
  appoint: (stage, view) => {
    const { random, cluster } = stage;
    const userId = someone(stage);
    const role = random.pick(['teacher', 'student', 'observer', undefined] as const);
    // Kept or not: from now on nobody can say what they were allowed to read.
    if (role === 'teacher') cluster.recorder.appointed.add(`${view.classroom.id} ${userId}`);
    note(stage, view, view.classroom.setRole(userId, role));
  },
  remove: (stage, view) => note(stage, view, view.classroom.remove(someone(stage))),
  readmit: (stage, view) => note(stage, view, view.classroom.readmit(someone(stage))),
} satisfies Record<string, Control>;

function someone({ random, seats }: Stage): string {
  return random.pick(seats).userId;
}

function note({ cluster }: Stage, view: View, promise: Promise<{ id: string; seq: number }>): void {
  void view.note('state.set', '', promise, cluster.recorder.notify);
}
