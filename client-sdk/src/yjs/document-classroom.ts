import type { Classroom } from '../classroom.ts';

/** What a provider needs of a classroom; one of any message types fits. */
export interface DocumentClassroom extends Pick<
  Classroom,
  'documents' | 'signals' | 'presence' | 'status' | 'isLive' | 'env'
> {
  can(type: string, topic?: string): boolean;
  on(event: 'status' | 'live' | 'discontinuity', listener: () => void): () => void;
}
