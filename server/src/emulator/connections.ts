import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { Assumptions } from './assumptions.ts';
import type { Clock, Timer } from './clock.ts';
import type { AuthorizerVerdict, ClientIdentity, ConnectionFacts } from './events.ts';
import { createFrameMeter } from './frame-meter.ts';
import { billedMessages, type Limits } from './limits.ts';
import type { GatewayCounts, GatewayEvent } from './observer.ts';

/** A close code and its reason, as the close frame and `$disconnect` carry them. */
export interface Close {
  readonly code: number;
  readonly reason: string;
}

const GOING_AWAY: Close = { code: 1001, reason: 'Going away' };
const NO_STATUS_REASON = 'Client-side close frame status not set';

/** How a test or a fault ends sockets. `half-open` closes nothing: the socket only goes deaf and mute. */
export type CutManner = 'go-away' | 'drop' | 'half-open';

/** What connections tell the gateway. */
export interface ConnectionListener {
  message(connection: Connection, body: string): void;
  /** Once for each connection, when it is no longer reachable. */
  ended(connection: Connection, close: Close): void;
}

interface ConnectionParts {
  readonly clock: Clock;
  readonly limits: Limits;
  readonly assumptions: Assumptions;
  readonly counts: GatewayCounts;
  readonly observe: ((event: GatewayEvent) => void) | undefined;
}

/** The live connections of a gateway. */
export class Connections {
  readonly #parts: ConnectionParts;
  readonly #open = new Map<string, Connection>();
  #listener: ConnectionListener | undefined;

  constructor(parts: ConnectionParts) {
    this.#parts = parts;
  }

  /** Says who hears of messages and ends. Called once, before the first `add`. */
  listen(listener: ConnectionListener): void {
    this.#listener = listener;
  }

  /** Takes over a socket that was just upgraded; `stream` is the TCP connection below it. */
  add(facts: ConnectionFacts, socket: WebSocket, stream: Duplex): Connection {
    const listener: ConnectionListener = {
      message: (connection, body) => this.#listener?.message(connection, body),
      ended: (connection, close) => {
        this.#open.delete(connection.connectionId);
        this.#listener?.ended(connection, close);
      },
    };
    const connection = new Connection(facts, socket, stream, this.#parts, listener);
    this.#open.set(connection.connectionId, connection);
    return connection;
  }

  find(connectionId: string): Connection | undefined {
    return this.#open.get(connectionId);
  }

  /** The ids of all live connections, oldest first. */
  ids(): string[] {
    return [...this.#open.keys()];
  }

  /** Ends one connection, or every one. @returns how many */
  cut(which: string, manner: CutManner): number {
    const chosen = which === 'all' ? [...this.#open.values()] : [this.#open.get(which)];
    let count = 0;
    for (const connection of chosen) {
      if (!connection) continue;
      connection.cut(manner);
      count += 1;
    }
    return count;
  }
}

/** One live socket under the platform's limits. */
export class Connection implements ConnectionFacts {
  readonly connectionId: string;
  readonly connectedAt: number;
  readonly identity: ClientIdentity;
  readonly authorizer: AuthorizerVerdict | undefined;
  /** ms since 1970: the last message either way; pings do not count. */
  lastActiveAt: number;
  readonly #socket: WebSocket;
  readonly #parts: ConnectionParts;
  readonly #listener: ConnectionListener;
  #deadline: Timer | undefined;
  #hasEnded = false;
  #isHalfOpen = false;

  constructor(
    facts: ConnectionFacts,
    socket: WebSocket,
    stream: Duplex,
    parts: ConnectionParts,
    listener: ConnectionListener,
  ) {
    this.connectionId = facts.connectionId;
    this.connectedAt = facts.connectedAt;
    this.identity = facts.identity;
    this.authorizer = facts.authorizer;
    this.lastActiveAt = parts.clock.now();
    this.#socket = socket;
    this.#parts = parts;
    this.#listener = listener;
    const tooLarge: Close = { code: 1009, reason: parts.assumptions.tooLargeReason };
    if (parts.limits.frameBytes !== Infinity) {
      // Before `ws` reads the chunk, so that the message in it is already refused.
      stream.prependListener(
        'data',
        createFrameMeter(parts.limits.frameBytes, () => this.end(tooLarge)),
      );
    }
    socket.on('message', (data: Buffer, isBinary) => {
      if (this.#hasEnded || this.#isHalfOpen) return;
      if (isBinary) this.end({ code: 1003, reason: parts.assumptions.binaryReason });
      else this.#receive(data);
    });
    if (parts.assumptions.isKeptOpenByPing) {
      socket.on('ping', () => (this.lastActiveAt = parts.clock.now()));
    }
    socket.on('error', (error: Error & { code?: string }) => {
      if (error.code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH') this.end(tooLarge);
      else if (error.code === 'WS_ERR_INVALID_UTF8') this.end({ code: 1007, reason: '' });
      else if (error.code?.startsWith('WS_ERR_')) this.end({ code: 1002, reason: '' });
    });
    socket.on('close', (code, reason) => this.#closedByClient(code, reason.toString()));
    this.#arm();
  }

  /** Bytes that wait because the client does not read. */
  get bufferedBytes(): number {
    return this.#socket.bufferedAmount;
  }

  /** Sends one text message; to a half-open client it is lost without a word. */
  send(text: string | Buffer): void {
    if (this.#hasEnded) return;
    const { clock, limits, assumptions, counts, observe } = this.#parts;
    const bytes = typeof text === 'string' ? Buffer.byteLength(text) : text.length;
    this.lastActiveAt = clock.now();
    counts.framesOut += 1;
    counts.billedMessages += billedMessages(bytes);
    observe?.({
      type: 'frame-out',
      connectionId: this.connectionId,
      bytes,
      billed: billedMessages(bytes),
      data: text,
    });
    if (this.#isHalfOpen) return;
    if (bytes <= limits.frameBytes || !assumptions.isOutboundFragmented) {
      this.#socket.send(text, { binary: false }, ignoreSendFailure);
      return;
    }
    const data = Buffer.from(text);
    for (let at = 0; at < bytes; at += limits.frameBytes) {
      const frame = data.subarray(at, at + limits.frameBytes);
      const isLast = at + limits.frameBytes >= bytes;
      this.#socket.send(frame, { binary: false, fin: isLast }, ignoreSendFailure);
    }
  }

  /** Closes from the gateway's side: from here on posts get 410, whether or not the client answers the close frame. */
  end(close: Close): void {
    if (this.#hasEnded) return;
    if (close.code === 1006) this.#socket.terminate();
    else {
      this.#socket.close(close.code, close.reason);
      // A half-open client was not read; it has to be, for its close frame.
      if (this.#isHalfOpen) this.#socket.resume();
    }
    this.#ended(close);
  }

  cut(manner: CutManner): void {
    if (manner === 'go-away') this.end(GOING_AWAY);
    else if (manner === 'drop') this.end({ code: 1006, reason: this.#parts.assumptions.abnormalReason });
    else {
      this.#isHalfOpen = true;
      this.#socket.pause();
    }
  }

  #receive(data: Buffer): void {
    const { clock, counts, observe } = this.#parts;
    const billed = billedMessages(data.length);
    this.lastActiveAt = clock.now();
    counts.framesIn += 1;
    counts.billedMessages += billed;
    observe?.({ type: 'frame-in', connectionId: this.connectionId, bytes: data.length, billed, data });
    this.#listener.message(this, data.toString());
  }

  #closedByClient(code: number, reason: string): void {
    if (code === 1005) this.#ended({ code, reason: NO_STATUS_REASON });
    else if (code === 1006) this.#ended({ code, reason: this.#parts.assumptions.abnormalReason });
    else this.#ended({ code, reason });
  }

  #ended(close: Close): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#parts.clock.clearTimeout(this.#deadline);
    this.#listener.ended(this, close);
  }

  /** One timer for both bounds. A message does not move it; it looks at `lastActiveAt` when it fires. */
  #arm(): void {
    const { clock, limits } = this.#parts;
    const dueAt = Math.min(this.lastActiveAt + limits.idleMs, this.connectedAt + limits.connectionDurationMs);
    if (dueAt === Infinity) return;
    const leftMs = dueAt - clock.now();
    if (leftMs <= 0) this.end(GOING_AWAY);
    else this.#deadline = clock.setTimeout(() => this.#arm(), leftMs);
  }
}

// A send that fails means that the socket is closing, which its `close` event reports.
function ignoreSendFailure(): void {
  return;
}
