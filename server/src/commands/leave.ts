import { encode } from '@chalkline/client-sdk/protocol';
import type { CommandHandler } from '../router.ts';

/** Gives up the seat. */
export const leave: CommandHandler<'leave'> = async ({ store }, { connectionId }, { ref, classroomId }) => {
  const announcement = await store.leave(classroomId, connectionId);
  return { answers: [encode({ action: 'left', ref, classroomId })], announcements: [announcement] };
};
