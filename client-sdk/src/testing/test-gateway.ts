import type { WebSocketConstructor } from '../env.ts';
import { asError } from '../errors.ts';
import {
  BadFrameError,
  byteLength,
  ChunkAssembler,
  CLIENT_FRAME_BYTES,
  decodeCommand,
  decodeEvent,
  encode,
  SERVER_FRAME_BYTES,
  splitFrame,
  SUBPROTOCOL,
  TOKEN_SUBPROTOCOL_PREFIX,
  type Command,
  type ServerEvent,
} from '../protocol/index.ts';
import type { Frame, Routed, Speaker } from './test-backend.ts';
import { Carrier, socketsTo, type TestSocket } from './test-socket.ts';
import { readToken } from './test-token.ts';

/** One frame that was read or sent. */
export interface SeenFrame {
  connectionId: string;
  frame: Command | ServerEvent;
}

export interface TestGatewayOptions {
  now(): number;
  newId(kind: string): string;
  isReachable(): boolean;
  /** Whether a frame of the server, or a chunk of one, never arrives. */
  loses(seen: SeenFrame): boolean;
  /** A frame was read, or sent. */
  onFrame(seen: SeenFrame): void;
  /** @throws ChalklineError what the command is answered with. */
  carryOut(speaker: Speaker, command: Routed): void;
  onGone(connectionId: string, isLost: boolean): void;
}

/** The sockets of a test server: lets clients in, reads and checks each frame, and carries frames to them. */
export class TestGateway {
  /** What its clients open. */
  readonly WebSocket: WebSocketConstructor;
  readonly #options: TestGatewayOptions;
  readonly #carrier = new Carrier();
  readonly #speakers = new Map<TestSocket, Speaker>();
  readonly #sockets = new Map<string, TestSocket>();
  readonly #assemblers = new WeakMap<TestSocket, ChunkAssembler>();
  #held: (() => void)[] | undefined;

  constructor(options: TestGatewayOptions) {
    this.#options = options;
    this.WebSocket = socketsTo({
      knock: (socket) => this.#knock(socket),
      receive: (socket, text) => this.#whenHeard(() => this.#receive(socket, text)),
      closed: (socket, code) => this.#whenHeard(() => this.#gone(socket, code !== 1000 && code !== 1005)),
      carry: (run) => this.#carrier.carry(run),
    });
  }

  /** Cuts every socket. */
  drop(code: number): void {
    for (const socket of [...this.#speakers.keys()]) {
      this.#gone(socket, true);
      socket.end(code);
    }
  }

  /** Hears nothing and says nothing until `resume`. */
  pause(): void {
    this.#held ??= [];
  }

  /** Hears and says what waited, and goes on. */
  resume(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const run of held) run();
  }

  /** Says it to every client. */
  push(frame: Frame): void {
    for (const connectionId of this.#sockets.keys()) this.send(connectionId, frame);
  }

  send(connectionId: string, frame: Frame): void {
    const socket = this.#sockets.get(connectionId);
    if (!socket) return;
    const text = encode(frame);
    // The test's own frames are checked here, where the test can see what is wrong; an unknown one passes, as it must.
    const event = decodeEvent(text);
    if (event) {
      const seen: SeenFrame = { connectionId, frame: event };
      this.#options.onFrame(seen);
      if (this.#options.loses(seen)) return;
    }
    for (const part of splitFrame(text, SERVER_FRAME_BYTES, this.#options.newId('chunk'))) {
      const chunk = part === text ? undefined : decodeEvent(part);
      const isLost = chunk && this.#options.loses({ connectionId, frame: chunk });
      if (!isLost) this.#whenHeard(() => socket.push(part));
    }
  }

  /** Resolves once nothing is on its way, in either direction. */
  settled(): Promise<void> {
    return this.#carrier.settled();
  }

  #whenHeard(run: () => void): void {
    if (this.#held) this.#held.push(run);
    else run();
  }

  #knock(socket: TestSocket): void {
    const bearer = socket.protocols.find((protocol) => protocol.startsWith(TOKEN_SUBPROTOCOL_PREFIX)) ?? '';
    const claims = readToken(bearer.slice(TOKEN_SUBPROTOCOL_PREFIX.length));
    if (!this.#options.isReachable() || !claims || !socket.protocols.includes(SUBPROTOCOL)) {
      socket.end(1006);
      return;
    }
    const connectionId = this.#options.newId('connection');
    this.#speakers.set(socket, { connectionId, claims });
    this.#sockets.set(connectionId, socket);
    socket.accept(SUBPROTOCOL);
  }

  #gone(socket: TestSocket, isLost: boolean): void {
    const speaker = this.#speakers.get(socket);
    if (!speaker) return;
    this.#speakers.delete(socket);
    this.#sockets.delete(speaker.connectionId);
    this.#options.onGone(speaker.connectionId, isLost);
  }

  #receive(socket: TestSocket, text: string): void {
    const speaker = this.#speakers.get(socket);
    if (!speaker) return;
    const { connectionId } = speaker;
    if (byteLength(text) > CLIENT_FRAME_BYTES) {
      this.#gone(socket, true);
      socket.end(1009);
      return;
    }
    let command: Routed | undefined;
    try {
      command = this.#gather(socket, decodeCommand(text));
      if (!command) return;
      this.#options.onFrame({ connectionId, frame: command });
      this.#options.carryOut(speaker, command);
    } catch (error) {
      const { code, message, retryable, retryAfterMs } = asError(error);
      this.send(connectionId, {
        action: 'error',
        ref:
          command && 'ref' in command ? command.ref : error instanceof BadFrameError ? error.ref : undefined,
        classroomId: command && 'classroomId' in command ? command.classroomId : undefined,
        code,
        message,
        retryable,
        retryAfterMs,
      });
    }
  }

  /** The command, put together if it came in chunks; undefined until the last of them. */
  #gather(socket: TestSocket, command: Command): Routed | undefined {
    if (command.action !== 'chunk') return command;
    const assembler = this.#assemblers.get(socket) ?? new ChunkAssembler({ now: () => this.#options.now() });
    this.#assemblers.set(socket, assembler);
    const text = assembler.add(command);
    return text === undefined ? undefined : (decodeCommand(text) as Routed);
  }
}
