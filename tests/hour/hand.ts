import type { Classroom } from '@chalkline/client-sdk';
import type { ManualClock } from '@chalkline/server/emulator';
import { Doc } from 'yjs';

/** Handwriting: 79 strokes a minute, with the pen down for 35 s of it. */
const STROKE_MS = 60_000 / 79;
const PEN_DOWN_MS = 35_000 / 79;
/** The whiteboard's `balanced` quality, and how often it tells of a pointer that draws nothing. */
const PREVIEW_MS = 125;
const CURSOR_MS = 1000 / 3;
const SAMPLE_MS = 16;
const TYPING_MS = 4_000;
const KEYSTROKE_MS = 250;

/** What one member does with keyboard and pen, as the kit's components would send it. */
export class Hand {
  readonly #classroom: Classroom;
  readonly #clock: ManualClock;
  readonly #random: () => number;
  readonly #doc = new Doc();
  #strokes = 0;
  #update: Uint8Array = new Uint8Array();

  constructor(classroom: Classroom, clock: ManualClock, random: () => number) {
    this.#classroom = classroom;
    this.#clock = clock;
    this.#random = random;
    // Yjs draws a number of its own, which would be another one in each recording.
    this.#doc.clientID = Math.floor(random() * 2 ** 32);
    this.#doc.on('update', (update) => (this.#update = update));
  }

  /** Types for some seconds, and sends. */
  chat(): void {
    for (let at = 0; at < TYPING_MS; at += KEYSTROKE_MS) {
      this.#clock.setTimeout(() => this.#classroom.typing.start(), at);
    }
    const words = 3 + Math.floor(this.#random() * 12);
    this.#clock.setTimeout(() => void this.#classroom.chat.send('chalk '.repeat(words).trim()), TYPING_MS);
  }

  /** Moves the pointer without drawing. */
  point(ms: number): void {
    for (let at = 0; at < ms; at += CURSOR_MS) {
      this.#clock.setTimeout(() => this.#classroom.signals.send('board.cursor', this.#position()), at);
    }
  }

  /** Writes by hand. */
  draw(ms: number): void {
    for (let at = 0; at < ms; at += STROKE_MS) {
      const downMs = PEN_DOWN_MS * (0.3 + 1.4 * this.#random());
      for (let since = PREVIEW_MS; since < downMs; since += PREVIEW_MS) {
        this.#clock.setTimeout(
          () => this.#classroom.signals.send('board.ink', { points: this.#points(PREVIEW_MS) }),
          at + since,
        );
      }
      this.#clock.setTimeout(() => this.#keep(downMs), at + downMs);
    }
  }

  /** What is kept goes out instead of the last preview. */
  #keep(downMs: number): void {
    this.#doc.getMap('strokes').set(`${this.#doc.clientID}.${(this.#strokes += 1)}`, {
      color: 'ink',
      width: 3,
      points: this.#points(downMs),
    });
    const update = Buffer.from(this.#update).toString('base64');
    void this.#classroom.publish('board.update', { document: 'board', update });
  }

  #points(ms: number): number[] {
    return Array.from({ length: Math.ceil(ms / SAMPLE_MS) * 2 }, () => this.#position().x);
  }

  #position(): { x: number; y: number } {
    return { x: Math.round(this.#random() * 1600), y: Math.round(this.#random() * 900) };
  }
}
