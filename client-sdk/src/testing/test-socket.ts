import type { WebSocketConstructor } from '../env.ts';
import { inLaterTurn } from './clock.ts';

/** What stands at the other end of the sockets. Each call comes in a turn of its own, as from a network. */
export interface SocketHost {
  /** A client wants in: `accept` the socket or `end` it. */
  knock(socket: TestSocket): void;
  receive(socket: TestSocket, text: string): void;
  /** The client closed the socket. */
  closed(socket: TestSocket, code: number): void;
  /** Something is on its way: `run` it in a later turn. */
  carry(run: () => void): void;
}

/** The client's end of a socket pair: the part of a browser's WebSocket that can be seen without a network. */
export class TestSocket extends EventTarget {
  static readonly CONNECTING = 0;
  static readonly OPEN = 1;
  static readonly CLOSING = 2;
  static readonly CLOSED = 3;
  readonly url: string;
  readonly protocols: readonly string[];
  binaryType = 'blob';
  protocol = '';
  readyState = 0;
  readonly #host: SocketHost;

  constructor(url: string | URL, protocols: string | string[], host: SocketHost) {
    super();
    this.url = String(url);
    this.protocols = [protocols].flat();
    this.#host = host;
    host.carry(() => {
      if (this.readyState === TestSocket.CONNECTING) host.knock(this);
    });
  }

  /** What is sent has left at once. */
  get bufferedAmount(): number {
    return 0;
  }

  send(text: string): void {
    if (this.readyState === TestSocket.CONNECTING)
      throw new Error('unable to send; the socket is not open yet');
    if (this.readyState !== TestSocket.OPEN) return;
    this.#host.carry(() => this.#host.receive(this, text));
  }

  close(code = 1005): void {
    if (this.readyState >= TestSocket.CLOSING) return;
    const wasOpen = this.readyState === TestSocket.OPEN;
    this.readyState = TestSocket.CLOSING;
    this.#host.carry(() => {
      if (wasOpen) this.#host.closed(this, code);
      this.end(wasOpen ? code : 1006);
    });
  }

  /** The server's side: lets the client in. */
  accept(protocol: string): void {
    this.protocol = protocol;
    this.readyState = TestSocket.OPEN;
    this.dispatchEvent(new Event('open'));
  }

  /** The server's side: says something. */
  push(text: string): void {
    this.#host.carry(() => {
      if (this.readyState !== TestSocket.OPEN) return;
      this.dispatchEvent(Object.assign(new Event('message'), { data: text }));
    });
  }

  /** The server's side: the socket is no more, whoever ended it. */
  end(code: number): void {
    if (this.readyState === TestSocket.CLOSED) return;
    this.readyState = TestSocket.CLOSED;
    if (code === 1006) this.dispatchEvent(new Event('error'));
    this.dispatchEvent(Object.assign(new Event('close'), { code, reason: '', wasClean: code !== 1006 }));
  }
}

/** A WebSocket class whose sockets all lead to `host`. */
export function socketsTo(host: SocketHost): WebSocketConstructor {
  class PairedSocket extends TestSocket {
    constructor(url: string | URL, protocols: string | string[] = []) {
      super(url, protocols, host);
    }
  }
  return PairedSocket as unknown as WebSocketConstructor;
}

/** Counts what is on its way, so that a test can wait until nothing is. */
export class Carrier {
  #underWay = 0;

  carry(run: () => void): void {
    this.#underWay += 1;
    inLaterTurn(() => {
      this.#underWay -= 1;
      run();
    });
  }

  async settled(): Promise<void> {
    // Three quiet turns: reconnecting-websocket spends one before each attempt, and a token fetch may spend another.
    for (let quiet = 0; quiet < 3; quiet = this.#underWay === 0 ? quiet + 1 : 0)
      await new Promise<void>(inLaterTurn);
  }
}
