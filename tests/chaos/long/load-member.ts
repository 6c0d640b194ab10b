import { createClient, type Client, type Classroom, type Position, type Role } from '@chalkline/client-sdk';
import type { BuiltInMessages } from '@chalkline/client-sdk';
import { signToken } from '@chalkline/server';
import { nameOf, shortTiming } from '../../harness/cluster.ts';
import type { Random } from '../../harness/random.ts';
import { SECRET } from '../../harness/sdk-client.ts';
import { TabEnv } from '../../harness/tab-env.ts';
import type { Auditor } from './auditor.ts';
import { note, type Faultfinding, type Stretch } from './ledger.ts';
import { loadMessages, printOf } from './load-messages.ts';

type Messages = typeof loadMessages & BuiltInMessages;

/** A stretch is handed over once it is so long, so that a difference is noticed while the run goes on. */
const STRETCH = 2_000;
/** Messages that wait for their ack at one time: two full frames. */
const WINDOW = 400;

export interface LoadMemberOptions {
  url: string;
  userId: string;
  tag: string;
  /** Its number among the senders; every tab has its own. */
  sender: number;
  role: Role;
  classroomId: string;
  random: Random;
  auditor: Auditor;
  found: Faultfinding;
  counts: { acked: number; delivered: number; recoveries: number; discontinuities: number };
  /** Whether there is another message to send. */
  takeOne: () => boolean;
}

/** One member of the long run: sends what it may, checks whatever comes at once, and remembers next to nothing. */
export class LoadMember {
  readonly env: TabEnv;
  readonly client: Client<Messages>;
  readonly classroom: Classroom<Messages>;
  readonly options: LoadMemberOptions;
  waiting = 0;
  #sent = 0;
  #stretch: (Stretch & { epoch: string }) | undefined;
  /** The epoch of the newest ack, and the places in it. */
  #ack: { epoch: string; places: ReadonlyMap<string, number> } = { epoch: '', places: new Map() };
  /** Where each of the newest messages was acked first; as long as a resend could still come. */
  readonly #first = new Map<string, string>();
  readonly #heardOf = new Map<number, number>();

  constructor(options: LoadMemberOptions) {
    const { url, userId, tag, classroomId, role, random } = options;
    this.options = options;
    this.env = new TabEnv({ tag, random, onFrame: (way, text) => this.#onFrame(way, text) });
    this.client = createClient({
      url,
      token: () =>
        signToken({ secret: SECRET, userId, name: nameOf(userId), classrooms: { [classroomId]: role } }),
      env: this.env,
      messages: loadMessages,
      timing: { ...shortTiming, pingMs: 500, requestMs: 2_000, pongMs: 2_000, gapMs: 100 },
    });
    this.classroom = this.client.classroom(classroomId);
    const { counts } = options;
    this.classroom.on('status', ({ status }) => {
      this.#handOver();
      this.#stretch = undefined;
      const { position } = this.classroom;
      if (status === 'joined' && position) this.#begin(position);
    });
    this.classroom.on('discontinuity', ({ head }) => {
      counts.discontinuities += 1;
      this.#begin(head);
    });
    this.classroom.on('event', (event) => this.#onEvent(event));
  }

  get name(): string {
    return this.options.tag;
  }

  async join(): Promise<void> {
    await this.classroom.join();
    this.fill();
  }

  /** Leaves and comes back, as a newcomer; only for those who do not send. */
  rejoin(): void {
    void this.classroom.leave();
    void this.classroom.join().catch(() => undefined);
  }

  /** Publishes until the window is full or nothing is left to send. */
  fill(): void {
    if (this.options.role === 'observer') return;
    while (this.waiting < WINDOW && this.options.takeOne()) this.#sendOne();
  }

  close(): void {
    this.#handOver();
    this.client.close();
  }

  /** Gives what was heard since the last time to the auditor. */
  checkUp(): void {
    this.#handOver();
  }

  #sendOne(): void {
    const { sender: s, counts, found } = this.options;
    const n = (this.#sent += 1);
    this.waiting += 1;
    this.classroom.publish('load.item', { s, n }).then(
      ({ id, seq }) => {
        this.waiting -= 1;
        counts.acked += 1;
        this.#onAcked(id, seq, n);
        // A whole frame is acked at once, and its successor is filled at once.
        if (this.waiting <= WINDOW / 2) this.fill();
      },
      (error: unknown) => {
        this.waiting -= 1;
        note(found, 'lost', 1, `${this.name}: message ${n} was refused: ${String(error)}`);
      },
    );
  }

  #onAcked(id: string, seq: number, n: number): void {
    const { auditor, classroomId, sender: s } = this.options;
    // By its ack; or by its event, if the ack was lost.
    const epoch = this.#ack.places.get(id) === seq ? this.#ack.epoch : (this.classroom.position?.epoch ?? '');
    const print = printOf({ seq, id, type: 'load.item', data: { s, n } });
    auditor.ledger(classroomId, epoch).ack({ seq, print, who: `${this.name} with ${n}` });
  }

  #onEvent(event: { seq: number; id: string; type: string; data: unknown }): void {
    const { counts, found } = this.options;
    const stretch = this.#stretch;
    counts.delivered += 1;
    if (!stretch) {
      note(found, 'reordered', 1, `${this.name} heard ${event.seq} before it was joined`);
      return;
    }
    const { to } = stretch;
    if (event.seq <= to) note(found, 'doubled', 1, `${this.name} heard ${event.seq} after ${to}`);
    else if (event.seq > to + 1)
      note(found, 'lost', event.seq - to - 1, `${this.name} heard ${event.seq} after ${to}`);
    stretch.to = event.seq;
    stretch.sum = (stretch.sum + printOf(event)) >>> 0;
    if (event.type === 'load.item') this.#onItem(event.data as { s: number; n: number });
    if (stretch.to - stretch.from >= STRETCH) this.#handOver();
  }

  #onItem({ s, n }: { s: number; n: number }): void {
    const { found } = this.options;
    const last = this.#heardOf.get(s) ?? n - 1;
    if (n !== last + 1) {
      const kind = n > last ? 'lost' : n === last ? 'doubled' : 'reordered';
      note(found, kind, 1, `${this.name} heard ${n} of sender ${s} after ${last}`);
    }
    this.#heardOf.set(s, n);
  }

  #begin({ epoch, seq }: Position): void {
    this.#handOver();
    this.#stretch = { epoch, from: seq, to: seq, sum: 0, who: this.name };
    // What was passed over is not known, so each sender's first number is taken as it comes.
    this.#heardOf.clear();
  }

  #handOver(): void {
    const stretch = this.#stretch;
    if (!stretch || stretch.to === stretch.from) return;
    this.options.auditor.ledger(this.options.classroomId, stretch.epoch).heard({ ...stretch });
    this.#stretch = { ...stretch, from: stretch.to, sum: 0 };
  }

  #onFrame(way: 'out' | 'in', text: string): void {
    if (way === 'out') return;
    const start = text.slice(0, 40);
    if (start.includes('"joined"') || start.includes('"welcome"')) {
      if (text.includes('"recovered":true')) this.options.counts.recoveries += 1;
    } else if (start.includes('"ack"')) this.#onAckFrame(text);
  }

  #onAckFrame(text: string): void {
    const { epoch, results } = JSON.parse(text) as { epoch: string; results: { id: string; seq?: number }[] };
    const places = new Map<string, number>();
    for (const { id, seq } of results) {
      if (seq === undefined) continue;
      places.set(id, seq);
      const place = `${epoch} ${seq}`;
      const first = this.#first.get(id);
      if (first?.startsWith(epoch) && first !== place)
        note(this.options.found, 'doubled', 1, `${this.name} was told ${first} and ${place} for ${id}`);
      this.#first.set(id, first ?? place);
    }
    for (const id of this.#first.keys()) {
      if (this.#first.size <= 4 * WINDOW) break;
      this.#first.delete(id);
    }
    this.#ack = { epoch, places };
  }
}
