import type { ChalklineError, ClassroomStatus, ConnectionStatus } from '@chalkline/client-sdk';

/** What `<ClassroomRoot>` shows: the content, or the designed state that stands in its place. */
export type ClassroomView = 'loading' | 'ready' | 'offline' | 'refused' | 'left' | 'ended';

export interface ClassroomViewFacts {
  classroom: ClassroomStatus;
  connection: ConnectionStatus;
  cause: ChalklineError | undefined;
  /** Whether we have been in since we last left. */
  hasJoined: boolean;
  /** Whether the connection failed, or was lost, and is tried again. */
  isUnreachable: boolean;
  /** Whether the first join takes so long that a person begins to wonder. */
  isSlow: boolean;
}

/**
 * Which of the views the facts call for. Once joined, the content stays even if the connection is lost or closed, because
 * reading on is better than a notice; only a verdict on the membership itself takes it away.
 */
export function classroomView(facts: ClassroomViewFacts): ClassroomView {
  const { classroom, connection, cause, hasJoined, isUnreachable, isSlow } = facts;
  if (cause?.code === 'classroom-ended') return 'ended';
  if (hasJoined && connection === 'closed' && cause?.code !== 'forbidden') return 'ready';
  if (classroom === 'failed') return 'refused';
  if (classroom === 'left') return 'left';
  if (hasJoined) return 'ready';
  if (connection === 'closed') return 'refused';
  return isUnreachable || isSlow ? 'offline' : 'loading';
}
