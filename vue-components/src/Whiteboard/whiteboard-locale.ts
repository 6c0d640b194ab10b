import type { ShapeName, ToolGroup } from './tools/tool-names.ts';

/** Every word of the whiteboard; `{name}` stands for a member's name. English is `whiteboardEn`. */
export interface WhiteboardLocale {
  board: string;
  canvas: string;
  /** What a screen reader hears of the surface itself. */
  canvasHint: string;

  tools: string;
  moreTools: string;
  tool: Readonly<Record<ToolGroup | ShapeName, string>>;
  undo: string;
  redo: string;

  /** Names the options of a tool: `{tool}`. */
  optionsOf: string;
  color: string;
  colors: Readonly<Record<string, string>>;
  width: string;
  widths: Readonly<Record<'fine' | 'medium' | 'bold' | 'broad', string>>;
  textSize: string;
  textSizes: Readonly<Record<'small' | 'medium' | 'large' | 'huge', string>>;
  shape: string;
  fill: string;
  eraserKind: string;
  eraseStroke: string;
  erasePart: string;
  selected: (count: number) => string;
  duplicate: string;
  remove: string;
  toFront: string;
  toBack: string;

  pages: string;
  page: (number: number) => string;
  /** `{page}` and `{count}`. */
  pageOf: string;
  previousPage: string;
  nextPage: string;
  addPage: string;
  removePage: string;
  paper: string;
  papers: Readonly<Record<'blank' | 'grid' | 'ruled', string>>;

  zoom: string;
  zoomIn: string;
  zoomOut: string;
  zoomActual: string;
  zoomFit: string;

  menu: string;
  exportPng: string;
  exportSvg: string;
  importPages: string;
  clearPage: string;
  shortcuts: string;
  close: string;

  /** The teacher's list of who may draw. */
  drawing: string;
  drawingEveryone: string;
  drawingOne: string;
  drawingNoStudents: string;
  /** Off: nobody leads. */
  lead: string;
  /** On: all follow our view. */
  stopLeading: string;
  /** `{name}` leads and we follow. */
  following: string;
  /** `{name}` leads and we look elsewhere. */
  follow: string;
  /** On the box that stands for what `{name}` sees. */
  leaderView: string;

  loading: string;
  /** `{percent}`. */
  loadingProgress: string;
  loadFailed: string;
  empty: string;
  emptyReadOnly: string;
  offline: string;
  locked: string;
  observer: string;
  readOnly: string;
  refusedLocked: string;
  refusedFull: string;
  refusedOther: string;
  damaged: string;
  pageFull: string;
  /** The board itself did not take a change, for another reason than that the page is full. */
  boardFull: string;
  notMade: string;
  imageRefused: string;
  imageFailed: string;
  importFailed: string;
  exportFailed: string;
  /** What was saved lacks a picture: its server lets nobody read it. */
  exportPartial: string;
  dismiss: string;

  imageTitle: string;
  imageAddress: string;
  imageFile: string;
  imageDescription: string;
  insert: string;
  cancel: string;

  textField: string;
  noteField: string;

  /** The text list of a page. */
  outline: string;
  outlineEmpty: string;
  strokes: (count: number) => string;
  /** What an element says: `{what}`, such as a note, and its `{text}`. */
  described: string;
  /** One line of the list: `{name}` made `{what}`. */
  outlineItem: string;
  /** Said aloud: `{name}` added `{what}`. */
  added: string;
  changedBySeveral: string;
  /** `{page}`. */
  pageShown: string;
  cleared: string;
  unlocked: string;

  keys: Readonly<
    Record<
      | 'undo'
      | 'redo'
      | 'copy'
      | 'paste'
      | 'duplicate'
      | 'all'
      | 'delete'
      | 'arrows'
      | 'order'
      | 'pages'
      | 'space'
      | 'zoom',
      string
    >
  >;
  keyNames: Readonly<Record<'space' | 'delete' | 'arrows' | 'pages' | 'shift' | 'command', string>>;
}
