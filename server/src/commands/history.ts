import { encode, SERVER_FRAME_BYTES } from '@chalkline/client-sdk/protocol';
import { ENVELOPE_BYTES, newestThatFit } from '../frames.ts';
import type { CommandHandler } from '../router.ts';

/** An older page of the chat, oldest message first. */
export const history: CommandHandler<'history'> = async (
  { store },
  { connectionId },
  { ref, classroomId, before, limit },
) => {
  const { events, hasOlder } = await store.history(classroomId, connectionId, { before, limit });
  const page = newestThatFit(events, SERVER_FRAME_BYTES - ENVELOPE_BYTES);
  const hasOlderChat = hasOlder || page.length < events.length;
  return { answers: [encode({ action: 'page', ref, classroomId, events: page, hasOlderChat })] };
};
