import type { BuiltInMessages } from '@chalkline/client-sdk';
import * as z from 'zod/mini';

const marked = z.object({ room: z.string(), mark: z.string() });

/** Message types of the tests' own: one for students only, one for the teacher only, one that may be larger than a frame. */
export const ownMessages = {
  'quiz.answer': { schema: marked, publishers: ['student'] },
  'lesson.mark': { schema: marked, publishers: ['teacher'] },
  'note.take': {
    schema: z.object({ ...marked.shape, text: z.string() }),
    publishers: ['teacher', 'student'],
  },
} as const;

/** The message types of the tests' own, by name. */
export type OwnMessages = typeof ownMessages;

/** All that may be published in a test. */
export type Messages = OwnMessages & BuiltInMessages;
