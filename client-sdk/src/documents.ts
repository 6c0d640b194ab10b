import { Alarm } from './alarm.ts';
import { fromBase64, toBase64 } from './base64.ts';
import { backoffMs } from './connection/backoff.ts';
import type { Timing } from './connection/timing.ts';
import { DocumentAssembler, type LoadProgress } from './document-assembler.ts';
import { Emitter } from './emitter.ts';
import type { Env } from './env.ts';
import { asError } from './errors.ts';
import type { Receipt } from './outbox.ts';
import {
  ChalklineError,
  type ClassroomEvent,
  type CommandOf,
  type EventOf,
  type MessageData,
  type BuiltInMessages,
  type Sender,
} from './protocol/index.ts';

type UpdateData = MessageData<BuiltInMessages, 'board.update'>;

/** A change of a document as the log has it; our own comes too. */
export interface DocumentUpdate {
  document: string;
  update: Uint8Array;
  from: Sender;
  seq: number;
}

export interface DocumentsOptions {
  env: Env;
  timing: Timing;
  publish(data: UpdateData): Promise<Receipt>;
  /** Asks for a page of what is kept. */
  fetch(request: Pick<CommandOf<'load'>, 'document' | 'after' | 'index'>): Promise<EventOf<'document'>>;
  /** The server has no seat for us: `open` again once there is one. */
  onNotJoined(): void;
}

interface Turn {
  resolve: () => void;
  reject: (cause: ChalklineError) => void;
}

/** What members write together, such as a whiteboard, by name: bytes in and out, whatever they mean. */
export class Documents {
  readonly #options: DocumentsOptions;
  readonly #emitter = new Emitter<{ update: DocumentUpdate }>();
  /** The loads that wait for the link, or for the time that the server asked for. */
  #turns: Turn[] = [];
  readonly #pause: Alarm;
  #attempt = 0;
  #isOpen = false;
  /** Why nothing can be loaded, until the classroom is joined. */
  #cause: ChalklineError | undefined = notJoined();
  /** Counts the times at which what was loaded before no longer held. */
  #generation = 0;

  /** @internal */
  constructor(options: DocumentsOptions) {
    this.#options = options;
    this.#pause = new Alarm(options.env);
  }

  on(event: 'update', listener: (update: DocumentUpdate) => void): () => void {
    return this.#emitter.on(event, listener);
  }

  /**
   * Resolves with all updates that are kept of a document. Whatever is written from the call on comes by `update`, some of
   * it both ways. Goes on where it was when the link was lost.
   * @throws ChalklineError `not-joined` before `join`, `closed` if the app leaves meanwhile, else the server's refusal.
   */
  async load(
    document: string,
    { onProgress }: { onProgress?: (progress: LoadProgress) => void } = {},
  ): Promise<readonly Uint8Array[]> {
    let generation = this.#generation;
    let assembler = new DocumentAssembler();
    for (;;) {
      await this.#turn();
      if (generation !== this.#generation) {
        generation = this.#generation;
        assembler = new DocumentAssembler();
      }
      try {
        const page = await this.#options.fetch({ document, ...assembler.next });
        if (generation !== this.#generation) continue;
        this.#attempt = 0;
        assembler.add(page);
        onProgress?.(assembler.progress);
        if (page.isLast) return assembler.updates;
      } catch (error) {
        this.#fail(asError(error));
      }
    }
  }

  /**
   * Publishes a change; resolves when the server has kept it.
   * @throws ChalklineError as `publish` does; `forbidden` while the document is closed for us, `payload-too-large` also
   * when the document is full.
   */
  update(document: string, update: Uint8Array): Promise<Receipt> {
    return this.#options.publish({ document, update: toBase64(update) });
  }

  /** @internal There is a seat. `isAnew`: the log begins anew, so what was loaded may lack something. */
  open(isAnew: boolean): void {
    if (isAnew) this.#generation += 1;
    this.#isOpen = true;
    this.#cause = undefined;
    this.#go();
  }

  /** @internal The link is lost: what is being loaded waits, or is given up for a `cause`. */
  close(cause?: ChalklineError): void {
    this.#isOpen = false;
    this.#pause.clear();
    if (!cause) return;
    this.#cause = cause;
    for (const { reject } of this.#turns.splice(0)) reject(cause);
  }

  /** @internal */
  apply({ type, data, from, seq }: ClassroomEvent): void {
    if (type !== 'board.update') return;
    const { document, update } = data as UpdateData;
    this.#emitter.emit('update', { document, update: fromBase64(update), from, seq });
  }

  #turn(): Promise<void> {
    if (this.#cause) return Promise.reject(this.#cause);
    if (this.#isOpen && !this.#pause.isSet) return Promise.resolve();
    return new Promise((resolve, reject) => this.#turns.push({ resolve, reject }));
  }

  #go(): void {
    if (!this.#pause.isSet) for (const { resolve } of this.#turns.splice(0)) resolve();
  }

  /** @throws ChalklineError what no other try would mend. */
  #fail(error: ChalklineError): void {
    const { env, timing } = this.#options;
    if (this.#cause) throw this.#cause;
    // After a lost link the seat is taken again; a token that has ended is fetched anew, or the link is closed.
    if (!error.retryable && error.code !== 'unauthorized') throw error;
    if (error.code === 'not-joined') this.#options.onNotJoined();
    if (!this.#isOpen) return;
    this.#attempt += 1;
    const { backoffBaseMs, backoffCapMs } = timing;
    const ms = error.retryAfterMs ?? backoffMs(this.#attempt, env.random(), backoffBaseMs, backoffCapMs);
    this.#pause.set(ms, () => this.#go());
  }
}

function notJoined(): ChalklineError {
  return new ChalklineError('not-joined', 'unable to load; the classroom is not joined');
}
