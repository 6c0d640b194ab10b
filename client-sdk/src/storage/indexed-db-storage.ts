import { createStore, del, get, promisifyRequest, set, type UseStore } from 'idb-keyval';
import type { OutboxStorage, StoredMessage } from '../outbox-storage.ts';

/** A database that another tab holds, or that a browser locked up, may answer never; sending waits for `load`. */
const PATIENCE_MS = 3_000;

/**
 * Keeps unacked messages in IndexedDB, where a reload or a crash leaves them. The pages of one origin share them, each
 * user's and classroom's apart. Give it to `createClient` as `outboxStorage`.
 *
 * @param name Of the database, to keep apart two apps of one origin. @default 'chalkline'
 */
export function indexedDbStorage(name = 'chalkline'): OutboxStorage {
  // Opened at the first use: a server may import and call this.
  let opened: UseStore | undefined;
  const store: UseStore = (mode, use) => (opened ??= createStore(name, 'outbox'))(mode, use);

  // IndexedDB runs the transactions of a store in the order in which they were asked for.
  return {
    async load(key) {
      const found = store('readonly', (messages) =>
        // An array sorts after every text, so these are all keys that begin with ours.
        promisifyRequest<StoredMessage[]>(messages.getAll(IDBKeyRange.bound([key], [key, []]))),
      );
      return (await inTime(found)).sort((a, b) => a.acceptedAt - b.acceptedAt);
    },
    save: (key, stored) => set([key, stored.message.id], stored, store),
    remove: (key, id) => del([key, id], store),
    // No key of a user is `read`: each has a slash.
    loadRead: (key) => get(['read', key], store),
    saveRead: (key, mark) => set(['read', key], mark, store),
  };
}

async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('IndexedDB gave no answer in time')), PATIENCE_MS);
  });
  return await Promise.race([work, late]).finally(() => clearTimeout(timer));
}
