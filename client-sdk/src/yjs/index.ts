/** @module client-sdk/yjs */
export { DocumentProvider } from './document-provider.ts';
export type { DocumentProviderEvents, DocumentProviderOptions, DocumentStatus } from './document-provider.ts';
export type { DocumentClassroom } from './document-classroom.ts';
