import type { ChalklineError } from '@chalkline/client-sdk';
import { DocumentProvider } from '@chalkline/client-sdk/yjs';
import type { AnyClient } from '../any-client.ts';
import type { BoardClassroom } from './board-classroom.ts';
import { BoardDocument } from './model/board-document.ts';
import { BoardError, type BoardErrorCode } from './model/board-error.ts';
import { Emitter } from './model/emitter.ts';

/** Something that the user is to be told in a sentence. */
export type BoardNotice =
  | { kind: 'refused'; cause: ChalklineError }
  | { kind: 'not-made'; code: BoardErrorCode }
  | { kind: 'damaged' | 'export-partial' }
  | { kind: 'image-failed' | 'import-failed' | 'export-failed'; cause: unknown };

interface BoardSessionEvents {
  /** Status, progress or the board itself is another. */
  change: undefined;
  /** Undefined when it has been read. */
  notice: BoardNotice | undefined;
}

/** The board of a classroom for as long as somebody looks at it: bound to the document, and anew where that is replaced. */
export class BoardSession {
  readonly classroom: BoardClassroom;
  readonly #client: AnyClient;
  readonly #events = new Emitter<BoardSessionEvents>();
  readonly #provider: DocumentProvider;
  #board: BoardDocument;
  #notice: BoardNotice | undefined;
  #hasLoaded = false;

  constructor(classroom: BoardClassroom, client: AnyClient) {
    this.classroom = classroom;
    this.#client = client;
    const provider = new DocumentProvider(classroom, { document: 'board' });
    this.#provider = provider;
    this.#board = this.#bind();
    provider.on('status', () => this.#events.emit('change', undefined));
    provider.on('progress', () => this.#events.emit('change', undefined));
    provider.on('sync', () => {
      this.#hasLoaded = true;
      this.#events.emit('change', undefined);
    });
    provider.on('reset', ({ cause }) => {
      this.#board.dispose();
      this.#board = this.#bind();
      this.#events.emit('change', undefined);
      this.notify({ kind: 'refused', cause });
    });
    provider.on('damaged', () => this.notify({ kind: 'damaged' }));
  }

  /** Another one after each refusal of the server. */
  get board(): BoardDocument {
    return this.#board;
  }

  get status(): DocumentProvider['status'] {
    return this.#provider.status;
  }

  /** Whether the board is here, also while the link is down. */
  get hasLoaded(): boolean {
    return this.#hasLoaded;
  }

  /** How much of the board is here, of 100; undefined while that is not known. */
  get percent(): number | undefined {
    const { loadedBytes, totalBytes } = this.#provider.progress;
    return totalBytes > 0 ? Math.min(100, Math.round((100 * loadedBytes) / totalBytes)) : undefined;
  }

  get userId(): string {
    return this.#client.user?.userId ?? '';
  }

  get notice(): BoardNotice | undefined {
    return this.#notice;
  }

  on<K extends keyof BoardSessionEvents>(
    event: K,
    listener: (payload: BoardSessionEvents[K]) => void,
  ): () => void {
    return this.#events.on(event, listener);
  }

  /** Tells the user, until they have read it. */
  notify(notice: BoardNotice | undefined): void {
    this.#notice = notice;
    this.#events.emit('notice', notice);
  }

  /** Writes to the board; what the board does not take is told in a sentence. */
  change(work: (board: BoardDocument) => void): void {
    try {
      work(this.#board);
    } catch (error) {
      if (!(error instanceof BoardError)) throw error;
      this.notify({ kind: 'not-made', code: error.code });
    }
  }

  destroy(): void {
    this.#provider.destroy();
    this.#board.dispose();
  }

  #bind(): BoardDocument {
    return new BoardDocument(this.#provider.doc, { authorId: this.userId });
  }
}
