import type {
  ChalklineError,
  Classroom,
  ClassroomEvent,
  ClassroomStatus,
  Client,
  Position,
  Role,
} from '@chalkline/client-sdk';
import { DocumentProvider } from '@chalkline/client-sdk/yjs';
import type { Messages } from './own-messages.ts';
import type { TabEnv } from './tab-env.ts';
import { WireTap } from './wire-tap.ts';

/** An event as the app heard it, and what the classroom said of itself at that moment. */
export interface Heard {
  event: ClassroomEvent;
  status: ClassroomStatus;
  /** Whether the app had asked to be in, and not to be out again. */
  isWanted: boolean;
  position: Position | undefined;
}

/** What one view heard from one start of its projections on: a join, or a discontinuity. */
export interface Run {
  because: 'join' | 'discontinuity';
  /** Up to where the projections went that it began with. */
  from: Position;
  heard: Heard[];
}

/** One publish of the app, in the order of the calls. */
export interface Published {
  type: string;
  /** What the message says, and nobody else's. */
  mark: string;
  outcome: 'waiting' | 'kept' | 'refused';
  receipt?: { id: string; seq: number };
  error?: ChalklineError;
}

/** Everything that one classroom said to the app in one tab. */
export class View {
  readonly classroom: Classroom<Messages>;
  readonly role: Role;
  readonly runs: Run[] = [];
  /** What was heard although no run had begun. */
  readonly early: Heard[] = [];
  readonly published: Published[] = [];
  isWanted = false;
  /** What is drawn here, once `openBoard` was called. */
  board: DocumentProvider | undefined;

  constructor(classroom: Classroom<Messages>, role: Role, notify: () => void) {
    this.classroom = classroom;
    this.role = role;
    const begin = (because: Run['because'], from: Position): void => {
      this.runs.push({ because, from, heard: [] });
    };
    const room = classroom;
    room.on('status', ({ status, cause }) => {
      // An app would say so, and wait for the person to try again.
      if (status === 'failed' && cause?.code === 'removed') this.isWanted = false;
      // The position is undefined where `joined` came without one: the first event will tell.
      if (status === 'joined' && room.position) begin('join', room.position);
      notify();
    });
    room.on('discontinuity', ({ head }) => {
      begin('discontinuity', head);
      notify();
    });
    room.on('event', (event) => {
      const heard = { event, status: room.status, isWanted: this.isWanted, position: room.position };
      (this.runs.at(-1)?.heard ?? this.early).push(heard);
      notify();
    });
    room.presence.on('change', notify);
  }

  openBoard(notify: () => void): DocumentProvider {
    const board = new DocumentProvider(this.classroom, { document: 'board' });
    board.doc.on('update', notify);
    board.on('status', notify);
    board.on('reset', ({ doc }) => {
      doc.on('update', notify);
      notify();
    });
    return (this.board = board);
  }

  closeBoard(): void {
    this.board?.destroy();
    this.board?.awareness.destroy();
  }

  /** Notes a publish from its call to its end. The promise that is returned never rejects. */
  note(type: string, mark: string, promise: Promise<{ id: string; seq?: number }>, notify: () => void) {
    const published: Published = { type, mark, outcome: 'waiting' };
    this.published.push(published);
    return promise.then(
      ({ id, seq = 0 }) => {
        Object.assign(published, { outcome: 'kept', receipt: { id, seq } });
        notify();
      },
      (error: unknown) => {
        Object.assign(published, { outcome: 'refused', error });
        notify();
      },
    );
  }

  get waiting(): number {
    return this.published.filter(({ outcome }) => outcome === 'waiting').length;
  }
}

/** One browser tab: its SDK, the world around it, and all that went through. */
export interface Tab {
  name: string;
  userId: string;
  /** Role by classroom, as the token says. */
  classrooms: Readonly<Record<string, Role>>;
  env: TabEnv;
  client: Client<Messages>;
  wire: WireTap;
  views: ReadonlyMap<string, View>;
  warnings: string[];
  isClosed: boolean;
  /** What was still ticking or listening when `close` had returned; undefined before. */
  leftovers?: { timers: number; wakeListeners: number };
}

/** Keeps every tab that there ever was, and calls back when any of them hears or ends something. */
export class Recorder {
  readonly tabs: Tab[] = [];
  /** Classroom and user of everyone whom somebody wanted to make a teacher. */
  readonly appointed = new Set<string>();
  readonly #listeners = new Set<() => void>();

  readonly notify = (): void => {
    for (const listener of [...this.#listeners]) listener();
  };

  /** For `until`. */
  readonly on = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  get views(): { tab: Tab; view: View }[] {
    return this.tabs.flatMap((tab) => [...tab.views.values()].map((view) => ({ tab, view })));
  }
}
