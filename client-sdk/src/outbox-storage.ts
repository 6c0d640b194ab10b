import * as z from 'zod/mini';
import { messageSchema, type Message, type Position } from './protocol/index.ts';
import type { ReadMark } from './read-mark.ts';

/** A message that was accepted and may not have been kept by the server. */
export interface StoredMessage {
  message: Message;
  /** When it was accepted, in ms since 1970; later for each message of a page, so that it tells their order. */
  acceptedAt: number;
  /** How far the classroom's log was before it was sent; absent if that was not known. */
  position?: Position | undefined;
}

/**
 * Keeps what is not acked yet, and how far the chat was read, through a reload of the page. `key` stands for one user in one classroom. What the verbs do
 * takes effect in the order of the calls, which wait for none of them but `load`: that has to settle. Where one rejects,
 * publishing goes on as if there were no storage.
 */
export interface OutboxStorage {
  /** Everything of the key, by `acceptedAt`. */
  load(key: string): Promise<readonly StoredMessage[]>;
  save(key: string, message: StoredMessage): Promise<void>;
  remove(key: string, id: string): Promise<void>;
  /** How far the user has read the chat. @default forgotten with the page */
  loadRead?(key: string): Promise<ReadMark | undefined>;
  saveRead?(key: string, mark: ReadMark): Promise<void>;
}

const storedSchema = z.object({ message: messageSchema, acceptedAt: z.number() });

/** What another version of the app, or whoever else writes there, left is not to be trusted. */
export function isStored(value: unknown): value is StoredMessage {
  return z.safeParse(storedSchema, value).success;
}
