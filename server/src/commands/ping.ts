import { encode } from '@chalkline/client-sdk/protocol';
import type { CommandHandler } from '../router.ts';

/** Keeps the seats alive and tells the heads: a client that is behind one recovers. */
export const ping: CommandHandler<'ping'> = async ({ store }, { connectionId }, { ref, positions }) => {
  const { heads, announcements } = await store.touch(connectionId, Object.keys(positions));
  return { answers: [encode({ action: 'pong', ref, heads: { ...heads } })], announcements };
};
