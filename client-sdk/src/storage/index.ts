/** @module client-sdk/storage */
export { indexedDbStorage } from './indexed-db-storage.ts';
export type { OutboxStorage, StoredMessage } from '../outbox-storage.ts';
