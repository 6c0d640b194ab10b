import ReconnectingWebSocket from 'reconnecting-websocket';
import type { WebSocketConstructor } from '../env.ts';

/** What one attempt needs: fresh each time, because a token ends. */
export interface Ticket {
  url: string;
  protocols: string[];
}

export interface SocketOptions {
  WebSocket: WebSocketConstructor;
  /** How long a handshake may take, in ms. */
  connectTimeoutMs: number;
  /** Called before each attempt; waits as long as it wants. Must not reject: reconnecting-websocket would stop for good. */
  prepare(): Promise<Ticket>;
  onOpen(): void;
  onMessage(text: string): void;
  /** Called once for each attempt or socket that ended; the next attempt follows by itself. */
  onClose(reason: string, isUnauthorized: boolean): void;
}

/** A socket that comes back until it is closed. */
export interface Socket {
  /** Sends now or not at all: nothing is queued while the socket is down. */
  send(text: string): void;
  /** What was sent and has not left this machine yet, in bytes. */
  unsentBytes(): number;
  /** Final: from here on no callback is called. */
  close(code: number): void;
}

/** Opens a socket. The only place that knows reconnecting-websocket, so that another package can take its place. */
export function openSocket(options: SocketOptions): Socket {
  let isClosed = false;
  let protocols: string[] = [];
  let current: EventTarget | undefined;

  const end = (attempt: EventTarget, reason: string, isUnauthorized = false): void => {
    if (isClosed || attempt !== current) return;
    current = undefined;
    options.onClose(reason, isUnauthorized);
  };

  // reconnecting-websocket has one list of protocols for all attempts, and ours carries the token; and it tells every
  // failed handshake as close 1000, so the real code is read off the socket itself.
  function open(url: string): EventTarget {
    let failure = '';
    try {
      const socket = new options.WebSocket(url, protocols);
      socket.addEventListener('error', (event) => {
        // Browsers hide why a handshake failed; Node's `ws` says "Unexpected server response: 401".
        failure = (event as ErrorEvent).message || failure;
      });
      socket.addEventListener('close', ({ code }) =>
        end(socket, `the socket closed with ${code} ${failure}`.trim(), / 401$/.test(failure)),
      );
      return (current = socket);
    } catch (error) {
      // Browsers throw where a page from https asks for ws:, for one. Thrown on, it would stop reconnecting-websocket.
      const stillborn = Object.assign(new EventTarget(), { readyState: 3 });
      queueMicrotask(() => {
        end(stillborn, `the socket could not be made: ${String(error)}`);
        stillborn.dispatchEvent(new Event('close'));
      });
      return (current = stillborn);
    }
  }

  const socket = new ReconnectingWebSocket(
    async () => {
      // After a handshake that took too long it starts anew before the old socket has said that it closed.
      if (current) end(current, 'the handshake took too long');
      const ticket = await options.prepare();
      protocols = ticket.protocols;
      return ticket.url;
    },
    [],
    {
      // Called with `new`, which gives what the function returns.
      WebSocket: Object.assign(open, { CLOSING: 2 }),
      connectionTimeout: options.connectTimeoutMs,
      maxRetries: Infinity,
      // The waiting is done in `prepare`, with our own backoff.
      minReconnectionDelay: 0,
      maxReconnectionDelay: 0,
      // What must survive a drop is in the outbox; a second queue here would send it before the hello.
      maxEnqueuedMessages: 0,
    },
  );
  socket.addEventListener('open', () => {
    if (!isClosed) options.onOpen();
  });
  socket.addEventListener('message', (event) => {
    if (!isClosed && typeof event.data === 'string') options.onMessage(event.data);
  });

  return {
    send: (text) => socket.send(text),
    unsentBytes: () => socket.bufferedAmount,
    close(code) {
      isClosed = true;
      socket.close(code);
    },
  };
}
