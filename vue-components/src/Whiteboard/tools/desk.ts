import type { Handle } from '../canvas/handles.ts';
import type { BoardDocument } from '../model/board-document.ts';
import type { BoardElement, ElementId, NewElement, PageId, Style } from '../model/element.ts';
import type { Place, Rect } from '../model/geometry.ts';
import type { InkCapture } from '../model/ink-capture.ts';
import type { ToolOptions } from './tool-options.ts';

/** Where the pointer was, on the board. */
export interface Sample extends Place {
  /** On the clock of the events. */
  timeMs: number;
  /** From 0 to 1; left out where the device does not feel it. */
  pressure?: number;
}

/** The keys that are held. */
export interface Keys {
  isShift: boolean;
}

/** What a press of the pointer does after its first place, which the tool has had already. */
export interface Drag {
  /** All places since the last call, oldest first. */
  move(samples: readonly Sample[], keys: Keys): void;
  end(): void;
  /** It was not meant: nothing may stay. */
  cancel(): void;
}

/** A stroke that is being drawn: for our own eyes, and as a preview for the others'. */
export interface OwnStroke {
  id: ElementId;
  kind: 'ink' | 'highlight';
  style: Style;
  capture: InkCapture;
}

/** A text or note, on the board or not yet. */
export type EditedText = Extract<BoardElement | NewElement, { text: string }>;

/** Everything that a tool may touch. */
export interface Desk {
  readonly board: BoardDocument;
  readonly pageId: PageId;
  readonly options: ToolOptions;
  /** How far a press may miss, in board pixels. */
  readonly reach: number;
  readonly selection: readonly ElementId[];
  /** What of the board is seen. */
  readonly visible: Rect;

  /** What the straight way between two places touches, from the bottom to the top. */
  touched(from: Place, to: Place, tolerance: number): ElementId[];
  within(rect: Rect): ElementId[];
  boundsOf(ids: readonly ElementId[]): Rect | undefined;
  /** The handle of the selection that was pressed. */
  handleAt(): Handle | undefined;

  select(ids: readonly ElementId[]): void;
  /** Writes to the board; a refusal is told to the user and not thrown. */
  change(work: () => void): void;

  showStroke(stroke: OwnStroke | undefined): void;
  showDraft(draft: Exclude<NewElement, { points: Uint8Array }> | undefined): void;
  showMarquee(rect: Rect | undefined): void;
  showLaser(places: readonly Place[]): void;
  edit(text: EditedText): void;
  /** Asks for a picture to be put there. */
  pickImage(at: Place): void;
}

/** Begins at the place of the press. */
export type Tool = (start: Sample, desk: Desk, keys: Keys) => Drag;

/** For tools that have done all at the press. */
export const noDrag: Drag = { move: () => undefined, end: () => undefined, cancel: () => undefined };
