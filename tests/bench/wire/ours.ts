import { DocumentProvider } from '@chalkline/client-sdk/yjs';
import {
  BoardDocument,
  FIRST_PAGE,
  InkCapture,
  LiveSignals,
  newElementId,
} from '@chalkline/vue-components/whiteboard';
import { startStillLesson } from '../../harness/still-lesson.ts';
import type { Sample } from './pointer.ts';

/**
 * Draws a recording with the whiteboard's own parts, in the hands of a teacher with one student, and resolves with the frames
 * that the local gateway read of the teacher.
 */
export async function ourMessages(samples: readonly Sample[]): Promise<{ byteLength: number }[]> {
  let messages: { byteLength: number }[] | undefined;
  let drawer = '';
  const lesson = await startStillLesson({
    seed: 1,
    classroomId: 'math-101',
    members: { ada: 'teacher', ben: 'student' },
    observe: (event) => {
      if (event.type !== 'frame-in') return;
      if (String(event.data).includes('"ada-')) drawer ||= event.connectionId;
      if (event.connectionId === drawer) messages?.push({ byteLength: event.bytes });
    },
  });
  const [classroom] = lesson.classrooms;
  if (!classroom) throw new Error('nobody is there');
  const provider = new DocumentProvider(classroom, { document: 'board' });
  const board = new BoardDocument(provider.doc, { authorId: 'ada' });
  const live = new LiveSignals(
    classroom,
    () => board,
    () => FIRST_PAGE,
  );
  try {
    await lesson.play(2_000);
    messages = [];
    const begin = () => ({
      id: newElementId(),
      kind: 'ink' as const,
      style: { color: 'ink', width: 3 },
      capture: new InkCapture({ width: 3 }),
    });
    let stroke: ReturnType<typeof begin> | undefined;
    for (const { timeMs, x, y, isDown } of samples) {
      lesson.clock.setTimeout(() => {
        const now = lesson.clock.now();
        if (isDown) {
          stroke ??= begin();
          stroke.capture.add({ x, y, timeMs });
          live.draw(stroke, now);
        } else if (stroke) {
          const { id, kind, style, capture } = stroke;
          board.add({ id, kind, pageId: FIRST_PAGE, style, points: capture.bake() });
          live.draw((stroke = undefined), now);
        } else live.moveTo({ x, y });
      }, timeMs);
    }
    await lesson.play((samples.at(-1)?.timeMs ?? 0) + 1_000);
    return messages;
  } finally {
    live.dispose();
    board.dispose();
    provider.destroy();
    provider.awareness.destroy();
    await lesson.close();
  }
}
