/** A pointer as the canvas meets it; places in pixels from its corner. */
export interface PointerFacts {
  id: number;
  kind: 'mouse' | 'pen' | 'touch';
  x: number;
  y: number;
  /** 0 to 1. */
  pressure: number;
  /** In ms, on the clock of the events. */
  at: number;
  /** As in `PointerEvent.button`. */
  button: number;
}

/** What the pointers together mean. */
export interface PointerActions {
  begin(pointer: PointerFacts): void;
  extend(pointers: readonly PointerFacts[]): void;
  finish(): void;
  /** What was begun was not meant: nothing may stay of it. */
  abort(): void;
  pan(dx: number, dy: number): void;
  zoom(at: { x: number; y: number }, factor: number): void;
}

type State =
  | { name: 'idle' }
  | { name: 'drawing'; id: number; kind: PointerFacts['kind']; since: number }
  | { name: 'panning'; pointer: PointerFacts }
  | { name: 'pinching'; first: PointerFacts; second: PointerFacts };

/** A second finger within this time turns a stroke into a pinch; later it is the palm of a hand that draws. */
const PINCH_MS = 300;
const MIDDLE_BUTTON = 1;
const RIGHT_BUTTON = 2;

const between = (a: PointerFacts, b: PointerFacts) => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });
const distance = (a: PointerFacts, b: PointerFacts) => Math.max(1, Math.hypot(a.x - b.x, a.y - b.y));

/**
 * Tells drawing from moving the view, for mouse, pen and fingers at once: two fingers pan and zoom, and after the first touch
 * of a pen one finger pans too, so that a resting palm leaves no ink.
 */
export class PointerRouter {
  readonly #actions: PointerActions;
  #state: State = { name: 'idle' };
  #isPenSeen = false;
  /** Whether a press moves the view and draws nothing: the hand tool, or the space bar held. */
  isPanning = false;

  constructor(actions: PointerActions) {
    this.#actions = actions;
  }

  get isIdle(): boolean {
    return this.#state.name === 'idle';
  }

  down(pointer: PointerFacts): void {
    if (pointer.kind === 'pen') this.#isPenSeen = true;
    const state = this.#state;
    if (state.name === 'drawing') {
      const isPinch =
        pointer.kind === 'touch' && state.kind === 'touch' && pointer.at - state.since < PINCH_MS;
      if (!isPinch) return;
      this.#actions.abort();
      // The first finger has told where it is by its moves only; its last place comes with its next.
      this.#state = { name: 'pinching', first: this.#last ?? pointer, second: pointer };
    } else if (pointer.kind === 'touch' && state.name === 'panning' && state.pointer.kind === 'touch') {
      this.#state = { name: 'pinching', first: state.pointer, second: pointer };
    } else if (state.name === 'idle' || pointer.kind === 'pen') {
      this.#start(pointer);
    }
  }

  /** @param pointers all places since the last call, oldest first: what the browser has coalesced into one event. */
  move(pointers: readonly PointerFacts[]): void {
    const state = this.#state;
    const last = pointers.at(-1);
    if (!last) return;
    if (state.name === 'drawing' && state.id === last.id) {
      this.#last = last;
      this.#actions.extend(pointers);
    } else if (state.name === 'panning' && state.pointer.id === last.id) {
      this.#actions.pan(last.x - state.pointer.x, last.y - state.pointer.y);
      this.#state = { name: 'panning', pointer: last };
    } else if (state.name === 'pinching') this.#pinch(state.first, state.second, last);
  }

  up(id: number): void {
    const state = this.#state;
    if (state.name === 'drawing' && state.id === id) {
      this.#state = { name: 'idle' };
      this.#actions.finish();
    } else if (state.name === 'panning' && state.pointer.id === id) {
      this.#state = { name: 'idle' };
    } else if (state.name === 'pinching' && (state.first.id === id || state.second.id === id)) {
      this.#state = { name: 'panning', pointer: state.first.id === id ? state.second : state.first };
    }
  }

  /** The browser took the pointer away, or Escape was pressed. */
  cancel(id?: number): void {
    const state = this.#state;
    if (state.name === 'drawing' && (id === undefined || state.id === id)) {
      this.#state = { name: 'idle' };
      this.#actions.abort();
    } else if (id !== undefined) this.up(id);
  }

  /** The newest place of the pointer that draws. */
  #last: PointerFacts | undefined;

  #start(pointer: PointerFacts): void {
    if (pointer.button === RIGHT_BUTTON) return;
    const isPan =
      this.isPanning || pointer.button === MIDDLE_BUTTON || (pointer.kind === 'touch' && this.#isPenSeen);
    if (isPan) {
      this.#state = { name: 'panning', pointer };
      return;
    }
    this.#last = pointer;
    this.#state = { name: 'drawing', id: pointer.id, kind: pointer.kind, since: pointer.at };
    this.#actions.begin(pointer);
  }

  #pinch(first: PointerFacts, second: PointerFacts, moved: PointerFacts): void {
    if (moved.id !== first.id && moved.id !== second.id) return;
    const next = moved.id === first.id ? { first: moved, second } : { first, second: moved };
    const from = between(first, second);
    const to = between(next.first, next.second);
    this.#actions.pan(to.x - from.x, to.y - from.y);
    this.#actions.zoom(to, distance(next.first, next.second) / distance(first, second));
    this.#state = { name: 'pinching', ...next };
  }
}
