import { Alarm } from '../alarm.ts';
import type { Env } from '../env.ts';
import type { Progress } from '../protocol/index.ts';
import type { Socket } from './socket.ts';

/** How often a socket is asked what it still holds, in ms: it tells of it by no event. */
const LOOK_MS = 100;

/** Tells how much of a large command has left; its last part is told of with the answer. */
export class Upload {
  readonly #alarm: Alarm;
  readonly #socket: Pick<Socket, 'unsentBytes'>;
  readonly #command: Pick<Progress, 'id' | 'count'>;
  readonly #onProgress: (progress: Progress) => void;
  readonly #bytes: number;
  #done = 0;

  /** @param socket has just been given all frames of the command. */
  constructor(
    env: Env,
    socket: Pick<Socket, 'unsentBytes'>,
    command: Pick<Progress, 'id' | 'count'>,
    onProgress: (progress: Progress) => void,
  ) {
    this.#alarm = new Alarm(env);
    this.#socket = socket;
    this.#command = command;
    this.#onProgress = onProgress;
    this.#bytes = socket.unsentBytes();
    this.#look();
  }

  finish(): void {
    this.stop();
    this.#tell(this.#command.count);
  }

  stop(): void {
    this.#alarm.clear();
  }

  #look(): void {
    const { count } = this.#command;
    const left = this.#bytes && this.#socket.unsentBytes() / this.#bytes;
    this.#tell(Math.min(count - 1, Math.floor(count * (1 - left))));
    if (left > 0) this.#alarm.set(LOOK_MS, () => this.#look());
  }

  #tell(done: number): void {
    if (done <= this.#done) return;
    this.#done = done;
    this.#onProgress({ way: 'up', ...this.#command, done });
  }
}
