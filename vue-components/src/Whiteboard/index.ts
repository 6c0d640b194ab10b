export { default as Whiteboard } from './Whiteboard.vue';
export type {
  BoardPicture,
  WhiteboardEmits,
  WhiteboardProps,
  WhiteboardSlots,
} from './whiteboard-contract.ts';
export { useBoardStore } from './board-store.ts';
export type { BoardStore } from './board-store.ts';
export type { BoardNotice } from './board-session.ts';
export { LiveSignals } from './live-signals.ts';
export type { PeerInk } from './live-signals.ts';
export { shapeNames, toolGroups } from './tools/tool-names.ts';
export type { ShapeName, ToolGroup, ToolName } from './tools/tool-names.ts';
export { whiteboardEn } from './whiteboard-en.ts';
export type { WhiteboardLocale } from './whiteboard-locale.ts';

export { BoardDocument, ELEMENTS_PER_PAGE, newElementId } from './model/board-document.ts';
export type { BoardDocumentEvents, ElementsChange } from './model/board-document.ts';
export { BoardError } from './model/board-error.ts';
export type { BoardErrorCode } from './model/board-error.ts';
export { TEXT_LENGTH } from './model/element.ts';
export type {
  BoardElement,
  ElementId,
  ElementKind,
  ElementPatch,
  NewElement,
  PageId,
  Style,
} from './model/element.ts';
export type { Place, Rect, Transform } from './model/geometry.ts';
export { decode, decodeGrowth, encodeGrowth, STROKE_POINTS } from './model/ink.ts';
export type { InkOptions, Point, RawPoint } from './model/ink.ts';
export { bake, InkCapture } from './model/ink-capture.ts';
export { palette } from './model/palette.ts';
export type { PaletteColor } from './model/palette.ts';
export { FIRST_PAGE } from './model/page-list.ts';
export { PAGES } from './model/page.ts';
export type { Background, Page } from './model/page.ts';
export type { Stacking } from './model/restack.ts';
export { isSafeImageUrl } from './model/safe-url.ts';
export { scaleInto } from './model/scale-into.ts';
export { splitStroke } from './model/split-stroke.ts';

export { BoardView } from './canvas/board-view.ts';
export type { BoardViewEvents, BoardViewOptions } from './canvas/board-view.ts';
export type { Camera } from './canvas/camera.ts';
export type { Cursor, LeaderBox } from './canvas/draw-live.ts';
export type { Handle } from './canvas/handles.ts';
export type { Draft, LiveLayer, LiveStroke, PeerGrowth } from './canvas/live-layer.ts';
export { darkColors, lightColors } from './canvas/theme-colors.ts';
export type { ThemeColors } from './canvas/theme-colors.ts';
export { exportPng } from './canvas/export-png.ts';
export { exportSvg } from './canvas/export-svg.ts';
export type { ExportOptions } from './canvas/export-area.ts';
