import {
  decodeEvent,
  type EventAction,
  type EventOf,
  type ServerEvent,
} from '@chalkline/client-sdk/protocol';
import { WebSocket } from 'ws';
import { until } from '../harness/until.ts';

/** A socket without the SDK, which says whatever it is told to. */
export class RawClient {
  readonly socket: WebSocket;
  /** Everything that came, each frame checked against its schema. */
  readonly heard: ServerEvent[] = [];
  readonly closed: Promise<number>;
  #ref = 0;
  readonly #listeners = new Set<() => void>();

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data: Buffer, isBinary) => {
      const event = isBinary ? undefined : decodeEvent(data.toString());
      if (!event) throw new Error(`a frame that no client could read: ${data.toString().slice(0, 200)}`);
      this.heard.push(event);
      this.#listeners.forEach((listener) => listener());
    });
    this.closed = new Promise((resolve) => {
      socket.once('close', (code) => {
        resolve(code);
        this.#listeners.forEach((listener) => listener());
      });
    });
  }

  /** @throws Error whose message is the status of a handshake that was refused. */
  static open(url: string, protocols: string[]): Promise<RawClient> {
    const socket = new WebSocket(url, protocols);
    const client = new RawClient(socket);
    return new Promise((resolve, reject) => {
      socket.once('open', () => resolve(client));
      socket.on('error', reject);
      socket.once('unexpected-response', (request, response) => {
        reject(new Error(String(response.statusCode)));
        request.destroy();
      });
    });
  }

  get isOpen(): boolean {
    return this.socket.readyState === WebSocket.OPEN;
  }

  /** Sends a text as it is, or an object as a frame of our version with a ref of its own. */
  send(frame: string | object): number {
    const ref = (this.#ref += 1);
    this.socket.send(typeof frame === 'string' ? frame : JSON.stringify({ v: 1, ref, ...frame }));
    return ref;
  }

  /** Sends a frame and waits for what answers it. */
  async ask<A extends EventAction>(action: A, frame: object): Promise<EventOf<A>> {
    const ref = this.send(frame);
    const answer = await this.hears(`the answer to ${JSON.stringify(frame).slice(0, 100)}`, (event) => {
      return 'ref' in event && event.ref === ref;
    });
    if (answer.action !== action) throw new Error(`${action} was expected, not ${JSON.stringify(answer)}`);
    return answer as EventOf<A>;
  }

  /** Waits for an event that came or comes, and takes it, so that the next wait does not find it again. */
  async hears(what: string, isMeant: (event: ServerEvent) => boolean): Promise<ServerEvent> {
    let found = -1;
    const look = (): boolean => (found = this.heard.findIndex(isMeant)) >= 0 || !this.isOpen;
    await until(
      what,
      (listener) => {
        this.#listeners.add(listener);
        return () => this.#listeners.delete(listener);
      },
      look,
    );
    const [event] = found < 0 ? [] : this.heard.splice(found, 1);
    if (!event) throw new Error(`the socket closed before ${what}`);
    return event;
  }

  async join(classroomId: string, clientId = 'tab'): Promise<EventOf<'joined'>> {
    return await this.ask('joined', { action: 'join', clientId, classroomId });
  }

  /** Publishes one chat message. */
  async chat(classroomId: string, text: string): Promise<EventOf<'ack'>> {
    const messages = [{ id: text, type: 'chat.send', data: { text } }];
    return await this.ask('ack', { action: 'publish', classroomId, messages });
  }
}

/** The ids of what came in `events` frames. */
export const idsOf = (events: readonly ServerEvent[]): string[] =>
  events.flatMap((event) => (event.action === 'events' ? event.events.map(({ id }) => id) : []));
