import {
  ChunkAssembler,
  decodeEvent,
  SUBPROTOCOL,
  TOKEN_SUBPROTOCOL_PREFIX,
  type EventAction,
  type EventOf,
  type ServerEvent,
} from '@chalkline/client-sdk/protocol';
import { randomUUID } from 'node:crypto';
import { WebSocket, type ClientOptions } from 'ws';

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

/** A socket that speaks the protocol by itself, so that a smoke test sees what the SDK would smooth over. */
export class SmokeSocket {
  readonly #socket: WebSocket;
  readonly #heard: ServerEvent[] = [];
  readonly #listeners = new Set<() => void>();
  readonly #assembler = new ChunkAssembler({ now: Date.now });
  #ref = 0;
  #closed: { code: number; reason: string } | undefined;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data: Buffer) => this.#hear(data.toString()));
    socket.on('close', (code, reason) => {
      this.#closed = { code, reason: reason.toString() };
      this.#notify();
    });
  }

  /** @throws RefusedHandshake, or the socket's own error. Neither holds the token. */
  static async open(
    url: string,
    token: string | undefined,
    options: ClientOptions = {},
  ): Promise<SmokeSocket> {
    const bearer = token === undefined ? [] : [`${TOKEN_SUBPROTOCOL_PREFIX}${token}`];
    const socket = new WebSocket(url, [SUBPROTOCOL, ...bearer], {
      handshakeTimeout: PATIENCE_MS,
      ...options,
    });
    const smoke = new SmokeSocket(socket);
    return new Promise((resolve, reject) => {
      socket.once('open', () => resolve(smoke));
      socket.on('error', reject);
      socket.once('unexpected-response', (request, response) => {
        reject(new RefusedHandshake(response.statusCode ?? 0));
        request.destroy();
      });
    });
  }

  /** What the server chose of the offered subprotocols. */
  get protocol(): string {
    return this.#socket.protocol;
  }

  send(frame: string | Buffer | object): number {
    const ref = (this.#ref += 1);
    const raw = typeof frame === 'string' || Buffer.isBuffer(frame);
    this.#socket.send(raw ? frame : JSON.stringify({ v: 1, ref, ...frame }));
    return ref;
  }

  /** Sends a command and takes its answer. */
  async ask<A extends EventAction>(action: A, frame: object): Promise<EventOf<A>> {
    const ref = this.send(frame);
    const answer = await this.hears(action, (event) => 'ref' in event && event.ref === ref);
    if (answer.action === action) return answer as EventOf<A>;
    throw new Error(
      answer.action === 'error' ? `${answer.code}: ${answer.message}` : `an answer of ${answer.action}`,
    );
  }

  /** Takes the first event that came or comes and is meant. */
  async hears(what: string, isMeant: (event: ServerEvent) => boolean): Promise<ServerEvent> {
    let found = -1;
    await this.#until(
      what,
      () => (found = this.#heard.findIndex(isMeant)) >= 0 || this.#closed !== undefined,
    );
    const [event] = found < 0 ? [] : this.#heard.splice(found, 1);
    if (event) return event;
    throw new Error(`the socket closed with ${this.#closed?.code ?? 0} before ${what}`);
  }

  async closes(): Promise<{ code: number; reason: string }> {
    await this.#until('the close', () => this.#closed !== undefined);
    return this.#closed ?? { code: 0, reason: '' };
  }

  /** Whether a ping of the WebSocket protocol is answered, within `ms`. */
  isPonged(ms: number): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), ms);
      this.#socket.once('pong', () => {
        clearTimeout(timer);
        resolve(true);
      });
      this.#socket.ping();
    });
  }

  async join(classroomId: string, position?: object): Promise<EventOf<'joined'>> {
    const joins = [{ classroomId, position }];
    const { classrooms } = await this.ask('welcome', { action: 'hello', clientId: randomUUID(), joins });
    const [answer] = classrooms;
    if (answer?.action === 'joined') return answer;
    throw new Error(answer ? `${answer.code}: ${answer.message}` : 'no answer to the join');
  }

  async publish(
    classroomId: string,
    text: string,
    id: string = randomUUID(),
  ): Promise<{ id: string; seq: number }> {
    const { results } = await this.ask('ack', {
      action: 'publish',
      classroomId,
      messages: [{ id, type: 'chat.send', data: { text } }],
    });
    const [result] = results;
    if (result && 'seq' in result) return { id, seq: result.seq };
    throw new Error(result ? `${result.error.code}: ${result.error.message}` : 'an ack without a result');
  }

  /** Waits for the event of this id, as another member hears it. */
  async hearsMessage(id: string): Promise<void> {
    await this.hears(
      'a message',
      (event) => event.action === 'events' && event.events.some((one) => one.id === id),
    );
  }

  close(): void {
    this.#socket.close();
  }

  /** As a network that breaks: no close frame. */
  drop(): void {
    this.#socket.terminate();
  }

  #hear(text: string): void {
    const event = decodeEvent(text);
    if (event?.action === 'chunk') {
      const whole = this.#assembler.add(event);
      if (whole !== undefined) this.#hear(whole);
      return;
    }
    if (event) this.#heard.push(event);
    this.#notify();
  }

  #notify(): void {
    for (const listener of [...this.#listeners]) listener();
  }

  #until(what: string, holds: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#listeners.delete(look);
        reject(new Error(`no ${what} within ${PATIENCE_MS / 1000} s`));
      }, PATIENCE_MS);
      const look = (): void => {
        if (!holds()) return;
        clearTimeout(timer);
        this.#listeners.delete(look);
        resolve();
      };
      this.#listeners.add(look);
      look();
    });
  }
}
