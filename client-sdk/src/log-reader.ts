import type { ClassroomEvent, EventOf, Position } from './protocol/index.ts';
import { Sequencer } from './sequencer.ts';

export interface LogReaderOptions {
  /** Whether events may be told of: not before `joined`, nor after `left`. */
  isOpen(): boolean;
  tell(event: ClassroomEvent): void;
  /** Events were missed: joins again from where we are. */
  ask(): void;
  /** Something is missing, which may still come by itself. */
  fetchSoon(): void;
  /** Nothing is missing any more. */
  cancelFetch(): void;
}

/** Reads one classroom's log: tells of each event when its turn has come, and asks for those that are missing. */
export class LogReader {
  readonly #options: LogReaderOptions;
  readonly #sequencer = new Sequencer();

  constructor(options: LogReaderOptions) {
    this.#options = options;
  }

  /** Up to where everything has been told of. */
  get position(): Position | undefined {
    return this.#sequencer.position;
  }

  /**
   * Takes the answer to a join from `askedFrom`. `anew`: the log goes on after its head, and what came before is to be
   * taken from the projections; `stale`: it answers a join from a position that is ours no more.
   */
  start({ head, recovered }: EventOf<'joined'>, askedFrom: Position | undefined): 'on' | 'anew' | 'stale' {
    const { position } = this;
    if (recovered && position?.epoch !== head.epoch) return 'stale';
    // Passed by what came meanwhile; but a head before the place that we asked from tells of a log that was cut.
    const isCut = askedFrom?.epoch === head.epoch && head.seq < askedFrom.seq;
    const isPassed = position?.epoch === head.epoch && head.seq <= position.seq && !isCut;
    if (recovered || isPassed) return 'on';
    this.#sequencer.reset(head);
    return 'anew';
  }

  /** There are events up to the head of the log that we read. */
  expect(head: Position): void {
    this.#sequencer.expect(head.seq);
  }

  add(epoch: string, events: readonly ClassroomEvent[]): void {
    const verdicts = events.map((event) => this.#sequencer.add(epoch, event));
    if (verdicts.includes('discontinuity')) this.#options.ask();
    this.deliver();
  }

  /**
   * What a `pong` says, and the position that its ping carried: the loss of the last event is told by no later one, nor is
   * a log that was cut behind us.
   */
  onHead(head: Position | undefined, pinged: Position | undefined): void {
    const { position } = this;
    if (!this.#options.isOpen() || !position || !pinged) return;
    if (head?.epoch !== position.epoch || head.seq < pinged.seq) this.#options.ask();
    else {
      this.expect(head);
      this.deliver();
    }
  }

  /** Everything whose turn it is, until it is no longer open: a listener may leave in the middle. */
  deliver(): void {
    let event: ClassroomEvent | undefined;
    while (this.#options.isOpen() && (event = this.#sequencer.next())) this.#options.tell(event);
    if (this.#sequencer.hasGap) this.#options.fetchSoon();
    else this.#options.cancelFetch();
  }

  /** As if nothing had ever come. */
  forget(): void {
    this.#sequencer.forget();
  }
}
