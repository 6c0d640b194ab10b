import type { ClassroomEvent, Position } from '@chalkline/client-sdk';
import type { Command, ServerEvent } from '@chalkline/client-sdk/protocol';

type Joined = Extract<ServerEvent, { action: 'joined' }>;

/** A place in a log that the wire told of a message of ours. */
export interface Place {
  epoch: string;
  seq: number;
}

/** A `joined` and the position that its join carried. */
export interface Recovery {
  classroomId: string;
  asked: Position | undefined;
  head: Position;
  recovered: boolean;
  seqs: number[];
  bytes: number;
}

/** Reads every frame of one tab on its way, without the SDK. */
export class WireTap {
  /** Every place that an ack told, by message id. */
  readonly acks = new Map<string, Place[]>();
  /** Every place that an event told, by message id. */
  readonly places = new Map<string, Place[]>();
  readonly recoveries: Recovery[] = [];
  /** Classrooms that frames spoke of. */
  readonly classroomIds = new Set<string>();
  readonly framesOut: Record<string, number> = {};
  readonly framesIn: Record<string, number> = {};
  readonly #joins = new Map<string, Position | undefined>();

  readonly onFrame = (way: 'out' | 'in', text: string): void => {
    const frame = JSON.parse(text) as Command | ServerEvent;
    const count = way === 'out' ? this.framesOut : this.framesIn;
    // The gateway's own frames, such as "Internal server error", have no action.
    const action = (frame as Partial<typeof frame>).action ?? 'none';
    count[action] = (count[action] ?? 0) + 1;
    if (way === 'out') this.#onCommand(frame as Command);
    else this.#onEvent(frame as ServerEvent, text.length);
  };

  #onCommand(command: Command): void {
    const joins =
      command.action === 'hello' ? (command.joins ?? []) : command.action === 'join' ? [command] : [];
    for (const { classroomId, position } of joins) {
      if ('ref' in command) this.#joins.set(`${command.ref} ${classroomId}`, position);
    }
  }

  #onEvent(event: ServerEvent, bytes: number): void {
    if ('classroomId' in event && event.classroomId !== undefined && event.action !== 'error') {
      this.classroomIds.add(event.classroomId);
    }
    switch (event.action) {
      case 'welcome':
        for (const answer of event.classrooms) {
          if (answer.action === 'joined') this.#onJoined(answer, event.ref, bytes);
        }
        break;
      case 'joined':
        if (event.ref !== undefined) this.#onJoined(event, event.ref, bytes);
        break;
      case 'ack':
        for (const result of event.results) {
          if ('seq' in result) push(this.acks, result.id, { epoch: event.epoch, seq: result.seq });
        }
        break;
      case 'events':
        this.#onEvents(event.epoch, event.events);
        break;
      default:
    }
  }

  #onJoined({ classroomId, head, recovered, events }: Joined, ref: number, bytes: number): void {
    this.classroomIds.add(classroomId);
    this.#onEvents(head.epoch, events);
    const asked = this.#joins.get(`${ref} ${classroomId}`);
    const seqs = events.map(({ seq }) => seq);
    this.recoveries.push({ classroomId, asked, head, recovered, seqs, bytes });
  }

  #onEvents(epoch: string, events: readonly ClassroomEvent[]): void {
    for (const { id, seq } of events) push(this.places, id, { epoch, seq });
  }
}

function push<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}
