import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';
import type { Socket } from 'node:net';
import type { Running } from './invoker.ts';

const REQUEST_START = 'http.client.request.start';

/**
 * Tells which invocation of this process sent a request that has arrived at the gateway. Node announces each outbound
 * HTTP request in the async context of its caller; the port it leaves from is the port it arrives from.
 */
export class OutboundCalls {
  readonly #current: () => Running | undefined;
  readonly #senders = new Map<number, Running>();
  readonly #watched = new WeakSet<Socket>();
  #isWatching = false;

  constructor(current: () => Running | undefined) {
    this.#current = current;
  }

  /** Starts to listen; done at the first invocation that needs it. */
  watch(): void {
    if (this.#isWatching) return;
    this.#isWatching = true;
    subscribe(REQUEST_START, this.#onRequest);
  }

  close(): void {
    if (this.#isWatching) unsubscribe(REQUEST_START, this.#onRequest);
    this.#isWatching = false;
  }

  /** Whether the call that arrived from `port` must be refused: its sender is dead, dies by it, or is frozen. */
  isRefused(port: number | undefined): boolean {
    if (!this.#isWatching || port === undefined) return false;
    const sender = this.#senders.get(port);
    if (!sender) return false;
    sender.posts += 1;
    if (!sender.isDead && sender.posts >= sender.dieAtPost) sender.die();
    return sender.isDead || (sender.hasEnded && sender.isFrozenAfter);
  }

  readonly #onRequest = (message: unknown): void => {
    const { request } = message as { request: ClientRequest };
    const sender = this.#current();
    const socket = request.socket;
    if (!socket) return;
    if (socket.localPort !== undefined) this.#remember(socket, sender);
    else socket.once('connect', () => this.#remember(socket, sender));
  };

  #remember(socket: Socket, sender: Running | undefined): void {
    const port = socket.localPort;
    if (port === undefined) return;
    // A keep-alive socket carries one request at a time, so the last sender is the sender.
    if (sender) this.#senders.set(port, sender);
    else this.#senders.delete(port);
    if (this.#watched.has(socket)) return;
    this.#watched.add(socket);
    socket.once('close', () => this.#senders.delete(port));
  }
}
