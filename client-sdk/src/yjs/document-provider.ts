import { Awareness } from 'y-protocols/awareness';
import * as Y from 'yjs';
import type { LoadProgress } from '../document-assembler.ts';
import { Emitter } from '../emitter.ts';
import { asError } from '../errors.ts';
import { ChalklineError } from '../protocol/index.ts';
import { AwarenessLink } from './awareness-link.ts';
import type { DocumentClassroom } from './document-classroom.ts';
import { apply, applyAll, isIncomplete } from './sound-update.ts';
import { UpdateQueue } from './update-queue.ts';

export interface DocumentProviderOptions {
  /** The name that members share: letters, digits, `_` and `-`. */
  document: string;
  /** @default a new one */
  doc?: Y.Doc;
  /** @default a new one of `doc` */
  awareness?: Awareness;
}

/**
 * `loading`: what the classroom has is being fetched; `synced`: it is here, and changes go both ways; `offline`: the
 * classroom is not joined or the link is down, and changes wait; `failed`: the document was not given to us.
 */
export type DocumentStatus = 'loading' | 'synced' | 'offline' | 'failed' | 'destroyed';

export interface DocumentProviderEvents {
  status: DocumentStatus;
  progress: LoadProgress;
  /** All that the classroom has is in the document: after the first load, and after one that a discontinuity led to. */
  sync: { doc: Y.Doc };
  /** A change of ours will not be kept. It is given up with all that waits, and `reset` follows. */
  refused: { cause: ChalklineError };
  /** `provider.doc` is a new document, as the classroom has it: bind to it anew. */
  reset: { doc: Y.Doc; cause: ChalklineError };
  /** Something that is kept cannot be read, or builds on what is missing. All else is in the document. */
  damaged: { cause: ChalklineError };
}

/** While nobody else is there, changes are kept no more often than this, in ms. */
const ALONE_MS = 1_000;
/** What the store has lost any member can give back, each at a moment of its own: the first spares the others theirs. */
const REPAIR_MS = 3_000;

/**
 * Keeps a Yjs document the same for all members of a classroom, through drops and through work that was done offline.
 *
 * @example
 * const provider = new DocumentProvider(classroom, { document: 'notes' });
 * const extension = yCollab(provider.doc.getText('text'), provider.awareness);
 */
export class DocumentProvider {
  readonly document: string;
  readonly awareness: Awareness;
  readonly #classroom: DocumentClassroom;
  readonly #emitter = new Emitter<DocumentProviderEvents>();
  readonly #queue: UpdateQueue;
  readonly #link: AwarenessLink;
  readonly #stops: (() => void)[];
  readonly #onUpdate = (update: Uint8Array, origin: unknown): void => {
    if (origin !== this) this.#queue.push(update);
  };
  #doc: Y.Doc;
  #status: DocumentStatus = 'offline';
  #progress: LoadProgress = { loadedBytes: 0, totalBytes: 0 };
  /** Counts the loads: the newest speaks for itself. */
  #generation = 0;
  #isLoaded = false;
  #isDestroyed = false;
  #failure: ChalklineError | undefined;
  /** What came during a load: it is in the document, and may not be in what is loaded. */
  #arrived: Uint8Array[] = [];
  /** What the server has, from a load until it was compared with what is here. */
  #remote: Y.Doc | undefined;
  /** Why the document is being replaced. */
  #refusal: ChalklineError | undefined;
  #isDamaged = false;

  constructor(classroom: DocumentClassroom, options: DocumentProviderOptions) {
    const { document, doc = new Y.Doc(), awareness = new Awareness(doc) } = options;
    const { documents, env, presence, signals } = classroom;
    this.document = document;
    this.awareness = awareness;
    this.#classroom = classroom;
    this.#doc = doc;
    this.#queue = new UpdateQueue({
      env,
      intervalMs: () => (presence.members.length > 1 ? signals.intervalMs : ALONE_MS),
      publish: (update) => documents.update(document, update),
      onTurn: () => this.#compare(),
      onRefused: (cause) => this.#refuse(cause),
    });
    this.#link = new AwarenessLink(awareness, classroom, `${document}.awareness`);
    doc.on('update', this.#onUpdate);
    this.#stops = [
      documents.on('update', (change) => {
        if (change.document === document) this.#receive(change.update);
      }),
      classroom.on('status', () => {
        if (classroom.status === 'joined') void this.#load();
        else this.#suspend();
      }),
      classroom.on('live', () => this.#look()),
      classroom.on('discontinuity', () => void this.#load(this.#repairMs())),
    ];
    if (classroom.status === 'joined') void this.#load();
  }

  /** Replaced where a change of ours was refused: see `reset`. */
  get doc(): Y.Doc {
    return this.#doc;
  }

  get status(): DocumentStatus {
    return this.#status;
  }

  /** Why the document `failed`. */
  get cause(): ChalklineError | undefined {
    return this.#failure;
  }

  /** How much of the document has been loaded. */
  get progress(): LoadProgress {
    return this.#progress;
  }

  on<K extends keyof DocumentProviderEvents>(
    event: K,
    listener: (payload: DocumentProviderEvents[K]) => void,
  ): () => void {
    return this.#emitter.on(event, listener);
  }

  /** Lets go of document and awareness, which stay as they are; what waits is handed to the classroom. */
  destroy(): void {
    if (this.#isDestroyed) return;
    this.#isDestroyed = true;
    this.#generation += 1;
    this.#doc.off('update', this.#onUpdate);
    for (const stop of this.#stops) stop();
    this.#link.destroy();
    this.#queue.close();
    if (this.#isLoaded) {
      for (const update of this.#queue.takeAll()) {
        // Whoever destroys it hears of no refusal.
        this.#classroom.documents.update(this.document, update).catch(() => undefined);
      }
    }
    this.#look();
  }

  /** Fetches what the classroom has. @param repairMs how long others may take to give back what it lacks. */
  async #load(repairMs = 0): Promise<void> {
    const generation = this.#suspend();
    try {
      const updates = await this.#classroom.documents.load(this.document, {
        onProgress: (progress) => {
          if (generation !== this.#generation) return;
          this.#progress = progress;
          this.#emitter.emit('progress', progress);
        },
      });
      if (generation === this.#generation) this.#onLoaded(updates, repairMs);
    } catch (error) {
      // Where the classroom is left, or is refused, joining it again loads anew.
      if (generation !== this.#generation || this.#classroom.status !== 'joined') return;
      this.#failure = asError(error);
    }
    this.#look();
  }

  /** What was loaded no longer holds; nothing leaves until it is loaded anew. */
  #suspend(): number {
    this.#queue.close();
    this.#isLoaded = false;
    this.#failure = this.#remote = undefined;
    this.#arrived = [];
    this.#look();
    return (this.#generation += 1);
  }

  #onLoaded(updates: readonly Uint8Array[], repairMs: number): void {
    const remote = new Y.Doc();
    const damage = applyAll(remote, [...updates, ...this.#arrived.splice(0)], this);
    this.#isLoaded = true;
    this.#remote = remote;
    const refusal = this.#refusal;
    if (refusal) {
      const { gc, guid } = this.#doc;
      this.#doc = new Y.Doc({ gc, guid });
      this.#doc.on('update', this.#onUpdate);
      this.#refusal = undefined;
    }
    apply(this.#doc, Y.encodeStateAsUpdate(remote, Y.encodeStateVector(this.#doc)), this);
    if (isIncomplete(remote)) damage.push(new Error('a part that others build on is missing'));
    this.#isDamaged = damage.length > 0;
    if (this.#isDamaged) {
      const reason = 'a part of what is kept of it cannot be read';
      const cause = damage.length === 1 ? damage[0] : new AggregateError(damage);
      this.#emitter.emit('damaged', {
        cause: new ChalklineError('internal', `unable to load "${this.document}" whole; ${reason}`, {
          cause,
        }),
      });
    }
    this.#look();
    if (refusal) this.#emitter.emit('reset', { doc: this.#doc, cause: refusal });
    this.#emitter.emit('sync', { doc: this.#doc });
    if (!this.#isDestroyed) this.#queue.open(repairMs);
  }

  #receive(update: Uint8Array): void {
    if (!this.#isLoaded) this.#arrived.push(update);
    if (this.#remote) apply(this.#remote, update, this);
    const damage = apply(this.#doc, update, this);
    // The log has no gaps, so what an update builds on must be there; if it is not, the store may have it.
    const isBroken = damage.length > 0 || isIncomplete(this.#doc);
    if (!isBroken) this.#isDamaged = false;
    else if (this.#isLoaded && !this.#isDamaged) void this.#load(this.#repairMs());
  }

  /** What is here and the server has not: drawn offline, kept by the browser, or lost by the store. */
  #compare(): void {
    const remote = this.#remote;
    if (!remote) return;
    this.#remote = undefined;
    const isSame = Y.equalSnapshots(Y.snapshot(this.#doc), Y.snapshot(remote));
    const missing = isSame ? [] : [Y.encodeStateAsUpdate(this.#doc, Y.encodeStateVector(remote))];
    this.#queue.replace(missing);
    remote.destroy();
  }

  #refuse(cause: ChalklineError): void {
    // The classroom was left, or is closed to us: the next join compares what is here with what it has.
    if (this.#isDestroyed || this.#classroom.status !== 'joined') return;
    this.#doc.off('update', this.#onUpdate);
    this.#queue.replace([]);
    this.#refusal = cause;
    this.#emitter.emit('refused', { cause });
    void this.#load();
  }

  /** Who may not write leaves the repair to those who may, before it is found that nobody has done it. */
  #repairMs(): number {
    const { env } = this.#classroom;
    return this.#classroom.can('board.update', this.document) ? env.random() * REPAIR_MS : 2 * REPAIR_MS;
  }

  #look(): void {
    const status = this.#statusNow();
    if (status === this.#status) return;
    this.#status = status;
    this.#emitter.emit('status', status);
  }

  #statusNow(): DocumentStatus {
    if (this.#isDestroyed) return 'destroyed';
    if (!this.#classroom.isLive) return 'offline';
    if (this.#failure) return 'failed';
    return this.#isLoaded ? 'synced' : 'loading';
  }
}
