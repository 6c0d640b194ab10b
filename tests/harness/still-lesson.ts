import { createClient, type Classroom, type Env, type Role, type Timer } from '@chalkline/client-sdk';
import { createRandom } from '@chalkline/client-sdk/testing';
import { signToken, startDevServer } from '@chalkline/server';
import { createManualClock, type GatewayEvent, type ManualClock } from '@chalkline/server/emulator';
import { WebSocket } from 'ws';
import { nameOf } from './cluster.ts';
import { SECRET } from './sdk-client.ts';
import { until } from './until.ts';

/** How far the lesson's clock moves before everybody waits for what that led to. */
const STEP_MS = 25;

/** What passes between the clients and the gateway; once both sides agree on it, nothing is under way. */
class Wire {
  readonly #listeners = new Set<() => void>();
  sent = 0;
  heard = 0;
  read = 0;
  written = 0;
  handled = 0;

  readonly on = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  count(what: 'sent' | 'heard' | 'read' | 'written' | 'handled'): void {
    this[what] += 1;
    for (const listener of this.#listeners) listener();
  }

  get isStill(): boolean {
    return this.sent === this.read && this.read === this.handled && this.written === this.heard;
  }
}

export interface StillLessonOptions {
  seed: number;
  classroomId: string;
  /** The role of each member. */
  members: Readonly<Record<string, Role>>;
  /** Hears what the local gateway does. @param clock the lesson's */
  observe: (event: GatewayEvent, clock: ManualClock) => void;
}

/** A lesson of which nothing happens but what `play` lets happen. */
export interface StillLesson {
  clock: ManualClock;
  random: () => number;
  /** Of each member, joined. */
  classrooms: Classroom[];
  play(durationMs: number, onStep?: (at: number) => void): Promise<void>;
  close(): Promise<void>;
}

/**
 * A lesson through the real SDK, sockets, gateway and handlers, on a clock that is moved by hand: it stands still while a frame
 * is under way.
 */
export async function startStillLesson(options: StillLessonOptions): Promise<StillLesson> {
  const { classroomId, members, observe } = options;
  const clock = createManualClock(Date.now());
  const random = createRandom(options.seed);
  const wire = new Wire();
  const server = await startDevServer({
    secret: SECRET,
    port: 0,
    clock: clock.now,
    gateway: {
      observe: (event) => {
        observe(event, clock);
        if (event.type === 'frame-in') wire.count('read');
        else if (event.type === 'frame-out') wire.count('written');
        else if (event.type === 'invoked' && event.routeKey === '$default') wire.count('handled');
      },
    },
  });
  const settled = (): Promise<void> | undefined =>
    wire.isStill ? undefined : until('every frame has arrived', wire.on, () => wire.isStill);
  const clients = Object.entries(members).map(([userId, role]) => {
    const claims = { userId, name: nameOf(userId), classrooms: { [classroomId]: role }, expiresInS: 28_800 };
    return createClient({
      url: server.url,
      token: () => signToken({ secret: SECRET, ...claims }),
      env: envOf(clock, wire, random, userId),
    });
  });
  const lesson: StillLesson = {
    clock,
    random,
    classrooms: clients.map((client) => client.classroom(classroomId)),
    async play(durationMs, onStep) {
      for (let at = 0; at < durationMs; at += STEP_MS) {
        clock.advance(STEP_MS);
        // What a timer promised to do, it may do in a later turn.
        await new Promise(setImmediate);
        await settled();
        onStep?.(at);
      }
    },
    async close() {
      for (const client of clients) client.close();
      await server.close();
    },
  };
  try {
    await Promise.all(lesson.classrooms.map((classroom) => classroom.join()));
    await settled();
    return lesson;
  } catch (error) {
    await lesson.close();
    throw error;
  }
}

/** A page whose clock is the lesson's, and whose frames are counted. */
function envOf(clock: ManualClock, wire: Wire, random: () => number, tag: string): Env {
  let ids = 0;
  class CountedSocket extends WebSocket {
    constructor(url: string, protocols: string[]) {
      super(url, protocols);
      this.on('message', () => wire.count('heard'));
    }

    override send(data: string): void {
      wire.count('sent');
      super.send(data);
    }
  }
  return {
    WebSocket: CountedSocket as unknown as Env['WebSocket'],
    now: clock.now,
    random,
    newId: () => `${tag}-${String((ids += 1)).padStart(20, '0')}`,
    setTimeout: (run, ms) => clock.setTimeout(run, ms) as unknown as Timer,
    clearTimeout: (timer) => clock.clearTimeout(timer),
    onWake: () => () => undefined,
    warn: (message) => process.stderr.write(`${message}\n`),
  };
}
