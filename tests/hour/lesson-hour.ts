import { createClient, type Env, type Timer } from '@chalkline/client-sdk';
import { createRandom } from '@chalkline/client-sdk/testing';
import { signToken, startDevServer, TrafficRecorder, type Recording } from '@chalkline/server';
import { createManualClock, type ManualClock } from '@chalkline/server/emulator';
import { WebSocket } from 'ws';
import { nameOf } from '../harness/cluster.ts';
import { SECRET } from '../harness/sdk-client.ts';
import { until } from '../harness/until.ts';
import { Hand } from './hand.ts';

const CLASSROOM = 'math-101';
const MEMBERS = ['ada', 'ben', 'chen', 'dina'] as const;
/** How far the lesson's clock moves before everybody waits for what that led to. */
const STEP_MS = 25;

export interface HourOptions {
  seed: number;
  /** @default one hour */
  durationMs?: number;
  progress?: (minute: number) => void;
}

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

/**
 * One hour of a class of four through the real SDK, sockets, gateway and handlers, on a clock that is moved by hand: it
 * stands still while a frame is under way. Resolves with what was billed, by kind.
 */
export async function recordHour(options: HourOptions): Promise<Recording> {
  const { seed, durationMs = 3_600_000, progress = () => undefined } = options;
  const clock = createManualClock(Date.now());
  const random = createRandom(seed);
  const wire = new Wire();
  const recorder = new TrafficRecorder(clock.now);
  const server = await startDevServer({
    secret: SECRET,
    port: 0,
    clock: clock.now,
    gateway: {
      observe: (event) => {
        recorder.observe(event);
        if (event.type === 'frame-in') wire.count('read');
        else if (event.type === 'frame-out') wire.count('written');
        else if (event.type === 'invoked' && event.routeKey === '$default') wire.count('handled');
      },
    },
  });
  const settled = (): Promise<void> | undefined =>
    wire.isStill ? undefined : until('every frame has arrived', wire.on, () => wire.isStill);
  const clients = MEMBERS.map((userId) => {
    const role = userId === 'ada' ? ('teacher' as const) : ('student' as const);
    return createClient({
      url: server.url,
      token: () =>
        signToken({
          secret: SECRET,
          userId,
          name: nameOf(userId),
          classrooms: { [CLASSROOM]: role },
          expiresInS: 28_800,
        }),
      env: envOf(clock, wire, random, userId),
    });
  });
  try {
    const classrooms = clients.map((client) => client.classroom(CLASSROOM));
    // Finer than the whiteboard's previews: it is the board that sets the pace.
    for (const { signals } of classrooms) signals.quality = 'smooth';
    await Promise.all(classrooms.map((classroom) => classroom.join()));
    await settled();
    const hands = classrooms.map((classroom) => new Hand(classroom, clock, random));
    plan(hands, clock, random, durationMs);
    for (let at = 0; at < durationMs; at += STEP_MS) {
      clock.advance(STEP_MS);
      // What a timer promised to do, it may do in a later turn.
      await new Promise(setImmediate);
      await settled();
      if (at % 60_000 === 0) progress(at / 60_000);
    }
    return recorder.recording();
  } finally {
    for (const client of clients) client.close();
    await server.close();
  }
}

/** Who does what when: two chat messages a minute each, one who draws for 30 % of the time, pointers that move for 10 %. */
function plan(hands: readonly Hand[], clock: ManualClock, random: () => number, durationMs: number): void {
  const within = (from: number, to: number): number => from + random() * (to - from);
  for (let minute = 0; minute < durationMs; minute += 60_000) {
    const drawer = Math.floor(random() * hands.length);
    for (const [index, hand] of hands.entries()) {
      for (const half of [0, 30_000]) clock.setTimeout(() => hand.chat(), minute + half + within(0, 25_000));
      // 18 s of drawing and 6 s of pointing a minute.
      if (index === drawer) clock.setTimeout(() => hand.draw(18_000), minute + within(0, 20_000));
      clock.setTimeout(() => hand.point(6_000), minute + within(40_000, 52_000));
    }
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
