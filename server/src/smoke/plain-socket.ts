import { WebSocket, type ClientOptions } from 'ws';
import { createFrameMeter } from '../emulator/frame-meter.ts';

/** Longest wait for anything that a deployment owes, in ms: a cold start of every function is within it. */
export const PATIENCE_MS = 15_000;

/** The status with which a handshake was refused. */
export class RefusedHandshake extends Error {
  override readonly name = 'RefusedHandshake';

  readonly status: number;

  constructor(status: number) {
    super(`the handshake was refused with ${status}`);
    this.status = status;
  }
}

/** A WebSocket whose close and pongs can be waited for. What comes on it is given to `hear`. */
export abstract class PlainSocket {
  /** Whether a frame above 32 KB came, however large its message. */
  hasLargeFrame = false;
  readonly #socket: WebSocket;
  readonly #listeners = new Set<() => void>();
  #pongs = 0;
  #closed: { code: number; reason: string } | undefined;

  /** Begins to connect; `opened` tells when it has. */
  constructor(url: string, subprotocols: string[], options: ClientOptions = {}) {
    this.#socket = new WebSocket(url, subprotocols, { handshakeTimeout: PATIENCE_MS, ...options });
    this.#socket.on('upgrade', ({ socket }) => {
      socket.prependListener(
        'data',
        createFrameMeter(32 * 1024, () => (this.hasLargeFrame = true)),
      );
    });
    this.#socket.on('message', (data: Buffer) => {
      this.hear(data.toString());
      this.#notify();
    });
    this.#socket.on('pong', () => {
      this.#pongs += 1;
      this.#notify();
    });
    this.#socket.on('close', (code, reason) => {
      this.#closed = { code, reason: reason.toString() };
      this.#notify();
    });
  }

  /** Takes one message. */
  protected abstract hear(text: string): void;

  /** @throws RefusedHandshake, or the socket's own error. Neither holds a token. */
  protected opened(): Promise<this> {
    return new Promise((resolve, reject) => {
      this.#socket.once('open', () => resolve(this));
      this.#socket.on('error', reject);
      this.#socket.once('unexpected-response', (request, response) => {
        reject(new RefusedHandshake(response.statusCode ?? 0));
        request.destroy();
      });
    });
  }

  /** What the server chose of the offered subprotocols. */
  get protocol(): string {
    return this.#socket.protocol;
  }

  get isClosed(): boolean {
    return this.#closed !== undefined;
  }

  sendRaw(frame: string | Buffer): void {
    this.#socket.send(frame);
  }

  async closes(): Promise<{ code: number; reason: string }> {
    await this.until('the close', () => this.isClosed);
    return this.#closed ?? { code: 0, reason: '' };
  }

  /** Whether a ping of the WebSocket protocol is answered, within `ms`. */
  async isPonged(ms: number): Promise<boolean> {
    const before = this.#pongs;
    this.#socket.ping();
    return this.holds(() => this.#pongs > before, ms);
  }

  close(): void {
    this.#socket.close();
  }

  /** As a network that breaks: no close frame. */
  drop(): void {
    this.#socket.terminate();
  }

  /** Resolves when it holds, or when the socket has closed. @throws Error after `PATIENCE_MS`. */
  protected async until(what: string, isMet: () => boolean): Promise<void> {
    if (!(await this.holds(isMet, PATIENCE_MS)) && !this.isClosed)
      throw new Error(`no ${what} within ${PATIENCE_MS / 1000} s`);
  }

  /** Whether it holds within `ms`; a socket that closes ends the wait. */
  protected holds(isMet: () => boolean, ms: number): Promise<boolean> {
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        this.#listeners.delete(look);
        resolve(isMet());
      };
      const look = (): void => {
        if (this.isClosed || isMet()) end();
      };
      const timer = setTimeout(end, ms);
      this.#listeners.add(look);
      look();
    });
  }

  #notify(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}
