import type { ClassroomEvent, Position } from '@chalkline/client-sdk';
import { byteLength, ChunkAssembler, type Command, type ServerEvent } from '@chalkline/client-sdk/protocol';

type Joined = Extract<ServerEvent, { action: 'joined' }>;

/** A place in a log that the wire told of a message of ours. */
export interface Place {
  epoch: string;
  seq: number;
  /** Whether the ack said that replicas of the store have it. */
  replicated?: boolean | undefined;
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

/** In the place of a ref: the newest hello, whose answers follow it without one where they do not fit into the welcome. */
const HELLO = 'hello';

/** Reads every frame of one tab on its way, without the SDK. */
export class WireTap {
  /** Every place that an ack told, by message id. */
  readonly acks = new Map<string, Place[]>();
  /** Every place that an event told, by message id. */
  readonly places = new Map<string, Place[]>();
  readonly recoveries: Recovery[] = [];
  /** How large each event is that the wire told of, by classroom, epoch and seq. */
  readonly sizes = new Map<string, number>();
  /** Events that are not for everyone. */
  readonly private: { classroomId: string; event: ClassroomEvent }[] = [];
  /** Classrooms that frames spoke of. */
  readonly classroomIds = new Set<string>();
  readonly framesOut: Record<string, number> = {};
  readonly framesIn: Record<string, number> = {};
  readonly #joins = new Map<string, Position | undefined>();
  readonly #chunks = new ChunkAssembler({ now: Date.now });

  readonly onFrame = (way: 'out' | 'in', text: string): void => {
    const frame = JSON.parse(text) as Command | ServerEvent;
    const count = way === 'out' ? this.framesOut : this.framesIn;
    // The gateway's own frames, such as "Internal server error", have no action.
    const action = (frame as Partial<typeof frame>).action ?? 'none';
    count[action] = (count[action] ?? 0) + 1;
    if (way === 'out') this.#onCommand(frame as Command);
    else this.#onEvent(frame as ServerEvent, byteLength(text));
  };

  #onCommand(command: Command): void {
    const joins =
      command.action === 'hello' ? (command.joins ?? []) : command.action === 'join' ? [command] : [];
    for (const { classroomId, position } of joins) {
      if ('ref' in command) this.#joins.set(`${command.ref} ${classroomId}`, position);
      if (command.action === 'hello') this.#joins.set(`${HELLO} ${classroomId}`, position);
    }
  }

  #onEvent(event: ServerEvent, bytes: number): void {
    if ('classroomId' in event && event.classroomId !== undefined && event.action !== 'error') {
      this.classroomIds.add(event.classroomId);
    }
    switch (event.action) {
      case 'chunk': {
        const whole = this.#chunks.add(event);
        if (whole !== undefined) this.#onEvent(JSON.parse(whole) as ServerEvent, byteLength(whole));
        break;
      }
      case 'welcome':
        for (const answer of event.classrooms) {
          if (answer.action === 'joined') this.#onJoined(answer, event.ref, bytes);
        }
        break;
      case 'joined':
        this.#onJoined(event, event.ref ?? HELLO, bytes);
        break;
      case 'ack':
        for (const result of event.results) {
          if (!('seq' in result)) continue;
          const { epoch, replicated } = event;
          push(this.acks, result.id, { epoch, seq: result.seq, replicated });
        }
        break;
      case 'page':
        this.#onPrivate(event.classroomId, event.events);
        break;
      case 'events':
        this.#onEvents(event.classroomId, event.epoch, event.events);
        break;
      default:
    }
  }

  #onJoined(
    { classroomId, head, recovered, events, chat }: Joined,
    ref: number | typeof HELLO,
    bytes: number,
  ): void {
    this.classroomIds.add(classroomId);
    this.#onEvents(classroomId, head.epoch, events);
    this.#onPrivate(classroomId, chat);
    const asked = this.#joins.get(`${ref} ${classroomId}`);
    const seqs = events.map(({ seq }) => seq);
    this.recoveries.push({ classroomId, asked, head, recovered, seqs, bytes });
  }

  /** What a member reads of it without being told to whom it is, is theirs to read: an edit of it has the same readers. */
  #onPrivate(classroomId: string, events: readonly ClassroomEvent[]): void {
    for (const event of events)
      if (event.to !== undefined || event.type === 'chat.whisper') this.private.push({ classroomId, event });
  }

  #onEvents(classroomId: string, epoch: string, events: readonly ClassroomEvent[]): void {
    this.#onPrivate(classroomId, events);
    for (const event of events) {
      const { id, seq } = event;
      push(this.places, id, { epoch, seq });
      this.sizes.set(`${classroomId} ${epoch} ${seq}`, byteLength(JSON.stringify(event)));
    }
  }
}

function push<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}
