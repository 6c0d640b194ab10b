import { WebSocket, WebSocketServer } from 'ws';
import type { Env, Timer, Wake, WebSocketConstructor } from '../env.ts';
import { decodeCommand, encode, type Command, type ServerEvent } from '../protocol/index.ts';
import { createRandom } from '../testing/random.ts';
import { Connection } from './connection.ts';
import type { ConnectionOptions, StatusChange } from './connection-events.ts';
import type { Timing } from './timing.ts';

type Answer = Parameters<typeof encode>[0] | undefined;

/** A real WebSocket server on this machine that answers as the test says. */
export class Loopback {
  /** The subprotocols of every handshake, oldest first. */
  readonly offers: string[][] = [];
  readonly received: Command[] = [];
  /** The codes with which clients closed. */
  readonly closeCodes: number[] = [];
  readonly sockets = new Set<WebSocket>();
  /** Refuses a handshake with this HTTP status. */
  status: (offer: string[]) => number | undefined = () => undefined;
  handshakeMs = 0;
  answer: (command: Command, socket: WebSocket) => Answer = welcome;
  readonly #server: WebSocketServer;

  private constructor(server: WebSocketServer) {
    this.#server = server;
    server.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.on('message', (data: Buffer) => {
        const command = decodeCommand(data.toString());
        this.received.push(command);
        const answer = this.answer(command, socket);
        if (answer) socket.send(encode(answer));
      });
      socket.on('close', (code) => {
        this.sockets.delete(socket);
        this.closeCodes.push(code);
      });
    });
  }

  static async start(port = 0): Promise<Loopback> {
    const server: WebSocketServer = new WebSocketServer({
      port,
      host: '127.0.0.1',
      handleProtocols: () => 'chalkline.v1',
      verifyClient: ({ req }, done) => {
        const offer = (req.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
        loopback.offers.push(offer);
        const status = loopback.status(offer);
        const decide = (): void => (status === undefined ? done(true) : done(false, status));
        if (loopback.handshakeMs > 0) setTimeout(decide, loopback.handshakeMs);
        else decide();
      },
    });
    const loopback = new Loopback(server);
    await new Promise((resolve) => server.once('listening', resolve));
    return loopback;
  }

  get port(): number {
    return (this.#server.address() as { port: number }).port;
  }

  get url(): string {
    return `ws://127.0.0.1:${this.port}`;
  }

  /** The tokens that were shown, oldest first. */
  get tokens(): string[] {
    return this.offers.map((offer) => offer.find((name) => name.startsWith('bearer.'))?.slice(7) ?? '');
  }

  commands<A extends Command['action']>(action: A): Extract<Command, { action: A }>[] {
    return this.received.filter((command) => command.action === action) as Extract<Command, { action: A }>[];
  }

  push(text: string | Buffer): void {
    for (const socket of this.sockets) socket.send(text);
  }

  say(event: Parameters<typeof encode>[0]): void {
    this.push(encode(event));
  }

  drop(code?: number): void {
    for (const socket of this.sockets) {
      if (code === undefined) socket.terminate();
      else socket.close(code);
    }
  }

  async close(): Promise<void> {
    this.drop();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** Welcomes, and answers pings; says nothing to anything else. */
export function welcome(command: Command): Answer {
  if (command.action === 'ping') return { action: 'pong', ref: command.ref, heads: {} };
  if (command.action !== 'hello') return undefined;
  const who = { connectionId: 'connection-1', userId: 'ada', name: 'Ada', expiresAt: Date.now() + 3_600_000 };
  return { action: 'welcome', ref: command.ref, ...who, classrooms: [] };
}

export function refusal(command: Command, code: 'unauthorized' | 'internal' | 'bad-envelope'): Answer {
  if (command.action === 'signal' || command.action === 'chunk') return undefined;
  const retryable = code === 'internal';
  return { action: 'error', ref: command.ref, code, message: `unable to ${command.action}`, retryable };
}

/** An env on the real clock whose timers and listeners can be counted. */
export class CountedEnv implements Env {
  readonly WebSocket = WebSocket as unknown as WebSocketConstructor;
  readonly timers = new Set<Timer>();
  /** Every wait that was asked for, in ms. */
  readonly waits: number[] = [];
  readonly wakeListeners = new Set<(wake: Wake) => void>();
  readonly warnings: string[] = [];
  readonly random = createRandom(1);
  #lastId = 0;

  readonly now = (): number => Date.now();
  readonly newId = (): string => `id-${(this.#lastId += 1)}`;

  setTimeout(run: () => void, ms: number): Timer {
    this.waits.push(ms);
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      run();
    }, ms);
    this.timers.add(timer);
    return timer;
  }

  clearTimeout(timer: Timer | undefined): void {
    clearTimeout(timer);
    if (timer) this.timers.delete(timer);
  }

  onWake(listener: (wake: Wake) => void): () => void {
    this.wakeListeners.add(listener);
    return () => this.wakeListeners.delete(listener);
  }

  wake(wake: Wake): void {
    for (const listener of this.wakeListeners) listener(wake);
  }

  warn(message: string): void {
    this.warnings.push(message);
  }
}

/** Short, so that a test waits for events and not for time. */
export const hasty: Timing = {
  pingMs: 60_000,
  pongMs: 50,
  probeMs: 40,
  requestMs: 2_000,
  connectMs: 5_000,
  tokenMs: 1_000,
  backoffBaseMs: 4,
  reconnectBaseMs: 4,
  backoffCapMs: 30,
  refreshMs: 60_000,
  swapMs: 60_000,
  resendMs: 60_000,
  gapMs: 20,
};

export interface Line {
  connection: Connection;
  env: CountedEnv;
  changes: StatusChange[];
  events: ServerEvent[];
}

/** A connection to `server`, not opened yet. */
export function lineTo(
  server: { url: string },
  options: Partial<Omit<ConnectionOptions, 'timing'>> & { timing?: Partial<Timing> } = {},
): Line {
  const env = (options.env as CountedEnv | undefined) ?? new CountedEnv();
  const connection = new Connection({
    url: server.url,
    token: () => 'token',
    clientId: 'tab-1',
    joins: () => [],
    positions: () => ({}),
    ...options,
    env,
    timing: { ...hasty, ...options.timing },
  });
  const changes: StatusChange[] = [];
  const events: ServerEvent[] = [];
  connection.on('status', (change) => changes.push(change));
  connection.on('event', (event) => events.push(event));
  return { connection, env, changes, events };
}
