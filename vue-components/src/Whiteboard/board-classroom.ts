import type { DocumentClassroom } from '@chalkline/client-sdk/yjs';
import type { AnyClassroom } from '../any-client.ts';

/** What the board needs of a classroom beyond what the rest of the kit does; each of the SDK has it. */
export interface BoardClassroom extends AnyClassroom, Omit<DocumentClassroom, 'presence' | 'status' | 'on'> {
  readonly presence: AnyClassroom['presence'] & DocumentClassroom['presence'];
  on(
    event: 'status' | 'event' | 'live' | 'discontinuity' | 'permissions',
    listener: (payload: unknown) => void,
  ): () => void;
}

/** @throws Error for a classroom that an app made by hand without documents, as it may for the chat alone. */
export function boardClassroomOf(classroom: AnyClassroom): BoardClassroom {
  if ('documents' in classroom) return classroom as BoardClassroom;
  throw new Error('The whiteboard needs a classroom of the SDK: this one has no documents.');
}
