import { encode } from '@chalkline/client-sdk/protocol';
import type { CommandHandler } from '../router.ts';

/** A page of a shared document. */
export const load: CommandHandler<'load'> = async (
  { store },
  { connectionId },
  { ref, classroomId, document, after, index },
) => {
  const { pieces, isLast, bytes } = await store.load(classroomId, connectionId, { document, after, index });
  const page = { document, pieces: [...pieces], isLast, bytes };
  return { answers: [encode({ action: 'document', ref, classroomId, ...page })] };
};
