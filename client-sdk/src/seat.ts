import { backoffMs } from './connection/backoff.ts';
import type { Connection } from './connection/connection.ts';
import type { Timing } from './connection/timing.ts';
import { Alarm } from './alarm.ts';
import type { Env } from './env.ts';
import { asError } from './errors.ts';
import type { ChalklineError, EventOf, Join, Position } from './protocol/index.ts';

export interface SeatOptions {
  env: Env;
  timing: Timing;
  connection: Connection;
  clientId: string;
  classroomId: string;
  /** Up to where we have the log. */
  position(): Position | undefined;
  /** The seat is ours; `askedFrom` is the position that the join carried. */
  onJoined(joined: EventOf<'joined'>, askedFrom: Position | undefined): void;
  /** We may not have it, and will not ask again. */
  onRefused(error: ChalklineError): void;
}

/** Our seat in a classroom: asked for until it is ours or refused for good, lost with each socket, given up when left. */
export class Seat {
  readonly #options: SeatOptions;
  #isWanted = false;
  #isTaken = false;
  #askedFrom: Position | undefined;
  #asking: Promise<void> | undefined;
  #leaving: Promise<void> | undefined;
  readonly #alarm: Alarm;
  #attempt = 0;

  constructor(options: SeatOptions) {
    this.#options = options;
    this.#alarm = new Alarm(options.env);
  }

  /** Whether the app wants to be in: the seat comes back by itself after a drop. */
  get isWanted(): boolean {
    return this.#isWanted;
  }

  take(): void {
    this.#isWanted = true;
    this.#options.connection.connect();
    void this.ask();
  }

  /** Gives the seat up; resolves once the server knows, or has gone. Never rejects. */
  leave(): Promise<void> {
    this.drop();
    this.#leaving = this.#release();
    return this.#leaving;
  }

  /** Wants it no more, and tells nobody: the connection is gone, or the server said so itself. */
  drop(): void {
    this.#isWanted = false;
    this.onLost();
  }

  /** What the hello of a socket asks for. */
  wish(): Join | undefined {
    if (!this.#isWanted) return undefined;
    const { classroomId } = this.#options;
    this.#askedFrom = this.#options.position();
    return { classroomId, position: this.#askedFrom };
  }

  /** Joins, or joins again from where we are: that is how missed events are fetched. */
  ask(): Promise<void> {
    const { connection } = this.#options;
    if (this.#asking || !this.#isWanted || connection.status !== 'connected') return Promise.resolve();
    this.#alarm.clear();
    this.#asking = this.#request();
    return this.#asking;
  }

  /** As `ask`, with an answer that is not under way yet. */
  async askAnew(): Promise<void> {
    await this.#asking;
    await this.ask();
  }

  /** Something seems to be missing: gives it a moment to come by itself, then fetches it. */
  fetchSoon(): void {
    if (this.#isTaken && !this.#asking) this.#askIn(this.#options.timing.gapMs);
  }

  /** Nothing is missing any more. */
  cancelFetch(): void {
    // Without a seat the timer stands for the join itself.
    if (this.#isTaken) this.#alarm.clear();
  }

  /** The link is back; if its hello asked for us, the answer is in the welcome or comes soon after. */
  onWelcome(wasAsked: boolean): void {
    if (this.#isWanted && wasAsked) this.#askIn(this.#options.timing.requestMs);
    else void this.ask();
  }

  onLost(): void {
    this.#isTaken = false;
    this.#alarm.clear();
  }

  onJoined(joined: EventOf<'joined'>): void {
    if (!this.#isWanted) {
      // We left while the hello was under way, which took a seat for us all the same.
      this.#leaving = this.#release();
      return;
    }
    this.#alarm.clear();
    this.#isTaken = true;
    this.#attempt = 0;
    this.#options.onJoined(joined, this.#askedFrom);
  }

  onRefused(error: ChalklineError): void {
    const { env, timing } = this.#options;
    // After a lost link the next hello asks by itself.
    if (!this.#isWanted || error.code === 'connection-lost') return;
    // The connection fetches a fresh token then, or closes.
    if (!error.retryable && error.code !== 'unauthorized') {
      this.drop();
      this.#options.onRefused(error);
      return;
    }
    this.#isTaken = false;
    this.#attempt += 1;
    const { backoffBaseMs, backoffCapMs } = timing;
    this.#askIn(error.retryAfterMs ?? backoffMs(this.#attempt, env.random(), backoffBaseMs, backoffCapMs));
  }

  async #request(): Promise<void> {
    const { connection, clientId, classroomId } = this.#options;
    try {
      // API Gateway runs the commands of one socket in parallel: a leave under way could undo the join.
      await this.#leaving;
      if (!this.#isWanted) {
        this.#asking = undefined;
        return;
      }
      this.#askedFrom = this.#options.position();
      const join = { action: 'join', clientId, classroomId, position: this.#askedFrom } as const;
      const joined = await connection.request({ ...join, token: connection.freshToken }, 'joined');
      this.#asking = undefined;
      // If not, the leave that waits for us gives the seat up.
      if (this.isWanted) this.onJoined(joined);
    } catch (error) {
      this.#asking = undefined;
      this.onRefused(asError(error));
    }
  }

  async #release(): Promise<void> {
    const { connection, classroomId } = this.#options;
    // The other way round: a join under way could undo the leave.
    await this.#asking;
    if (this.#isWanted) return;
    // A connection that is gone has left already, and a server that does not answer will notice by itself.
    await connection.request({ action: 'leave', classroomId }, 'left').catch(() => undefined);
  }

  #askIn(ms: number): void {
    // The first wish counts: in a class that never stops talking each event would put the next one off.
    if (!this.#alarm.isSet) this.#alarm.set(ms, () => void this.ask());
  }
}
