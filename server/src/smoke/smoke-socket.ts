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
import type { ClientOptions } from 'ws';
import { PlainSocket } from './plain-socket.ts';

/** A socket that speaks the protocol by itself, so that a smoke test sees what the SDK would smooth over. */
export class SmokeSocket extends PlainSocket {
  readonly #heard: ServerEvent[] = [];
  readonly #assembler = new ChunkAssembler({ now: Date.now });
  #ref = 0;

  /** @throws RefusedHandshake, or the socket's own error. Neither holds the token. */
  static open(url: string, token: string | undefined, options: ClientOptions = {}): Promise<SmokeSocket> {
    const bearer = token === undefined ? [] : [`${TOKEN_SUBPROTOCOL_PREFIX}${token}`];
    return new SmokeSocket(url, [SUBPROTOCOL, ...bearer], options).opened();
  }

  send(command: object): number {
    const ref = (this.#ref += 1);
    this.sendRaw(JSON.stringify({ v: 1, ref, ...command }));
    return ref;
  }

  /** Sends a command and takes its answer. */
  async ask<A extends EventAction>(action: A, command: object): Promise<EventOf<A>> {
    const ref = this.send(command);
    const answer = await this.hears(action, (event) => 'ref' in event && event.ref === ref);
    if (answer.action === action) return answer as EventOf<A>;
    throw new Error(
      answer.action === 'error' ? `${answer.code}: ${answer.message}` : `an answer of ${answer.action}`,
    );
  }

  /** Takes the first event that came or comes and is meant. */
  async hears(what: string, isMeant: (event: ServerEvent) => boolean): Promise<ServerEvent> {
    let found = -1;
    await this.until(what, () => (found = this.#heard.findIndex(isMeant)) >= 0);
    const [event] = found < 0 ? [] : this.#heard.splice(found, 1);
    if (event) return event;
    throw new Error(`the socket closed with ${(await this.closes()).code} before ${what}`);
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

  protected hear(text: string): void {
    const event = decodeEvent(text);
    if (event?.action === 'chunk') {
      const whole = this.#assembler.add(event);
      if (whole !== undefined) this.hear(whole);
    } else if (event) this.#heard.push(event);
  }
}
